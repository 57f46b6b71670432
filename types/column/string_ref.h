// A string as columns hold it: 16 bytes, short strings inline.
#pragma once

#include <compare>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace riverrun {

/// A view of bytes that somebody else pins, or up to 12 bytes of its own.
///
/// The first four bytes always stand inline, so that most comparisons touch no other memory.
/// Unused inline bytes are zero; two inline strings are equal exactly when all 16 bytes are.
class StringRef {
 public:
  static constexpr uint32_t kInlineMax = 12;

  StringRef() = default;
  /// Refers to `text`, which must outlive the StringRef if longer than kInlineMax.
  /// REQUIRES text.size() < 2^32.
  explicit StringRef(std::string_view text) : size_(static_cast<uint32_t>(text.size())) {
    if (size_ <= kInlineMax) {
      if (size_ > 0) std::memcpy(bytes_, text.data(), size_);
    } else {
      std::memcpy(bytes_, text.data(), sizeof(uint32_t));
      const char* data = text.data();
      std::memcpy(bytes_ + sizeof(uint32_t), &data, sizeof(data));
    }
  }

  uint32_t size() const { return size_; }
  bool is_inline() const { return size_ <= kInlineMax; }
  const char* data() const {
    if (is_inline()) return bytes_;
    const char* data;
    std::memcpy(&data, bytes_ + sizeof(uint32_t), sizeof(data));
    return data;
  }
  /// Valid while this object is: an inline string's bytes lie inside it.
  std::string_view view() const& { return {data(), size_}; }
  std::string_view view() const&& = delete;

  /// True when size and first four bytes agree: the test that settles most comparisons.
  bool SameHead(const StringRef& other) const {
    return std::memcmp(this, &other, 2 * sizeof(uint32_t)) == 0;
  }
  bool operator==(const StringRef& other) const {
    if (!SameHead(other)) return false;
    if (is_inline()) return std::memcmp(bytes_, other.bytes_, kInlineMax) == 0;
    return std::memcmp(data(), other.data(), size_) == 0;
  }
  /// Bytewise order, which is the order of text under the C collation.
  std::strong_ordering operator<=>(const StringRef& other) const { return view() <=> other.view(); }

 private:
  uint32_t size_ = 0;
  char bytes_[12] = {};  // the string itself, or its first four bytes and a pointer to all of it
};

static_assert(sizeof(StringRef) == 16);

}  // namespace riverrun
