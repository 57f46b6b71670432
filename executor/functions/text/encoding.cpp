// Bytes as text and back: encode, decode, convert_to, convert_from, md5, sha256, get_byte.
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/string_kernels.h"
#include "executor/functions/text/digest.h"
#include "executor/functions/text/letter_case.h"
#include "types/text/text_format.h"
#include "types/text/utf8.h"
#include "types/value.h"

namespace riverrun::executor {
namespace {

constexpr size_t kBase64LineMax = 76;
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::unexpected<Error> Invalid(std::string text) {
  return Fail(sqlstate::kInvalidParameterValue, std::move(text));
}

void AppendHex(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    out.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
}

// With a line break after every 76 characters, as MIME has it, also if nothing follows.
void AppendBase64(std::string& out, std::string_view bytes) {
  size_t line = 0;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<uint8_t>(bytes[at + i]) : 0);
    }
    for (size_t i = 0; i < 4; ++i) {
      out.push_back(i <= count ? kBase64Digits[group >> (18 - 6 * i) & 63] : '=');
    }
    line += 4;
    if (line == kBase64LineMax) {
      out.push_back('\n');
      line = 0;
    }
  }
}

// Only what text cannot hold is escaped: zero, bytes beyond ASCII, and the backslash.
void AppendEscape(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte != 0 && byte < 0x80) {
      out.push_back(c);
    } else {
      out.push_back('\\');
      for (const int shift : {6, 3, 0}) {
        out.push_back(static_cast<char>('0' + (byte >> shift & 7)));
      }
    }
  }
}

bool IsLineSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

Result<void> ReadBase64(std::string& out, std::string_view text) {
  uint32_t group = 0;
  int digits = 0, end = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (IsLineSpace(c)) continue;
    uint32_t value = 0;
    if (c == '=') {
      if (end == 0) {
        if (digits != 2 && digits != 3) {
          return Invalid("unexpected \"=\" while decoding base64 sequence");
        }
        end = digits == 2 ? 1 : 2;
      }
    } else {
      const size_t digit = kBase64Digits.find(c);
      if (digit == std::string_view::npos) {
        return Invalid("invalid symbol \"" + std::string(text.substr(at, Utf8CharacterBytes(c))) +
                       "\" found while decoding base64 sequence");
      }
      value = static_cast<uint32_t>(digit);
    }
    group = group << 6 | value;
    if (++digits < 4) continue;
    out.push_back(static_cast<char>(group >> 16));
    if (end == 0 || end > 1) out.push_back(static_cast<char>(group >> 8));
    if (end == 0 || end > 2) out.push_back(static_cast<char>(group));
    group = 0;
    digits = 0;
  }
  if (digits != 0) return Invalid("invalid base64 end sequence");
  return {};
}

// The text forms of bytea are hex with a prefix, and escape.
Result<void> ReadBytea(std::string& out, std::string_view text) {
  Result<Value> value = Value::Parse(Type::Bytea(), text);
  if (!value) return std::unexpected(std::move(value).error());
  out = value->bytes();
  return {};
}

enum class Format { kHex, kBase64, kEscape };

Result<Format> FormatByName(std::string_view name) {
  std::string lower;
  AppendLower(lower, name);
  if (lower == "hex") return Format::kHex;
  if (lower == "base64") return Format::kBase64;
  if (lower == "escape") return Format::kEscape;
  return Invalid("unrecognized encoding: \"" + std::string(name) + "\"");
}

Result<void> Encode(std::string& out, std::string_view bytes, std::string_view name) {
  const Result<Format> format = FormatByName(name);
  if (!format) return std::unexpected(format.error());
  switch (*format) {
    case Format::kHex: AppendHex(out, bytes); break;
    case Format::kBase64: AppendBase64(out, bytes); break;
    case Format::kEscape: AppendEscape(out, bytes); break;
  }
  return {};
}

