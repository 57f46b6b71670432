#include "types/time/tzif.h"

#include "types/time/zone_rule.h"

namespace riverrun {
namespace {

/// Big-endian reads that stay inside the bytes; after one that would not, `ok` is false and all
/// further ones give 0.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  std::string_view Take(size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  uint64_t Unsigned(size_t bytes) {
    uint64_t value = 0;
    for (const char c : Take(bytes)) value = value << 8 | static_cast<uint8_t>(c);
    return value;
  }
  uint32_t U32() { return static_cast<uint32_t>(Unsigned(4)); }
  uint8_t U8() { return static_cast<uint8_t>(Unsigned(1)); }
  int64_t I64() { return static_cast<int64_t>(Unsigned(8)); }
  std::string_view rest() const { return rest_; }
  bool ok() const { return ok_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct Header {
  uint8_t version = 0;
  uint32_t is_utc = 0;
  uint32_t is_standard = 0;
  uint32_t leaps = 0;
  uint32_t times = 0;
  uint32_t types = 0;
  uint32_t chars = 0;
};

bool ReadHeader(ByteReader& reader, Header& header) {
  if (reader.Take(4) != "TZif") return false;
  header.version = reader.U8();
  reader.Take(15);
  header.is_utc = reader.U32();
  header.is_standard = reader.U32();
  header.leaps = reader.U32();
  header.times = reader.U32();
  header.types = reader.U32();
  header.chars = reader.U32();
  return reader.ok() && header.leaps == 0;
}

/// Bytes of the data block after a header, each time taking `time_size` bytes.
size_t BlockSize(const Header& header, size_t time_size) {
  return header.times * (time_size + 1) + header.types * size_t{6} + header.chars +
         header.is_standard + header.is_utc;
}

struct LocalType {
  int32_t seconds_east = 0;
  bool is_dst = false;
  uint8_t name = 0;  // offset into the names
};

Micros ToMicros(int64_t seconds) {
  Micros micros = 0;
  if (!__builtin_mul_overflow(seconds, kMicrosPerSecond, &micros)) return micros;
  return seconds < 0 ? kTimestampMinusInfinity : kTimestampInfinity;
}

}  // namespace

bool DecodeTzif(std::string_view bytes, TzifZone& out) {
  ByteReader reader(bytes);
  Header header;
  if (!ReadHeader(reader, header) || header.version < '2') return false;
  reader.Take(BlockSize(header, 4));  // the block of version 1 has 32-bit times
  if (!ReadHeader(reader, header) || header.types == 0) return false;
  if (BlockSize(header, 8) > reader.rest().size()) return false;

  std::vector<int64_t> times(header.times);
  for (int64_t& time : times) time = reader.I64();
  const std::string_view type_of = reader.Take(header.times);
  std::vector<LocalType> types(header.types);
  for (LocalType& type : types) {
    type.seconds_east = static_cast<int32_t>(reader.U32());
    type.is_dst = reader.U8() != 0;
    type.name = reader.U8();
  }
  const std::string_view chars = reader.Take(header.chars);
  reader.Take(header.is_standard + header.is_utc);
  const std::string_view footer = reader.rest();  // "\n" TZ "\n"
  if (!reader.ok() || footer.size() < 2 || footer.front() != '\n' || footer.back() != '\n') {
    return false;
  }

  out.names.reserve(header.types);
  for (const LocalType& type : types) {
    if (type.name >= chars.size()) return false;
    const std::string_view name = chars.substr(type.name);
    out.names.emplace_back(name.substr(0, name.find('\0')));
  }
  size_t type = 0;  // the first type holds before the first transition
  Micros begin = kTimestampMinusInfinity;
  for (size_t i = 0; i <= times.size(); ++i) {
    const Micros end = i < times.size() ? ToMicros(times[i]) : kTimestampInfinity;
    if (end > begin) {
      out.spans.push_back(
          {begin, end, types[type].seconds_east, types[type].is_dst, out.names[type]});
    }
    if (i == times.size()) break;
    begin = end;
    type = static_cast<uint8_t>(type_of[i]);
    if (type >= types.size()) return false;
  }
  const std::string_view rule = footer.substr(1, footer.size() - 2);
  if (!rule.empty()) return ParseZoneRule(rule, out.rule);
  // No rule: the last type holds for ever.
  out.rule.standard_name = out.names[type];
  out.rule.standard_east = types[type].seconds_east;
  return true;
}

}  // namespace riverrun
