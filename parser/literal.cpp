#include "parser/literal.h"

#include "parser/keywords.h"
#include "parser/scan.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The raw content of all pieces of a quoted token: 'a' <line break> 'b' gives ab. Doubled quotes
/// become one. With `backslashes` the escaped character is copied untouched, backslash included.
std::string Unquote(std::string_view token, char quote, bool backslashes) {
  std::string content;
  content.reserve(token.size());
  bool inside = false;
  for (size_t i = 0; i < token.size(); ++i) {
    const char c = token[i];
    if (!inside) {
      inside = c == quote;
    } else if (backslashes && c == '\\' && i + 1 < token.size()) {
      content += c;
      content += token[++i];
    } else if (c != quote) {
      content += c;
    } else if (i + 1 < token.size() && token[i + 1] == quote) {
      content += quote;
      ++i;
    } else {
      inside = false;
    }
  }
  return content;
}

[[noreturn]] void RefuseCharacter(uint32_t position) {
  throw SqlError(sqlstate::kCharacterNotInRepertoire, "invalid Unicode escape value", position);
}

void AppendUtf8(std::string& out, uint32_t code) {
  const auto put = [&out](uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | (code >> 6));
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3F));
    put(0x80 | ((code >> 6) & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

/// Collects code points of escapes; two halves of a UTF-16 pair become one character.
class UnicodeWriter {
 public:
  UnicodeWriter(std::string& out, uint32_t position) : out_(out), position_(position) {}

  void Put(uint32_t code) {
    const bool low_half = code >= 0xDC00 && code <= 0xDFFF;
    if (high_half_ != 0) {
      if (!low_half) RefuseCharacter(position_);
      code = 0x10000 + ((high_half_ - 0xD800) << 10) + (code - 0xDC00);
      high_half_ = 0;
    } else if (low_half || code == 0 || code > 0x10FFFF) {
      RefuseCharacter(position_);
    } else if (code >= 0xD800 && code <= 0xDBFF) {
      high_half_ = code;
      return;
    }
    AppendUtf8(out_, code);
  }
  /// Anything but a further escape after a first half is an error.
  void End() const {
    if (high_half_ != 0) RefuseCharacter(position_);
  }

 private:
  std::string& out_;
  uint32_t position_;
  uint32_t high_half_ = 0;  // 0: none waits for its second half
};

/// Reads exactly `digits` hexadecimal digits at `at` and moves it behind them.
uint32_t ReadHex(std::string_view text, size_t& at, int digits, uint32_t position) {
  uint32_t code = 0;
  for (int i = 0; i < digits; ++i, ++at) {
    const int digit = at < text.size() ? HexDigit(text[at]) : -1;
    if (digit < 0) {
      throw SqlError(sqlstate::kInvalidEscapeSequence, "invalid Unicode escape", position)
          .WithHint(
              "Unicode escapes are \\XXXX or \\+XXXXXX, in E'' strings \\uXXXX or \\UXXXXXXXX");
    }
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  return code;
}

/// \ooo and \xhh name bytes.
void AppendByteEscape(std::string& out, std::string_view raw, size_t& at, char kind) {
  uint32_t byte = 0;
  if (kind == 'x') {
    for (int i = 0; i < 2 && at < raw.size() && HexDigit(raw[at]) >= 0; ++i, ++at) {
      byte = byte * 16 + static_cast<uint32_t>(HexDigit(raw[at]));
    }
  } else {
    byte = static_cast<uint32_t>(kind - '0');
    for (int i = 0; i < 2 && at < raw.size() && raw[at] >= '0' && raw[at] <= '7'; ++i, ++at) {
      byte = byte * 8 + static_cast<uint32_t>(raw[at] - '0');
    }
  }
  out += static_cast<char>(byte & 0xFF);
}

bool IsValidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t length = first < 0x80   ? 1
                          : first < 0xC2 ? 0
                          : first < 0xE0 ? 2
                          : first < 0xF0 ? 3
                          : first < 0xF5 ? 4
                                         : 0;
    if (length == 0 || first == 0 || i + length > text.size()) return false;
    uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0) != 0x80) return false;
      code = (code << 6) | (next & 0x3F);
    }
    constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[length] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      return false;
    i += length;
  }
  return true;
}

