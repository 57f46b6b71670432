// Strings made from strings: lengths, padding, replacing, characters and their codes.
#include <algorithm>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "executor/functions/text/letter_case.h"
#include "types/text/utf8.h"

namespace riverrun::executor {
namespace {

int32_t Length(std::string_view text) { return static_cast<int32_t>(CountCharacters(text)); }
int32_t Bytes(std::string_view text) { return static_cast<int32_t>(text.size()); }
int32_t Bits(std::string_view text) { return static_cast<int32_t>(text.size() * 8); }

std::unexpected<Error> TooLarge() {
  return Fail(sqlstate::kProgramLimitExceeded, "requested length too large");
}

void Reverse(std::string& out, std::string_view text) {
  out.resize(text.size());
  size_t end = text.size();
  for (size_t at = 0; at < text.size();) {
    const size_t bytes = Utf8CharacterBytes(text[at]);
    end -= bytes;
    out.replace(end, bytes, text.substr(at, bytes));
    at += bytes;
  }
}

Result<void> Repeat(std::string& out, std::string_view text, int32_t count) {
  if (count <= 0 || text.empty()) return {};
  if (text.size() > kStringBytesMax / static_cast<size_t>(count)) return TooLarge();
  out.reserve(text.size() * static_cast<size_t>(count));
  for (; count > 0; --count) out += text;
  return {};
}

// Appends `fill` again and again until `characters` have been added.
void AppendFill(std::string_view fill, size_t characters, std::string& out) {
  const size_t each = CountCharacters(fill);
  for (; characters >= each; characters -= each) out += fill;
  out += fill.substr(0, SkipCharacters(fill, characters));
}

template <bool kLeft>
Result<void> PadWith(std::string& out, std::string_view text, int32_t length,
                     std::string_view fill) {
  const auto wanted = static_cast<size_t>(std::max(length, 0));
  const size_t kept = SkipCharacters(text, wanted);
  const size_t there = CountCharacters(text.substr(0, kept));
  const size_t missing = fill.empty() ? 0 : wanted - there;
  if (missing * 4 > kStringBytesMax) return TooLarge();
  if (kLeft) AppendFill(fill.empty() ? " " : fill, missing, out);
  out += text.substr(0, kept);
  if (!kLeft) AppendFill(fill.empty() ? " " : fill, missing, out);
  return {};
}
template <bool kLeft>
Result<void> Pad(std::string& out, std::string_view text, int32_t length) {
  return PadWith<kLeft>(out, text, length, " ");
}

Result<void> Replace(std::string& out, std::string_view text, std::string_view from,
                     std::string_view to) {
  for (size_t at; !from.empty() && (at = text.find(from)) != std::string_view::npos;) {
    out += text.substr(0, at);
    out += to;
    text.remove_prefix(at + from.size());
    if (out.size() > kStringBytesMax) return TooLarge();
  }
  out += text;
  return {};
}

// Each character of `from` becomes the one at its place in `to`, or nothing.
void Translate(std::string& out, std::string_view text, std::string_view from,
               std::string_view to) {
  for (size_t at = 0; at < text.size();) {
    const std::string_view character = text.substr(at, Utf8CharacterBytes(text[at]));
    at += character.size();
    const size_t found = from.find(character);
    if (found == std::string_view::npos) {
      out += character;
      continue;
    }
    const size_t place = SkipCharacters(to, CountCharacters(from.substr(0, found)));
    if (place < to.size()) out += to.substr(place, Utf8CharacterBytes(to[place]));
  }
}

int32_t Ascii(std::string_view text) {
  size_t at = 0;
  return text.empty() ? 0 : static_cast<int32_t>(NextCharacter(text, at));
}

Result<void> Chr(std::string& out, int32_t code) {
  if (code < 0) return Fail(sqlstate::kInvalidParameterValue, "character number must be positive");
  if (code == 0) return Fail(sqlstate::kProgramLimitExceeded, "null character not permitted");
  if (code > 0x10ffff) {
    return Fail(sqlstate::kProgramLimitExceeded,
                "requested character too large for encoding: " + std::to_string(code));
  }
  if (code >= 0xd800 && code < 0xe000) {
    return Fail(sqlstate::kProgramLimitExceeded,
                "requested character not valid for encoding: " + std::to_string(code));
  }
  AppendCharacter(static_cast<char32_t>(code), out);
  return {};
}

void AppendHexDigits(uint64_t value, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  char digits[16];
  size_t count = 0;
  do {
    digits[count++] = kDigits[value & 15];
    value >>= 4;
  } while (value != 0);
  while (count > 0) out.push_back(digits[--count]);
}
void ToHex4(std::string& out, int32_t value) {
  AppendHexDigits(static_cast<uint32_t>(value), out);
}
void ToHex8(std::string& out, int64_t value) {
  AppendHexDigits(static_cast<uint64_t>(value), out);
}

void Concatenate(std::string& out, std::string_view a, std::string_view b) {
  out += a;
  out += b;
}

constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};

void RegisterLengths(FunctionRegistry& registry) {
  for (const std::string name : {"length", "char_length", "character_length"}) {
    registry.Scalar(name + "(text) -> integer", Map<Length>(), "number of characters");
  }
  registry.Scalar("length(bytea) -> integer", Map<Bytes>(), "number of bytes");
  for (const std::string type : {"text", "bytea"}) {
    registry.Scalar("octet_length(" + type + ") -> integer", Map<Bytes>(), "number of bytes");
    registry.Scalar("bit_length(" + type + ") -> integer", Map<Bits>(), "number of bits");
  }
}

}  // namespace

