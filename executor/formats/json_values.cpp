#include "executor/formats/json_values.h"

#include <charconv>
#include <cstring>
#include <limits>

#include "types/codec/key.h"
#include "types/number/numeric.h"
#include "types/text/json_scanner.h"
#include "types/text/jsonb.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
namespace {

constexpr size_t kDigitsOfAnyInt64 = 18;

// Eight ASCII digits as their value; false if one is none.
inline bool ReadEightDigits(const char* digits, uint64_t& out) {
  uint64_t word = 0;
  std::memcpy(&word, digits, sizeof word);
  word -= 0x3030303030303030;
  // A byte below '0' wraps, one above '9' gets its high bit by adding 0x76.
  if (((word + 0x7676767676767676) | word) & 0x8080808080808080) return false;
  word = word * 10 + (word >> 8);  // pairs, in every other byte
  out = ((word & 0x000000ff000000ff) * 0x000f424000000064 +
         (word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >> 32;
  return true;
}

// Reads a JSON integer of at most 18 digits; false for everything else.
bool ReadShortInteger(std::string_view json, int64_t& out) {
  const bool negative = json.front() == '-';
  const size_t begin = negative ? 1 : 0;
  const size_t digits = json.size() - begin;
  if (digits == 0 || digits > kDigitsOfAnyInt64) return false;
  if (json[begin] == '0' && digits > 1) return false;
  int64_t value = 0;
  size_t i = begin;
  for (uint64_t eight = 0; json.size() - i >= 8; i += 8) {
    if (!ReadEightDigits(json.data() + i, eight)) return false;
    value = value * 100'000'000 + static_cast<int64_t>(eight);
  }
  for (; i < json.size(); ++i) {
    const auto digit = static_cast<uint8_t>(json[i] - '0');
    if (digit > 9) return false;
    value = value * 10 + digit;
  }
  out = negative ? -value : value;
  return true;
}

bool IsPlainText(const Type& type) {
  return type.kind == TypeKind::kText && type.typmod < 0 && type.oid != oid::kName;
}

Error NoValueOf(const Type& type, std::string_view json) {
  return {sqlstate::kInvalidTextRepresentation,
          "invalid input syntax for type " + TypeName(type) + ": \"" + std::string(json) + "\""};
}

Error OutOfRange(const Type& type, std::string_view json) {
  return {sqlstate::kNumericValueOutOfRange, "value \"" + std::string(json) +
                                                 "\" is out of range for type " + TypeName(type)};
}

std::unexpected<Error> NotJson(std::string_view json) {
  return Fail(sqlstate::kInvalidTextRepresentation,
              "invalid JSON: \"" + std::string(json) + "\" is no value");
}

template <class T>
bool AppendIfFits(int64_t value, ColumnBuilder& out) {
  if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) return false;
  out.Append(static_cast<T>(value));
  return true;
}

bool AppendInteger(int64_t value, ColumnBuilder& out) {
  switch (out.type().kind) {
    case TypeKind::kInt2: return AppendIfFits<int16_t>(value, out);
    case TypeKind::kInt4: return AppendIfFits<int32_t>(value, out);
    default: return AppendIfFits<int64_t>(value, out);
  }
}

// The integer that a number is, also where it is written 1.0 or 1e3. REQUIRES a JSON number.
Result<int64_t> WholeNumber(std::string_view json, const Type& type) {
  int64_t value = 0;
  if (ReadShortInteger(json, value)) return value;
  const Result<Numeric> number = ParseNumeric(json);
  if (!number) return std::unexpected(number.error());
  if (!Equal(*number, Truncate(*number, 0))) return std::unexpected(NoValueOf(type, json));
  if (ToInt64(*number, value) != ArithmeticStatus::kOk) {
    return std::unexpected(OutOfRange(type, json));
  }
  return value;
}

bool IsIntegerKind(TypeKind kind) {
  return kind == TypeKind::kInt8 || kind == TypeKind::kInt4 || kind == TypeKind::kInt2;
}

bool IsNumber(std::string_view json) { return json.front() == '-' || json.front() <= '9'; }

}  // namespace

bool IsJsonScalar(std::string_view text) {
  int64_t ignored = 0;
  if (ReadShortInteger(text, ignored)) return true;
  JsonScanner scanner(text);
  switch (scanner.Next()) {
    case JsonToken::kNumber:
    case JsonToken::kTrue:
    case JsonToken::kFalse:
    case JsonToken::kNull: return scanner.end() == text.size();
    default: return false;
  }
}

bool IsJsonString(std::string_view text) {
  JsonScanner scanner(text);
  return scanner.Next() == JsonToken::kString && scanner.end() == text.size();
}

Result<void> JsonValueReader::Append(std::string_view json, bool escapes, ColumnBuilder& out) {
  const char first = json.front();
  if (first == '"') return AppendString(json, escapes, out);
  if (IsIntegerKind(out.type().kind)) [[likely]] {
    int64_t value = 0;
    if (ReadShortInteger(json, value)) {
      if (AppendInteger(value, out)) return {};
      return std::unexpected(OutOfRange(out.type(), json));
    }
  }
  const bool nested = first == '{' || first == '[';
  if (!nested && !IsJsonScalar(json)) return NotJson(json);
  if (first == 'n') {
    out.AppendNull();
    return {};
  }
  switch (out.type().kind) {
    case TypeKind::kText:
      if (!IsPlainText(out.type())) return text_.Append(json, out);
      [[fallthrough]];
    case TypeKind::kJson:
      out.AppendBytes(json);
      return {};
    case TypeKind::kJsonb: return text_.Append(json, out);
    case TypeKind::kRow:
      return Fail(sqlstate::kFeatureNotSupported, "a JSON value as type " + TypeName(out.type()));
    case TypeKind::kArray:
      if (first == '[') return AppendArray(json, out);
      break;
    default:
      if (nested) break;
      return IsNumber(json) ? AppendNumber(json, out) : text_.Append(json, out);
  }
  return std::unexpected(NoValueOf(out.type(), json));
}

Result<void> JsonValueReader::AppendString(std::string_view json, bool escapes,
                                           ColumnBuilder& out) {
  const Type& type = out.type();
  if (type.kind == TypeKind::kJson || type.kind == TypeKind::kJsonb) {
    return text_.Append(json, out);
  }
  std::string_view characters = json.substr(1, json.size() - 2);
  if (escapes && characters.find('\\') != std::string_view::npos) {
    if (!IsJsonString(json)) return NotJson(json);
    characters_.clear();
    if (Result<void> read = AppendJsonCharacters(json, characters_); !read) return read;
    characters = characters_;
  }
  if (IsPlainText(type)) {
    out.AppendBytes(characters);
    return {};
  }
  if (type.kind == TypeKind::kRow) {
    return Fail(sqlstate::kFeatureNotSupported, "a JSON value as type " + TypeName(type));
  }
  Micros micros = 0;
  bool had_zone = false;
  // As written: timestamp ignores a zone, and has no room for a shift by one.
  const bool iso = type.typmod < 0 && (type.kind == TypeKind::kTimestampTz ||
                                       type.kind == TypeKind::kTimestamp) &&
                   ParseIsoTimestamp(characters, micros, had_zone) &&
                   !(had_zone && type.kind == TypeKind::kTimestamp);
  if (!iso) return text_.Append(characters, out);
  out.Append(micros);
  return {};
}

Result<void> JsonValueReader::AppendNumber(std::string_view json, ColumnBuilder& out) {
  const Type& type = out.type();
  switch (type.kind) {
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8: {
      const Result<int64_t> value = WholeNumber(json, type);
      if (!value) return std::unexpected(value.error());
      if (!AppendInteger(*value, out)) return std::unexpected(OutOfRange(type, json));
      return {};
    }
    case TypeKind::kFloat8: {
      double value = 0;
      const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), value);
      if (error != std::errc()) return text_.Append(json, out);  // which says how it is wrong
      out.Append(value);
      return {};
    }
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
    case TypeKind::kDate:
    case TypeKind::kTime: return AppendNumberAsTime(json, out);
    case TypeKind::kTimeTz:
    case TypeKind::kInterval: return std::unexpected(NoValueOf(type, json));
    default: return text_.Append(json, out);
  }
}