Result<void> Decode(std::string& out, std::string_view text, std::string_view name) {
  const Result<Format> format = FormatByName(name);
  if (!format) return std::unexpected(format.error());
  switch (*format) {
    case Format::kHex: return ReadBytea(out, "\\x" + std::string(text));
    case Format::kBase64: return ReadBase64(out, text);
    case Format::kEscape: break;
  }
  // A text that begins like the hex form has an escape that is none.
  if (text.starts_with("\\x")) {
    return Fail(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type bytea");
  }
  return ReadBytea(out, text);
}

// Texts are UTF-8 here, so only that encoding converts.
Result<void> CheckEncoding(std::string_view name, bool from) {
  std::string lower;
  for (const char c : name) {
    if (c != '-' && c != '_') AppendLower(lower, std::string_view(&c, 1));
  }
  if (lower == "utf8" || lower == "unicode") return {};
  return Fail(sqlstate::kFeatureNotSupported,
              std::string("conversion ") + (from ? "from" : "to") + " encoding \"" +
                  std::string(name) + "\"");
}
Result<void> ConvertTo(std::string& out, std::string_view text, std::string_view encoding) {
  if (Result<void> known = CheckEncoding(encoding, false); !known) return known;
  out = text;
  return {};
}
Result<void> ConvertFrom(std::string& out, std::string_view bytes, std::string_view encoding) {
  if (Result<void> known = CheckEncoding(encoding, true); !known) return known;
  if (Result<void> valid = CheckText(bytes); !valid) return valid;
  out = bytes;
  return {};
}

void Md5Text(std::string& out, std::string_view bytes) {
  const auto sum = Md5(bytes);
  AppendHex(out, {reinterpret_cast<const char*>(sum.data()), sum.size()});
}
void Sha256Bytes(std::string& out, std::string_view bytes) {
  const auto sum = Sha256(bytes);
  out.assign(reinterpret_cast<const char*>(sum.data()), sum.size());
}

Result<void> CheckIndex(int32_t index, size_t size) {
  if (index >= 0 && static_cast<size_t>(index) < size) return {};
  return Fail(sqlstate::kArraySubscriptError, "index " + std::to_string(index) +
                                                  " out of valid range, 0.." +
                                                  std::to_string(static_cast<int64_t>(size) - 1));
}
Result<int32_t> GetByte(std::string_view bytes, int32_t index) {
  if (Result<void> there = CheckIndex(index, bytes.size()); !there) {
    return std::unexpected(there.error());
  }
  return int32_t{static_cast<uint8_t>(bytes[static_cast<size_t>(index)])};
}
Result<void> SetByte(std::string& out, std::string_view bytes, int32_t index, int32_t value) {
  if (Result<void> there = CheckIndex(index, bytes.size()); !there) return there;
  out = bytes;
  out[static_cast<size_t>(index)] = static_cast<char>(value);
  return {};
}

}  // namespace

void RegisterEncoding(FunctionRegistry& registry) {
  constexpr FunctionOptions kCanFail = {.can_fail = CanFail::kYes};
  registry.Scalar("encode(bytea, text) -> text", Appended<Encode>(), kCanFail,
                  "bytes as hex, base64 or escape");
  registry.Scalar("decode(text, text) -> bytea", Appended<Decode>(), kCanFail,
                  "bytes from hex, base64 or escape");
  registry.Scalar("convert_to(text, text) -> bytea", Appended<ConvertTo>(), kCanFail,
                  "the text's bytes in an encoding");
  registry.Scalar("convert_from(bytea, text) -> text", Appended<ConvertFrom>(), kCanFail,
                  "text from bytes in an encoding");
  registry.Scalar("md5(text) -> text", Appended<Md5Text>(), "MD5 checksum in hexadecimal");
  registry.Scalar("md5(bytea) -> text", Appended<Md5Text>(), "MD5 checksum in hexadecimal");
  registry.Scalar("sha256(bytea) -> bytea", Appended<Sha256Bytes>(), "SHA-256 checksum");
  registry.Scalar("get_byte(bytea, integer) -> integer", Tried<GetByte>(), kCanFail,
                  "the byte at an index from 0");
  registry.Scalar("set_byte(bytea, integer, integer) -> bytea", Appended<SetByte>(), kCanFail,
                  "with the byte at an index from 0 replaced");
}

}  // namespace riverrun::executor
