#include "executor/connectors/datagen/value_generator.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "executor/connectors/datagen/random_stream.h"
#include "types/codec/key.h"
#include "types/text/text_format.h"
#include "types/time/timestamp.h"

namespace riverrun::executor {
namespace {

constexpr int64_t kArrayLengthMax = 1000;
constexpr int64_t kArrayLength = 3;
constexpr uint64_t kNullKey = 0x6e756c6c;  // sets the draws for null apart from those for the value

// Every row is NULL.
class NullValues : public ValueGenerator {
 public:
  explicit NullValues(Type type) : type_(std::move(type)) {}
  Column Make(const EventRange&, MemoryBudget*) const override { return NullColumn(type_); }
  uint32_t bytes() const override { return 0; }

 private:
  const Type type_;
};

// One of a list.
class ListedValues : public ValueGenerator {
 public:
  ListedValues(Column list, uint32_t count, uint64_t key)
      : list_(std::make_shared<const Column>(std::move(list))), count_(count), key_(key) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    const auto indexes = Buffer::Allocate(events.rows * sizeof(uint16_t), budget);
    auto* out = indexes->mutable_as<uint16_t>();
    for (uint32_t row = 0; row < events.rows; ++row) {
      out[row] = static_cast<uint16_t>(Scale(RandomAt(key_, events[row]), count_));
    }
    Column column = FlatColumn(list_->type, indexes);
    column.encoding = Encoding::kDictionary;
    column.dictionary = list_;
    return column;
  }
  uint32_t bytes() const override { return sizeof(uint16_t); }

 private:
  const std::shared_ptr<const Column> list_;
  const uint32_t count_;
  const uint64_t key_;
};

// Arrays of a fixed number of elements, and rows.
class NestedValues : public ValueGenerator {
 public:
  NestedValues(Type type, std::vector<std::unique_ptr<const ValueGenerator>> parts)
      : type_(std::move(type)), parts_(std::move(parts)) {
    for (const auto& part : parts_) bytes_ += part->bytes() + 1;
  }

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    std::vector<Column> columns;
    for (const auto& part : parts_) columns.push_back(part->Make(events, budget));
    ColumnBuilder out(type_, budget);
    std::string value, end;
    if (type_.kind == TypeKind::kArray) AppendArrayValue(NullColumn(Type::Null()), 0, end);
    for (uint32_t row = 0; row < events.rows; ++row) {
      value.clear();
      for (const Column& column : columns) AppendImage(column, row, value);
      value += end;
      out.AppendBytes(value);
    }
    return out.Finish();
  }
  uint32_t bytes() const override { return bytes_; }

 private:
  const Type type_;
  const std::vector<std::unique_ptr<const ValueGenerator>> parts_;
  uint32_t bytes_ = sizeof(StringRef);
};

// NULL in some rows, else what another generator makes.
class SometimesNull : public ValueGenerator {
 public:
  SometimesNull(std::unique_ptr<const ValueGenerator> values, double rate, uint64_t key)
      : values_(std::move(values)), rate_(rate), key_(Scatter(key ^ kNullKey)) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    Column column = Flatten(values_->Make(events, budget), events.rows);
    const auto nulls = Buffer::AllocateZeroed(NullBytes(events.rows), budget);
    bool any = false;
    for (uint32_t row = 0; row < events.rows; ++row) {
      if (Fraction(RandomAt(key_, events[row])) >= rate_) continue;
      SetNullBit(nulls->mutable_as<uint64_t>(), row);
      any = true;
    }
    if (!any) return column;
    column.nulls = nulls;
    return IsStringKind(column.type.kind) ? WithoutNullTexts(column, events.rows, budget) : column;
  }
  uint32_t bytes() const override { return values_->bytes() + 1; }
  std::optional<int64_t> events_max() const override { return values_->events_max(); }

 private:
  // A null string is empty (types/column/column.h).
  static Column WithoutNullTexts(const Column& column, uint32_t rows, MemoryBudget* budget) {
    const auto refs = Buffer::Allocate(rows * sizeof(StringRef), budget);
    const auto* from = column.values->as<StringRef>();
    auto* to = refs->mutable_as<StringRef>();
    for (uint32_t row = 0; row < rows; ++row) {
      to[row] = column.IsNull(row) ? StringRef() : from[row];
    }
    Column out = column;
    out.values = refs;
    return out;
  }

  const std::unique_ptr<const ValueGenerator> values_;
  const double rate_;
  const uint64_t key_;
};