Result<int64_t> JsonValueReader::MicrosOf(std::string_view json) const {
  const auto out_of_range = [] { return TimeError(TimeStatus::kTimestampOutOfRange); };
  const int64_t factor = unit_ == TimestampUnit::kSeconds        ? kMicrosPerSecond
                         : unit_ == TimestampUnit::kMilliseconds ? kMicrosPerMillisecond
                                                                 : 1;
  int64_t value = 0;
  if (ReadShortInteger(json, value)) {
    if (__builtin_mul_overflow(value, factor, &value)) return std::unexpected(out_of_range());
    return value;
  }
  const Result<Numeric> number = ParseNumeric(json);
  if (!number) return std::unexpected(number.error());
  Numeric micros;
  if (Mul(*number, Numeric::FromInteger(factor), micros) != ArithmeticStatus::kOk ||
      ToInt64(micros, value) != ArithmeticStatus::kOk) {
    return std::unexpected(out_of_range());
  }
  return value;
}

Result<void> JsonValueReader::AppendNumberAsTime(std::string_view json, ColumnBuilder& out) {
  const Result<int64_t> micros = MicrosOf(json);
  if (!micros) return std::unexpected(micros.error());
  const Type& type = out.type();
  if (type.kind == TypeKind::kTime) {
    if (*micros < 0 || *micros > kTimeEnd) {
      return std::unexpected(TimeError(TimeStatus::kTimeFieldOutOfRange));
    }
    out.Append(RoundTime(*micros, type.typmod));
    return {};
  }
  if (!IsTimestampInRange(*micros)) {
    return std::unexpected(TimeError(TimeStatus::kTimestampOutOfRange));
  }
  if (type.kind == TypeKind::kDate) {
    out.Append(TimestampToDate(*micros));
    return {};
  }
  Micros rounded = *micros;
  const TimeStatus status = RoundTimestamp(*micros, type.typmod, rounded);
  if (status != TimeStatus::kOk) return std::unexpected(TimeError(status));
  out.Append(rounded);
  return {};
}

Result<void> JsonValueReader::AppendArray(std::string_view json, ColumnBuilder& out) {
  ColumnBuilder elements(out.type().element());
  JsonScanner scanner(json);
  scanner.Next();  // the bracket
  for (JsonToken token = scanner.Next(); token != JsonToken::kEndArray; token = scanner.Next()) {
    if (token == JsonToken::kComma) continue;
    if (Result<void> read = Append(scanner.SkipValue(token), true, elements); !read) return read;
  }
  std::string value;
  const uint32_t count = elements.rows();
  AppendArrayValue(elements.Finish(), count, value);
  out.AppendBytes(value);
  return {};
}

}  // namespace riverrun::executor
