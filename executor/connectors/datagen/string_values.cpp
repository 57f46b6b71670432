// Values of types that are made of bytes.
#include <algorithm>
#include <charconv>

#include "executor/connectors/datagen/random_stream.h"
#include "executor/connectors/datagen/value_generator.h"

namespace riverrun::executor {
namespace {

constexpr int64_t kLength = 10, kLengthMax = 100'000;
constexpr uint32_t kJsonNameLength = 8, kJsonIds = 1'000'000;
constexpr uint32_t kDigitsMax = 20;  // of an int64 with its sign
constexpr int32_t kVarcharHeader = 4;

// Eight letters out of each draw.
void WriteLetters(RandomStream random, uint32_t size, char* out) {
  for (uint32_t at = 0; at < size; at += 8) {
    uint64_t bits = random.Next();
    const uint32_t end = std::min(at + 8, size);
    for (uint32_t i = at; i < end; ++i, bits >>= 8) {
      out[i] = static_cast<char>('a' + ((bits & 0xff) * 26 >> 8));
    }
  }
}

void WriteBytes(RandomStream random, uint32_t size, char* out) {
  for (uint32_t at = 0; at < size; at += 8) {
    uint64_t bits = random.Next();
    const uint32_t end = std::min(at + 8, size);
    for (uint32_t i = at; i < end; ++i, bits >>= 8) out[i] = static_cast<char>(bits & 0xff);
  }
}

// Letters or, as bytea, any bytes; all of one length.
class RandomStrings : public ValueGenerator {
 public:
  RandomStrings(const ValueSpec& spec, uint32_t length)
      : type_(spec.type), key_(spec.key), length_(length) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    StringWriter out(events.rows, size_t{events.rows} * length_, budget);
    const auto write = type_.kind == TypeKind::kBytea ? WriteBytes : WriteLetters;
    for (uint32_t row = 0; row < events.rows; ++row) {
      write(RandomStream(RandomAt(key_, events[row])), length_, out.Room());
      out.Put(length_);
    }
    return out.Finish(type_);
  }
  uint32_t bytes() const override { return sizeof(StringRef) + length_; }

 private:
  const Type type_;
  const uint64_t key_;
  const uint32_t length_;
};

// {"id": 71, "name": "abcdefgh"}, which is canonical.
class JsonObjects : public ValueGenerator {
 public:
  explicit JsonObjects(const ValueSpec& spec) : type_(spec.type), key_(spec.key) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    StringWriter out(events.rows, size_t{events.rows} * kSize, budget);
    for (uint32_t row = 0; row < events.rows; ++row) {
      RandomStream random(RandomAt(key_, events[row]));
      char* const begin = out.Room();
      char* end = std::ranges::copy(kBeforeId, begin).out;
      end = std::to_chars(end, end + kDigitsMax, random.Below(kJsonIds)).ptr;
      end = std::ranges::copy(kBeforeName, end).out;
      WriteLetters(random, kJsonNameLength, end);
      end = std::ranges::copy(kAfterName, end + kJsonNameLength).out;
      out.Put(static_cast<uint32_t>(end - begin));
    }
    return out.Finish(type_);
  }
  uint32_t bytes() const override { return sizeof(StringRef) + kSize; }

 private:
  static constexpr std::string_view kBeforeId = "{\"id\": ", kBeforeName = ", \"name\": \"",
                                    kAfterName = "\"}";
  static constexpr uint32_t kSize = static_cast<uint32_t>(
      kBeforeId.size() + kBeforeName.size() + kAfterName.size() + kDigitsMax + kJsonNameLength);

  const Type type_;
  const uint64_t key_;
};

// Numbers one after the other, as text.
class NumberedStrings : public ValueGenerator {
 public:
  NumberedStrings(const ValueSpec& spec, int64_t start, uint64_t count, bool ends)
      : type_(spec.type), start_(start), count_(count), ends_(ends) {}

  Column Make(const EventRange& events, MemoryBudget* budget) const override {
    StringWriter out(events.rows, size_t{events.rows} * kDigitsMax, budget);
    for (uint32_t row = 0; row < events.rows; ++row) {
      const auto place = static_cast<uint64_t>(events[row]) % count_;
      char* const begin = out.Room();
      const auto end = std::to_chars(begin, begin + kDigitsMax,
                                     start_ + static_cast<int64_t>(place));
      out.Put(static_cast<uint32_t>(end.ptr - begin));
    }
    return out.Finish(type_);
  }
  uint32_t bytes() const override { return sizeof(StringRef) + kDigitsMax; }
  std::optional<int64_t> events_max() const override {
    if (!ends_) return std::nullopt;
    return static_cast<int64_t>(std::min<uint64_t>(count_, INT64_MAX));
  }

 private:
  const Type type_;
  const int64_t start_;
  const uint64_t count_;
  const bool ends_;
};

}  // namespace

MadeGenerator MakeStringValues(const ValueSpec& spec, FieldOptions& options) {
  const Type& type = spec.type;
  const auto sequence = options.ReadIsSequence(type, type.kind == TypeKind::kText);
  if (!sequence) return std::unexpected(sequence.error());
  if (type.kind == TypeKind::kJson || type.kind == TypeKind::kJsonb) {
    return std::make_unique<JsonObjects>(spec);
  }
  const bool limited = type.kind == TypeKind::kText && type.typmod > kVarcharHeader;
  const int64_t length_max =
      std::min<int64_t>(limited ? type.typmod - kVarcharHeader : kLengthMax, kLengthMax);
  if (*sequence) {
    const int64_t last =
        length_max > 18 ? INT64_MAX - 1 : static_cast<int64_t>(PowerOfTen(int(length_max)) - 1);
    const auto start = options.ReadCount("start", 0, last, 0);
    if (!start) return std::unexpected(start.error());
    const auto end = options.ReadCount("end", *start, last, last);
    if (!end) return std::unexpected(end.error());
    const uint64_t count = static_cast<uint64_t>(*end - *start) + 1;
    return std::make_unique<NumberedStrings>(spec, *start, count, options.Has("end"));
  }
  const auto length =
      options.ReadCount("length", 0, length_max, std::min(length_max, kLength));
  if (!length) return std::unexpected(length.error());
  return std::make_unique<RandomStrings>(spec, static_cast<uint32_t>(*length));
}

}  // namespace riverrun::executor
