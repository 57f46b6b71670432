#include "tests/random_data.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "types/codec/key.h"
#include "types/time/interval.h"
#include "types/text/jsonb.h"
#include "types/number/numeric.h"
#include "types/time/timestamp.h"
#include "types/uuid.h"

namespace riverrun::testing {
namespace {

template <class T, size_t N>
const T& Pick(RandomData& random, const std::array<T, N>& choices) {
  return choices[random.Below(N)];
}

// Any integer of the type: the ends and small ones often.
template <class T>
T AnyInteger(RandomData& random) {
  switch (random.Below(4)) {
    case 0: {
      constexpr std::array<T, 5> kEdges = {std::numeric_limits<T>::min(), T{-1}, T{0}, T{1},
                                           std::numeric_limits<T>::max()};
      return Pick(random, kEdges);
    }
    case 1:
      return static_cast<T>(random.Between(-20, 20));
    default:
      return static_cast<T>(random.Bits());
  }
}

// A count within its finite range, an end of it, or an infinity.
template <class T>
T AnyPoint(RandomData& random, T low, T end, T usual) {
  switch (random.Below(6)) {
    case 0:
      return low;
    case 1:
      return end - 1;
    case 2:
      return std::numeric_limits<T>::max();
    case 3:
      return std::numeric_limits<T>::min();
    case 4:
      return static_cast<T>(random.Between(-usual, usual));
    default:
      return static_cast<T>(random.Between(low, end - 1));
  }
}

Interval AnyInterval(RandomData& random) {
  if (random.Chance(30)) {
    // Intervals that are equal in SQL though their parts differ.
    constexpr std::array<Interval, 5> kMonth = {
        {{1, 0, 0}, {0, 30, 0}, {0, 29, kMicrosPerDay}, {0, 0, 30 * kMicrosPerDay}, {-1, 60, 0}}};
    return Pick(random, kMonth);
  }
  // The smallest count of microseconds prints but does not read back, in PostgreSQL either.
  const auto micros = std::max(AnyInteger<int64_t>(random), -INT64_MAX);
  return {AnyInteger<int32_t>(random), AnyInteger<int32_t>(random), micros};
}

Uuid AnyUuid(RandomData& random) {
  Uuid uuid;
  for (uint8_t& byte : uuid.bytes) byte = static_cast<uint8_t>(random.Bits());
  return uuid;
}

}  // namespace

const std::vector<Type>& EveryType() {
  static const std::vector<Type> types = {
      Type::Bool(),
      Type::Int2(),
      Type::Int4(),
      Type::Int8(),
      Type::Float4(),
      Type::Float8(),
      Type::Decimal(38, 10),
      Type::Decimal(9, 2),
      Type::Decimal(5, 0),
      Type::Numeric(),
      Type::Text(),
      Type::Varchar(10),
      Type::Bytea(),
      Type::Date(),
      Type::Time(),
      Type::TimeTz(),
      Type::Timestamp(),
      Type::TimestampTz(),
      Type::Interval(),
      Type::Uuid(),
      Type::Json(),
      Type::Jsonb(),
      Type::Oid(),
      Type::Array(Type::Int8()),
      Type::Array(Type::Text()),
      Type::Array(Type::Numeric()),
      Type::Array(Type::Array(Type::Float8())),
      Type::Row({Type::Int4(), Type::Text()}),
      Type::Row({Type::Interval(), Type::Array(Type::Jsonb()), Type::Row({Type::Bool()})})};
  return types;
}

int64_t RandomData::Between(int64_t low, int64_t high) {
  const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1;
  const uint64_t offset = width == 0 ? Bits() : Bits() % width;
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

std::string RandomData::Utf8(uint32_t bytes_max) {
  static constexpr std::array<std::string_view, 8> kRare = {"é",  "€",  "😀", "ß",
                                                            "\n", "\"", "\\", "'"};
  std::string text;
  // StringRef holds up to 12 bytes inline, so lengths around that come often.
  const uint32_t bytes = Chance(30) ? Below(2) + 12 : Below(bytes_max + 1);
  while (text.size() < std::min(bytes, bytes_max)) {
    if (Chance(15)) {
      text += Pick(*this, kRare);
    } else {
      text.push_back(static_cast<char>(' ' + Below(95)));
    }
  }
  return text;
}

std::string RandomData::Bytes(uint32_t bytes_max) {
  std::string bytes(Below(bytes_max + 1), '\0');
  for (char& byte : bytes) byte = Chance(25) ? '\0' : static_cast<char>(Bits());
  return bytes;
}

std::string RandomData::Json(int depth) {
  static constexpr std::array<std::string_view, 12> kScalars = {
      "null",  "true",
      "false", "0",
      "-0",    "1.50",
      "1.5",   "-12e2",
      "\"\"",  "\"a\\u00e9\\n\"",
      "1E-3",  "\"long enough not to be inline\""};
  if (depth == 0 || Chance(40)) return std::string(Pick(*this, kScalars));
  const bool object = Chance(50);
  std::string text(1, object ? '{' : '[');
  for (uint32_t i = Below(4); i > 0; --i) {
    if (object)
      text += "\"" + std::string(1 + Below(2), static_cast<char>('a' + Below(3))) + "\" :";
    text += Json(depth - 1);
    if (i > 1) text += Chance(50) ? "," : " ,\n";
  }
  text.push_back(object ? '}' : ']');
  return text;
}

Type RandomData::AnyType(int depth) {
  if (depth > 0 && Chance(20)) {
    if (Chance(50)) return Type::Array(AnyType(depth - 1));
    std::vector<Type> fields;
    for (uint32_t i = Below(4); i > 0; --i) fields.push_back(AnyType(depth - 1));
    return Type::Row(std::move(fields));
  }
  Type type = EveryType()[Below(static_cast<uint32_t>(EveryType().size()))];
  while (type.children != nullptr) type = type.children->front();
  return type;
}

std::vector<Type> RandomData::AnyTypes(uint32_t count_max) {
  std::vector<Type> types(Below(count_max + 1));
  for (Type& type : types) type = AnyType();
  return types;
}

Int128 RandomData::Digits(int digits_max) {
  const Int128 bound = PowerOfTen(static_cast<int>(Below(static_cast<uint32_t>(digits_max) + 1)));
  const Int128 wide = static_cast<Int128>(static_cast<UInt128>(Bits()) << 63 | Bits() >> 1);
  if (Chance(10)) return Chance(50) ? bound - 1 : 1 - bound;
  return Chance(50) ? wide % bound : -(wide % bound);
}

double RandomData::Float8() {
  using Limits = std::numeric_limits<double>;
  static constexpr std::array<double, 12> kEdges = {0.0,
                                                    -0.0,
                                                    1.0,
                                                    -1.0,
                                                    Limits::max(),
                                                    Limits::lowest(),
                                                    Limits::min(),
                                                    Limits::denorm_min(),
                                                    Limits::infinity(),
                                                    -Limits::infinity(),
                                                    Limits::quiet_NaN(),
                                                    -Limits::quiet_NaN()};
  if (Chance(30)) return Pick(*this, kEdges);
  return std::ldexp(static_cast<double>(static_cast<int64_t>(Bits())),
                    static_cast<int>(Between(-90, 30)));
}

void RandomData::AppendNested(ColumnBuilder& out) {
  std::string value;
  if (out.type().kind == TypeKind::kRow) {
    for (const Type& field : *out.type().children) AppendImage(FlatColumn(field, 1), 0, value);
  } else {
    const uint32_t count = Below(4);
    AppendArrayValue(FlatColumn(out.type().element(), count), count, value);
  }
  out.AppendBytes(value);
}

void RandomData::AppendValue(ColumnBuilder& out) {
  const Type& type = out.type();
  switch (type.kind) {
    case TypeKind::kNull:
      return out.AppendNull();
    case TypeKind::kBool:
      return out.Append(static_cast<uint8_t>(Below(2)));
    case TypeKind::kInt2:
      return out.Append(AnyInteger<int16_t>(*this));
    case TypeKind::kInt4:
      return out.Append(AnyInteger<int32_t>(*this));
    case TypeKind::kInt8:
      return out.Append(AnyInteger<int64_t>(*this));
    case TypeKind::kFloat4:
      return out.Append(static_cast<float>(Float8()));
    case TypeKind::kFloat8:
      return out.Append(Float8());
    case TypeKind::kDecimal:
      return out.Append(Digits(type.precision));
    case TypeKind::kNumeric:
      if (Chance(10)) return out.AppendNumeric({0, static_cast<int8_t>(-1 - int(Below(3)))});
      return out.AppendNumeric({Digits(kNumericDigitsMax), static_cast<int8_t>(Below(39))});
    case TypeKind::kText:
      return out.AppendBytes(Utf8(type.typmod < 0 ? 40 : 10));
    case TypeKind::kBytea:
      return out.AppendBytes(Bytes());
    case TypeKind::kDate:
      return out.Append(AnyPoint<Days>(*this, kDateMin, kDateEnd, 40'000));
    case TypeKind::kTime:
      return out.Append(Between(0, kTimeEnd));
    case TypeKind::kTimeTz:
      return out.Append(
          TimeTz{Between(0, kTimeEnd), static_cast<int32_t>(Between(-57'599, 57'599))});
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
      return out.Append(
          AnyPoint<Micros>(*this, kTimestampMin, kTimestampEnd, 40'000 * kMicrosPerDay));
    case TypeKind::kInterval:
      return out.Append(AnyInterval(*this));
    case TypeKind::kUuid:
      return out.Append(AnyUuid(*this));
    case TypeKind::kJson:
      return out.AppendBytes(Json());
    case TypeKind::kJsonb: {
      std::string canonical;
      CHECK(CanonicalJson(Json(), canonical).has_value());
      return out.AppendBytes(canonical);
    }
    case TypeKind::kOid:
      return out.Append(static_cast<uint32_t>(AnyInteger<int32_t>(*this)));
    case TypeKind::kArray:
    case TypeKind::kRow:
      return AppendNested(out);
  }
}

void RandomData::AppendAny(ColumnBuilder& out, uint32_t null_percent) {
  Chance(null_percent) ? out.AppendNull() : AppendValue(out);
}

Column RandomData::FlatColumn(const Type& type, uint32_t rows, uint32_t null_percent) {
  ColumnBuilder builder(type);
  for (uint32_t i = 0; i < rows; ++i) AppendAny(builder, null_percent);
  return builder.Finish();
}

Column RandomData::AnyColumn(const Type& type, uint32_t rows, uint32_t null_percent) {
  const uint32_t form = Below(4);
  if (form == 0) return ConstantFrom(FlatColumn(type, 1, null_percent), 0);
  if (form != 1 || type.kind == TypeKind::kNull) return FlatColumn(type, rows, null_percent);
  Column out;
  out.type = type;
  out.encoding = Encoding::kDictionary;
  const uint32_t entries = 1 + Below(8);
  out.dictionary = std::make_shared<const Column>(FlatColumn(type, entries, 0));
  auto codes = Buffer::Allocate(rows * sizeof(uint16_t));
  auto nulls = Buffer::AllocateZeroed(NullBytes(rows));
  for (uint32_t row = 0; row < rows; ++row) {
    codes->mutable_as<uint16_t>()[row] = static_cast<uint16_t>(Below(entries));
    if (Chance(null_percent)) SetNullBit(nulls->mutable_as<uint64_t>(), row);
  }
  out.values = std::move(codes);
  if (null_percent > 0) out.nulls = std::move(nulls);
  return out;
}

Batch RandomData::AnyBatch(std::span<const Type> types, uint32_t rows, const Extras& extras) {
  Batch batch;
  batch.rows = rows;
  for (const Type& type : types) batch.columns.push_back(AnyColumn(type, rows));
  if (extras.selection && Chance(50)) {
    const uint32_t percent = Below(101);
    std::vector<uint16_t> selected;
    for (uint32_t row = 0; row < rows; ++row) {
      if (Chance(percent)) selected.push_back(static_cast<uint16_t>(row));
    }
    batch.selection = MakeSelection(selected, rows);
  }
  if (extras.weights && Chance(50)) {
    auto weights = Buffer::Allocate(rows * sizeof(Weight));
    for (uint32_t row = 0; row < rows; ++row) {
      // The minimum is not a weight.
      const Weight weight = Chance(80) ? Between(-3, 3) : Between(-INT64_MAX, INT64_MAX);
      weights->mutable_as<Weight>()[row] = weight;
    }
    batch.weights = std::move(weights);
  }
  if (extras.errors && Chance(50)) {
    ForEachRow(rows, batch.selection, [&](uint32_t row) {
      if (!Chance(10)) return;
      batch.errors.push_back(
          {static_cast<uint16_t>(row), {sqlstate::kDivisionByZero, Utf8(), Utf8(), Utf8()}});
    });
  }
  return batch;
}

std::vector<std::string> RowImages(const Batch& batch) {
  std::vector<std::string> images;
  ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
    std::string image = std::to_string(batch.WeightOf(row)) + "|";
    AppendImage(batch, row, image);
    images.push_back(std::move(image));
  });
  std::sort(images.begin(), images.end());
  return images;
}

}  // namespace riverrun::testing