void RegisterTextTransforms(FunctionRegistry& registry) {
  RegisterLengths(registry);
  registry.Scalar("lower(text) -> text", Appended<AppendLower>(), "in small letters");
  registry.Scalar("upper(text) -> text", Appended<AppendUpper>(), "in capital letters");
  registry.Scalar("initcap(text) -> text", Appended<AppendInitcap>(),
                  "each word with a capital letter");
  registry.Scalar("reverse(text) -> text", Appended<Reverse>(), "the characters backwards");
  registry.Scalar("repeat(text, integer) -> text", Appended<Repeat>(), kCanFail,
                  "the text that many times");
  registry.Scalar("lpad(text, integer) -> text", Appended<Pad<true>>(), kCanFail,
                  "filled or cut to a length, at the front");
  registry.Scalar("rpad(text, integer) -> text", Appended<Pad<false>>(), kCanFail,
                  "filled or cut to a length, at the end");
  registry.Scalar("lpad(text, integer, text) -> text", Appended<PadWith<true>>(), kCanFail,
                  "filled or cut to a length, at the front");
  registry.Scalar("rpad(text, integer, text) -> text", Appended<PadWith<false>>(), kCanFail,
                  "filled or cut to a length, at the end");
  registry.Scalar("replace(text, text, text) -> text", Appended<Replace>(), kCanFail,
                  "every occurrence of a text replaced");
  registry.Scalar("translate(text, text, text) -> text", Appended<Translate>(),
                  "characters replaced one by one");
  registry.Scalar("ascii(text) -> integer", Map<Ascii>(), "code of the first character");
  registry.Scalar("chr(integer) -> text", Appended<Chr>(), kCanFail, "the character of a code");
  registry.Scalar("to_hex(integer) -> text", Appended<ToHex4>(), "hexadecimal digits");
  registry.Scalar("to_hex(bigint) -> text", Appended<ToHex8>(), "hexadecimal digits");
  registry.Scalar("||(text, text) -> text", Appended<Concatenate>(), "one after the other");
  registry.Scalar("||(bytea, bytea) -> bytea", Appended<Concatenate>(), "one after the other");
}

}  // namespace riverrun::executor
