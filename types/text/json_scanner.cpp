#include "types/text/json_scanner.h"

#include "types/text/utf8.h"

namespace riverrun {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Characters that cannot stand right behind a number or a word.
bool IsWordCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The value of four hexadecimal digits, or -1.
int32_t FourDigits(std::string_view text) {
  if (text.size() < 4) return -1;
  int32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    const int digit = HexDigit(c);
    if (digit < 0) return -1;
    value = value << 4 | digit;
  }
  return value;
}

constexpr bool IsHighSurrogate(int32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
constexpr bool IsLowSurrogate(int32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// Reads what follows a backslash and u, a surrogate pair included; moves `at` behind it.
Result<char32_t> ReadUnicodeEscape(std::string_view text, size_t& at) {
  const int32_t unit = FourDigits(text.substr(at));
  at += 4;
  if (unit == 0) {
    return Fail(sqlstate::kUntranslatableCharacter, "unsupported Unicode escape sequence");
  }
  if (unit < 0 || IsLowSurrogate(unit)) return InvalidJson();
  if (!IsHighSurrogate(unit)) return static_cast<char32_t>(unit);
  if (text.substr(at, 2) != "\\u") return InvalidJson();
  const int32_t low = FourDigits(text.substr(at + 2));
  at += 6;
  if (!IsLowSurrogate(low)) return InvalidJson();
  return static_cast<char32_t>(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
}

char SimpleEscape(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;  // the quote, the backslash and the slash
  }
}

}  // namespace

std::unexpected<Error> InvalidJson() {
  return Fail(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type json");
}

JsonToken JsonScanner::Take(JsonToken token, size_t bytes) {
  at_ = begin_ + bytes;
  return token;
}

JsonToken JsonScanner::Word(std::string_view word, JsonToken token) {
  const std::string_view rest = text_.substr(begin_);
  if (!rest.starts_with(word)) return Take(JsonToken::kInvalid, 0);
  if (rest.size() > word.size() && IsWordCharacter(rest[word.size()])) {
    return Take(JsonToken::kInvalid, 0);
  }
  return Take(token, word.size());
}

JsonToken JsonScanner::Next() {
  begin_ = at_;
  while (begin_ < text_.size() && (text_[begin_] == ' ' || text_[begin_] == '\n' ||
                                   text_[begin_] == '\t' || text_[begin_] == '\r')) {
    ++begin_;
  }
  if (begin_ == text_.size()) return Take(JsonToken::kEnd, 0);
  switch (text_[begin_]) {
    case '{': return Take(JsonToken::kBeginObject, 1);
    case '}': return Take(JsonToken::kEndObject, 1);
    case '[': return Take(JsonToken::kBeginArray, 1);
    case ']': return Take(JsonToken::kEndArray, 1);
    case ':': return Take(JsonToken::kColon, 1);
    case ',': return Take(JsonToken::kComma, 1);
    case '"': return String();
    case 't': return Word("true", JsonToken::kTrue);
    case 'f': return Word("false", JsonToken::kFalse);
    case 'n': return Word("null", JsonToken::kNull);
    default: return Number();
  }
}

JsonToken JsonScanner::String() {
  for (size_t i = begin_ + 1; i < text_.size(); ++i) {
    const char c = text_[i];
    if (c == '"') return Take(JsonToken::kString, i + 1 - begin_);
    if (static_cast<uint8_t>(c) < 0x20) break;
    if (c != '\\') continue;
    if (++i == text_.size()) break;
    if (text_[i] == 'u') {
      if (FourDigits(text_.substr(i + 1)) < 0) break;
      i += 4;
    } else if (std::string_view("\"\\/bfnrt").find(text_[i]) == std::string_view::npos) {
      break;
    }
  }
  return Take(JsonToken::kInvalid, 0);
}

JsonToken JsonScanner::Number() {
  size_t i = begin_;
  const auto digits = [&] {
    const size_t first = i;
    while (i < text_.size() && IsDigit(text_[i])) ++i;
    return i > first;
  };
  if (text_[i] == '-') ++i;
  if (i < text_.size() && text_[i] == '0') {
    ++i;
  } else if (!digits()) {
    return Take(JsonToken::kInvalid, 0);
  }
  if (i < text_.size() && text_[i] == '.') {
    ++i;
    if (!digits()) return Take(JsonToken::kInvalid, 0);
  }
  if (i < text_.size() && (text_[i] == 'e' || text_[i] == 'E')) {
    ++i;
    if (i < text_.size() && (text_[i] == '+' || text_[i] == '-')) ++i;
    if (!digits()) return Take(JsonToken::kInvalid, 0);
  }
  if (i < text_.size() && IsWordCharacter(text_[i])) return Take(JsonToken::kInvalid, 0);
  return Take(JsonToken::kNumber, i - begin_);
}

std::string_view JsonScanner::SkipValue(JsonToken token) {
  const size_t begin = begin_;
  int depth = 0;
  while (true) {
    if (token == JsonToken::kBeginObject || token == JsonToken::kBeginArray) ++depth;
    if (token == JsonToken::kEndObject || token == JsonToken::kEndArray) --depth;
    if (depth <= 0 || token == JsonToken::kEnd || token == JsonToken::kInvalid) break;
    token = Next();
  }
  return text_.substr(begin, at_ - begin);
}

Result<void> AppendJsonCharacters(std::string_view token, std::string& out) {
  const std::string_view body = token.substr(1, token.size() - 2);
  for (size_t at = 0; at < body.size();) {
    const size_t escape = body.find('\\', at);
    if (escape == std::string_view::npos) {
      out.append(body.substr(at));
      break;
    }
    out.append(body.substr(at, escape - at));
    at = escape + 2;
    if (body[escape + 1] != 'u') {
      out.push_back(SimpleEscape(body[escape + 1]));
      continue;
    }
    const Result<char32_t> character = ReadUnicodeEscape(body, at);
    if (!character) return std::unexpected(character.error());
    AppendCharacter(*character, out);
  }
  return {};
}

void AppendJsonString(std::string_view text, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default:
        if (static_cast<uint8_t>(c) >= 0x20) {
          out.push_back(c);
        } else {
          out += "\\u00";
          out.push_back(kDigits[c >> 4]);
          out.push_back(kDigits[c & 15]);
        }
    }
  }
  out.push_back('"');
}

}  // namespace riverrun
