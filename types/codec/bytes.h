// Bytes in and out: the alphabet of every format that this server stores or sends to itself.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace riverrun {

template <class T>
concept FixedWidth = std::is_trivially_copyable_v<T>;

/// Appends the bytes of an integer or a plain struct as they lie in memory (little-endian).
template <FixedWidth T>
void AppendFixed(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// Appends an unsigned integer, most significant byte first, so that bytes compare as numbers.
template <std::unsigned_integral T>
void AppendBigEndian(std::string& out, T value) {
  if constexpr (sizeof(T) > 1) value = std::byteswap(value);
  AppendFixed(out, value);
}

/// Appends 1 to 10 bytes, seven bits each, least significant first.
inline void AppendVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

inline void AppendSized(std::string& out, std::string_view bytes) {
  AppendVarint(out, bytes.size());
  out.append(bytes);
}

/// Reads what the functions above wrote. A read beyond the end, or a varint too long, makes every
/// later read return zero and `ok()` false: check once at the end, and before trusting a length.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  /// True when all was read without a fault.
  bool done() const { return ok_ && bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }
  void Fail() {
    ok_ = false;
    bytes_ = {};
  }

  template <FixedWidth T>
  T Fixed() {
    T value{};
    const std::string_view from = Bytes(sizeof(T));
    if (from.size() == sizeof(T)) std::memcpy(&value, from.data(), sizeof(T));
    return value;
  }
  template <std::unsigned_integral T>
  T BigEndian() {
    const T value = Fixed<T>();
    if constexpr (sizeof(T) > 1) return std::byteswap(value);
    return value;
  }
  uint64_t Varint() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = Fixed<uint8_t>();
      value |= uint64_t{byte & 0x7fu} << shift;
      if ((byte & 0x80) == 0) return ok_ ? value : 0;
    }
    Fail();
    return 0;
  }
  /// The next `size` bytes, or nothing if there are fewer. Borrowed from the input.
  std::string_view Bytes(size_t size) {
    if (size > bytes_.size()) {
      Fail();
      return {};
    }
    const std::string_view out = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return out;
  }
  std::string_view Sized() { return Bytes(Varint()); }
  /// A count of things that take at least `bytes_each` bytes, so that no length from outside is
  /// believed before memory is taken for it.
  uint64_t Count(size_t bytes_each) {
    const uint64_t count = Varint();
    if (bytes_each > 0 && count > bytes_.size() / bytes_each) Fail();
    return ok_ ? count : 0;
  }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

}  // namespace riverrun