MadeGenerator MakeListedValues(const ValueSpec& spec, const FieldOptions::Option& option) {
  ColumnBuilder list(spec.type);
  TextReader reader{Settings{}};
  std::string_view rest = option.value;
  while (true) {
    const size_t comma = rest.find(',');
    std::string_view text = rest.substr(0, comma);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (const Result<void> read = reader.Append(text, list); !read) {
      return RefuseOption(option.key, "must be a list of values of type " + TypeName(spec.type),
                          read.error().text);
    }
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  const uint32_t count = list.rows();
  if (count > UINT16_MAX) return RefuseOption(option.key, "has more than 65535 values");
  return std::make_unique<ListedValues>(list.Finish(), count, spec.key);
}

MadeGenerator MakeNestedValues(const ValueSpec& spec, FieldOptions& options) {
  std::vector<std::unique_ptr<const ValueGenerator>> parts;
  const bool array = spec.type.kind == TypeKind::kArray;
  int64_t count = array ? kArrayLength : static_cast<int64_t>(spec.type.children->size());
  if (array) {
    const auto asked = options.ReadCount("length", 0, kArrayLengthMax, kArrayLength);
    if (!asked) return std::unexpected(asked.error());
    count = *asked;
  }
  FieldOptions none;
  for (int64_t i = 0; i < count; ++i) {
    ValueSpec part = spec;
    part.type = array ? spec.type.element() : (*spec.type.children)[static_cast<size_t>(i)];
    part.key = RandomAt(spec.key, i);
    // The bounds of an array's column are those of its elements; `length` is the array's own.
    FieldOptions& own = array && part.type.kind != TypeKind::kArray ? options : none;
    FieldOptions bounds;
    for (const char* property : {"min", "max", "max_past"}) {
      if (const FieldOptions::Option* option = own.Find(property)) bounds.Add(property, *option);
    }
    MadeGenerator made = MakeValueGenerator(part, bounds);
    if (!made) return made;
    parts.push_back(std::move(*made));
  }
  return std::make_unique<NestedValues>(spec.type, std::move(parts));
}

MadeGenerator MakeValues(const ValueSpec& spec, FieldOptions& options) {
  if (const FieldOptions::Option* listed = options.Find("values")) {
    return MakeListedValues(spec, *listed);
  }
  switch (spec.type.kind) {
    case TypeKind::kNull: return std::make_unique<NullValues>(spec.type);
    case TypeKind::kArray:
    case TypeKind::kRow: return MakeNestedValues(spec, options);
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kDecimal:
    case TypeKind::kNumeric: return MakeFractionValues(spec, options);
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb: return MakeStringValues(spec, options);
    default: return MakeScalarValues(spec, options);
  }
}

}  // namespace

Micros EventClock::TimeOf(int64_t event) const {
  const double passed = static_cast<double>(event) * 1e6 / rate;
  const auto room = static_cast<double>(kTimestampEnd - 1 - start);
  return start + static_cast<Micros>(std::min(passed, room));
}

int64_t EventClock::EventAt(Micros time) const {
  if (time <= start) return 0;
  time = std::min(time, kTimestampEnd - 1);
  const double guess = std::ceil(static_cast<double>(time - start) * rate / 1e6);
  auto event = static_cast<int64_t>(std::min(guess, 1e18));
  while (event > 0 && TimeOf(event - 1) >= time) --event;
  while (TimeOf(event) < time) ++event;
  return event;
}

const FieldOptions::Option* FieldOptions::Find(std::string_view property) {
  const auto found = options_.find(property);
  if (found == options_.end()) return nullptr;
  found->second.used = true;
  return &found->second;
}

const FieldOptions::Option* FieldOptions::FirstUnused() const {
  const auto found = std::ranges::find_if(options_, [](const auto& o) { return !o.second.used; });
  return found == options_.end() ? nullptr : &found->second;
}

std::expected<Value, DefinitionError> FieldOptions::Read(std::string_view property,
                                                         const Type& type, Value otherwise) {
  const Option* option = Find(property);
  if (option == nullptr) return otherwise;
  Result<Value> value = Value::Parse(type, option->value);
  if (value) return *value;
  return RefuseOption(option->key, "must be of type " + TypeName(type), value.error().text);
}

std::expected<int64_t, DefinitionError> FieldOptions::ReadCount(std::string_view property,
                                                                int64_t low, int64_t high,
                                                                int64_t otherwise) {
  const Option* option = Find(property);
  if (option == nullptr) return otherwise;
  int64_t count = 0;
  const char* end = option->value.data() + option->value.size();
  const auto [read, error] = std::from_chars(option->value.data(), end, count);
  if (error == std::errc() && read == end && count >= low && count <= high) return count;
  return RefuseOption(option->key, "must be an integer between " + std::to_string(low) + " and " +
                                       std::to_string(high));
}

std::expected<bool, DefinitionError> FieldOptions::ReadIsSequence(const Type& type, bool allowed) {
  const Option* option = Find("kind");
  // Whoever says where a sequence begins or ends wants one.
  const bool implied = option == nullptr && allowed && (Has("start") || Has("end"));
  if (option == nullptr) return implied;
  if (option->value == "random") return false;
  if (option->value != "sequence") {
    return RefuseOption(option->key, "must be 'random' or 'sequence'");
  }
  if (allowed) return true;
  return RefuseOption(option->key, "cannot be 'sequence' for a column of type " + TypeName(type));
}

std::unexpected<DefinitionError> RefuseOption(std::string key, std::string why,
                                              std::string detail) {
  DefinitionError error;
  error.error.sqlstate = sqlstate::kInvalidParameterValue;
  error.error.text = "the option \"" + key + "\" " + why;
  error.error.detail = std::move(detail);
  error.option = std::move(key);
  return std::unexpected(std::move(error));
}

MadeGenerator MakeValueGenerator(const ValueSpec& spec, FieldOptions& options) {
  const auto rate = options.Read("null_rate", Type::Float8(), Value::Float8(0));
  if (!rate) return std::unexpected(rate.error());
  const double null_rate = rate->As<double>();
  if (!(null_rate >= 0 && null_rate <= 1)) {
    return RefuseOption(options.Find("null_rate")->key, "must be a number between 0 and 1");
  }
  MadeGenerator made = MakeValues(spec, options);
  if (!made) return made;
  if (const FieldOptions::Option* unused = options.FirstUnused()) {
    return RefuseOption(unused->key, "means nothing for a column of type " + TypeName(spec.type));
  }
  if (null_rate == 0) return made;
  return std::make_unique<SometimesNull>(std::move(*made), null_rate, spec.key);
}

}  // namespace riverrun::executor