std::string DecodeEscapes(std::string_view raw, uint32_t position) {
  std::string out;
  UnicodeWriter unicode(out, position);
  bool bytes = false;
  for (size_t at = 0; at < raw.size();) {
    const char c = raw[at++];
    const bool escape = c == '\\' && at < raw.size();
    const char kind = escape ? raw[at] : '\0';
    if (escape && (kind == 'u' || kind == 'U')) {
      ++at;
      unicode.Put(ReadHex(raw, at, kind == 'u' ? 4 : 8, position));
      continue;
    }
    unicode.End();
    if (!escape) {
      out += c;
      continue;
    }
    ++at;
    const bool hex = kind == 'x' && at < raw.size() && HexDigit(raw[at]) >= 0;
    if (hex || (kind >= '0' && kind <= '7')) {
      AppendByteEscape(out, raw, at, kind);
      bytes = true;
      continue;
    }
    switch (kind) {
      case 'b':
        out += '\b';
        break;
      case 'f':
        out += '\f';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'v':
        out += '\v';
        break;
      default:
        out += kind;
    }
  }
  unicode.End();
  if (bytes && !IsValidUtf8(out)) {
    throw SqlError(sqlstate::kCharacterNotInRepertoire,
                   "invalid byte sequence for encoding \"UTF8\"", position);
  }
  return out;
}

/// U&'...' and U&"...", with the escape character of UESCAPE if that follows.
std::string DecodeUnicode(std::string_view token, uint32_t position) {
  const char quote = token[2];
  size_t end = 3;  // behind the closing quote of the last piece
  for (bool inside = true; end < token.size(); ++end) {
    if (token[end] == quote) inside = !inside;
    if (!inside && IsNameStart(token[end])) break;
  }
  char escape = '\\';
  if (end < token.size()) {
    const std::string_view tail = token.substr(end + std::string_view("uescape").size());
    size_t quoted = 0;
    while (quoted < tail.size() && IsBlank(tail[quoted])) ++quoted;
    const std::string named = DecodeString(tail.substr(quoted), position);
    if (named.size() != 1 || HexDigit(named[0]) >= 0 || named[0] == '+' || named[0] == '\'' ||
        named[0] == '"' || IsBlank(named[0])) {
      throw SqlError(sqlstate::kSyntaxError, "invalid Unicode escape character", position);
    }
    escape = named[0];
  }
  const std::string raw = Unquote(token.substr(2, end - 2), quote, false);
  std::string out;
  UnicodeWriter unicode(out, position);
  for (size_t at = 0; at < raw.size();) {
    const char c = raw[at++];
    if (c == escape && (at >= raw.size() || raw[at] != escape)) {
      const bool long_form = at < raw.size() && raw[at] == '+';
      if (long_form) ++at;
      unicode.Put(ReadHex(raw, at, long_form ? 6 : 4, position));
      continue;
    }
    unicode.End();
    if (c == escape) ++at;
    out += c;
  }
  unicode.End();
  return out;
}

bool IsUnicodeForm(std::string_view token) {
  return token.size() > 3 && (token[0] == 'u' || token[0] == 'U') && token[1] == '&';
}

}  // namespace

std::string DecodeString(std::string_view token, uint32_t position) {
  if (token.empty()) return {};
  if (token[0] == '$') {
    const size_t tag = token.find('$', 1) + 1;
    return std::string(token.substr(tag, token.size() - 2 * tag));
  }
  if (IsUnicodeForm(token)) return DecodeUnicode(token, position);
  if (token[0] == 'e' || token[0] == 'E') {
    return DecodeEscapes(Unquote(token, '\'', true), position);
  }
  return Unquote(token, '\'', false);
}

std::string DecodeIdentifier(std::string_view token, uint32_t position) {
  if (IsUnicodeForm(token) && token[2] == '"') return DecodeUnicode(token, position);
  if (!token.empty() && token[0] == '"') return Unquote(token, '"', false);
  return FoldCase(token);
}

std::string DecodeBitString(std::string_view token, uint32_t position) {
  const bool hex = token[0] == 'x' || token[0] == 'X';
  std::string digits = Unquote(token, '\'', false);
  for (const char c : digits) {
    const bool good = hex ? HexDigit(c) >= 0 : c == '0' || c == '1';
    if (!good) {
      throw SqlError(sqlstate::kInvalidTextRepresentation,
                     "\"" + std::string(1, c) + "\" is not a valid " +
                         (hex ? "hexadecimal" : "binary") + " digit",
                     position);
    }
  }
  return digits;
}

std::string QuoteString(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

std::string QuoteIdentifier(std::string_view name) {
  bool bare = !name.empty() && IsNameStart(name[0]);
  for (const char c : name) bare = bare && IsNamePart(c) && !(c >= 'A' && c <= 'Z');
  if (bare) {
    const auto number = FindKeyword(name);
    if (!number || AllKeywords()[*number].keyword_class == KeywordClass::kFree) {
      return std::string(name);
    }
  }
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted + "\"";
}

}  // namespace riverrun::parser
