#include "types/text/utf8.h"

#include <cstring>

namespace riverrun {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080u;

uint64_t LoadWord(const char* data) {
  uint64_t word;
  std::memcpy(&word, data, sizeof(word));
  return word;
}

// Offset of the first byte from `at` on that is not ASCII, or the size.
size_t SkipAscii(std::string_view bytes, size_t at) {
  while (at + sizeof(uint64_t) <= bytes.size() && (LoadWord(bytes.data() + at) & kHighBits) == 0) {
    at += sizeof(uint64_t);
  }
  while (at < bytes.size() && static_cast<uint8_t>(bytes[at]) < 0x80) ++at;
  return at;
}

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xc0) == 0x80; }

// Length of the valid character of several bytes at the front, or 0.
size_t ValidLength(std::string_view bytes) {
  const auto lead = static_cast<uint8_t>(bytes[0]);
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size_t length = Utf8CharacterBytes(bytes[0]);
  if (bytes.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (!IsContinuation(bytes[i])) return 0;
  }
  // The second byte decides about overlong forms, surrogates and the end of the range.
  const auto second = static_cast<uint8_t>(bytes[1]);
  if (lead == 0xe0 && second < 0xa0) return 0;
  if (lead == 0xed && second > 0x9f) return 0;
  if (lead == 0xf0 && second < 0x90) return 0;
  if (lead == 0xf4 && second > 0x8f) return 0;
  return length;
}

std::unexpected<Error> InvalidBytes(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  const auto lead = static_cast<uint8_t>(bytes[0]);
  // A byte that begins no character counts as one of its own.
  const size_t length = lead >= 0xc0 && lead < 0xf8 ? Utf8CharacterBytes(bytes[0]) : 1;
  std::string text = "invalid byte sequence for encoding \"UTF8\":";
  for (const char c : bytes.substr(0, length)) {
    const auto byte = static_cast<uint8_t>(c);
    text += " 0x";
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return Fail(sqlstate::kCharacterNotInRepertoire, std::move(text));
}

}  // namespace

size_t FindInvalidUtf8(std::string_view bytes) {
  for (size_t at = SkipAscii(bytes, 0); at < bytes.size(); at = SkipAscii(bytes, at)) {
    const size_t length = ValidLength(bytes.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

Result<void> CheckText(std::string_view bytes) {
  const size_t invalid = FindInvalidUtf8(bytes);
  const size_t zero = bytes.find('\0');
  const size_t first = zero < invalid ? zero : invalid;
  if (first != std::string_view::npos) return InvalidBytes(bytes.substr(first));
  return {};
}

bool IsAscii(std::string_view bytes) { return SkipAscii(bytes, 0) == bytes.size(); }

size_t CountCharacters(std::string_view text) {
  size_t continuations = 0;
  size_t at = 0;
  for (; at + sizeof(uint64_t) <= text.size(); at += sizeof(uint64_t)) {
    const uint64_t word = LoadWord(text.data() + at);
    // Bit 7 set and bit 6 clear, in each byte.
    const uint64_t marks = word & ~(word << 1) & kHighBits;
    continuations += static_cast<size_t>(__builtin_popcountll(marks));
  }
  for (; at < text.size(); ++at) continuations += IsContinuation(text[at]) ? 1 : 0;
  return text.size() - continuations;
}

size_t SkipCharacters(std::string_view text, size_t count) {
  if (count >= text.size()) return text.size();
  size_t at = 0;
  for (; count > 0 && at < text.size(); --count) at += Utf8CharacterBytes(text[at]);
  return at;
}

char32_t NextCharacter(std::string_view text, size_t& at) {
  const size_t length = Utf8CharacterBytes(text[at]);
  auto value = static_cast<char32_t>(static_cast<uint8_t>(text[at]));
  if (length > 1) value &= 0x7fu >> length;
  for (size_t i = 1; i < length; ++i) {
    value = value << 6 | (static_cast<uint8_t>(text[at + i]) & 0x3fu);
  }
  at += length;
  return value;
}

void AppendCharacter(char32_t character, std::string& out) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((character >> shift) & 0x3f)));
  };
  if (character < 0x80) {
    out.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    out.push_back(static_cast<char>(0xc0 | character >> 6));
    tail(0);
  } else if (character < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | character >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | character >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace riverrun
