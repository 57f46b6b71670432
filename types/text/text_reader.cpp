#include <algorithm>

#include "types/number/float_text.h"
#include "types/text/jsonb.h"
#include "types/number/numeric.h"
#include "types/text/text_format.h"
#include "types/text/utf8.h"
#include "types/uuid.h"

namespace riverrun {
namespace {

constexpr size_t kNameBytesMax = 63;
constexpr int32_t kVarcharHeader = 4;  // what PostgreSQL adds to n in the modifier of varchar(n)

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::unexpected<Error> InvalidSyntax(std::string_view type, std::string_view text) {
  return Fail(
      sqlstate::kInvalidTextRepresentation,
      "invalid input syntax for type " + std::string(type) + ": \"" + std::string(text) + "\"");
}

// Whether `text` is a beginning of `word`, in any case.
bool Begins(std::string_view word, std::string_view text) {
  return text.size() <= word.size() &&
         std::equal(text.begin(), text.end(), word.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a | 0x20 : a) == b; });
}

Result<uint8_t> ParseBool(std::string_view text) {
  const std::string_view word = Trimmed(text);
  if (!word.empty()) {
    if (Begins("true", word) || Begins("yes", word) || word == "1") return 1;
    if (Begins("false", word) || Begins("no", word) || word == "0") return 0;
    // "o" alone could be either.
    if (word.size() >= 2 && Begins("on", word)) return 1;
    if (word.size() >= 2 && Begins("off", word)) return 0;
  }
  return InvalidSyntax("boolean", text);
}

Result<uint32_t> ParseOid(std::string_view text, const Type& type) {
  const std::string_view digits = Trimmed(text);
  const bool number = !digits.empty() && std::all_of(digits.begin(), digits.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  if (!number && type.oid != oid::kOid) {
    return Fail(sqlstate::kFeatureNotSupported, "a name as text of type " + TypeName(type));
  }
  const Result<int64_t> value = ParseInt64(digits);
  if (!value && value.error().sqlstate != sqlstate::kNumericValueOutOfRange) {
    return InvalidSyntax("oid", text);
  }
  // PostgreSQL takes what fits 32 bits with or without a sign.
  if (!value || *value > UINT32_MAX || *value < INT32_MIN) {
    return Fail(sqlstate::kNumericValueOutOfRange,
                "value \"" + std::string(text) + "\" is out of range for type oid");
  }
  return static_cast<uint32_t>(*value);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> ParseHexBytes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r') continue;
    const int high = HexDigit(text[i]);
    if (high >= 0 && i + 1 >= text.size()) {
      return Fail(sqlstate::kInvalidParameterValue,
                  "invalid hexadecimal data: odd number of digits");
    }
    const int low = high < 0 ? -1 : HexDigit(text[i + 1]);
    if (low < 0) {
      const std::string_view bad = text.substr(high < 0 ? i : i + 1);
      const size_t bytes = Utf8CharacterBytes(bad.front());
      return Fail(sqlstate::kInvalidParameterValue,
                  "invalid hexadecimal digit: \"" + std::string(bad.substr(0, bytes)) + "\"");
    }
    out.push_back(static_cast<char>(high << 4 | low));
    ++i;
  }
  return out;
}

// The byte of three octal digits, or -1.
int OctalByte(std::string_view digits) {
  if (digits.size() < 3 || digits[0] < '0' || digits[0] > '3') return -1;
  int value = 0;
  for (const char c : digits.substr(0, 3)) {
    if (c < '0' || c > '7') return -1;
    value = value * 8 + (c - '0');
  }
  return value;
}

Result<std::string> ParseEscapedBytes(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out.push_back(text[i]);
    } else if (text.substr(i + 1, 1) == "\\") {
      out.push_back('\\');
      ++i;
    } else {
      const int byte = OctalByte(text.substr(i + 1));
      if (byte < 0) {
        return Fail(sqlstate::kInvalidTextRepresentation, "invalid input syntax for type bytea");
      }
      out.push_back(static_cast<char>(byte));
      i += 3;
    }
  }
  return out;
}

Result<std::string> ParseBytea(std::string_view text) {
  return text.starts_with("\\x") ? ParseHexBytes(text.substr(2)) : ParseEscapedBytes(text);
}

// Appends a parsed value, or passes its error on.
template <class T>
Result<void> AppendParsed(const Result<T>& value, ColumnBuilder& out) {
  if (!value) return std::unexpected(value.error());
  out.Append(*value);
  return {};
}

Result<void> AppendCharacterType(std::string_view text, ColumnBuilder& out) {
  const Type& type = out.type();
  if (type.oid == oid::kName) {
    size_t bytes = std::min(text.size(), kNameBytesMax);
    // A character is kept whole or not at all.
    while (bytes < text.size() && bytes > 0 && (static_cast<uint8_t>(text[bytes]) & 0xc0) == 0x80) {
      --bytes;
    }
    out.AppendBytes(text.substr(0, bytes));
    return {};
  }
  if (type.typmod < kVarcharHeader || (type.oid != oid::kVarchar && type.oid != oid::kBpchar)) {
    out.AppendBytes(text);
    return {};
  }
  const auto length = static_cast<size_t>(type.typmod - kVarcharHeader);
  const size_t kept = SkipCharacters(text, length);
  if (text.find_first_not_of(' ', kept) != std::string_view::npos) {
    return Fail(sqlstate::kStringDataRightTruncation, "value too long for type " + TypeName(type));
  }
  std::string padded(text.substr(0, kept));
  if (type.oid == oid::kBpchar) padded.append(length - CountCharacters(padded), ' ');
  out.AppendBytes(padded);
  return {};
}

}  // namespace

TextReader::TextReader(const Settings& settings, std::optional<Micros> now)
    : settings_(settings), zone_(*settings_.time_zone) {
  input_ = {.style = settings_.date_time, .now = now, .zone = &zone_, .zones = &zones_};
}

Result<void> TextReader::Append(std::string_view text, ColumnBuilder& out) {
  switch (out.type().kind) {
    case TypeKind::kNull:
      return Fail(sqlstate::kDatatypeMismatch, "a bare NULL has no text");
    case TypeKind::kBool:
      return AppendParsed(ParseBool(text), out);
    case TypeKind::kUuid:
      return AppendParsed(ParseUuid(text), out);
    case TypeKind::kOid:
      return AppendParsed(ParseOid(text, out.type()), out);
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kDecimal:
    case TypeKind::kNumeric:
      return AppendNumber(text, out);
    case TypeKind::kDate:
    case TypeKind::kTime:
    case TypeKind::kTimeTz:
    case TypeKind::kTimestamp:
    case TypeKind::kTimestampTz:
    case TypeKind::kInterval:
      return AppendTime(text, out);
    case TypeKind::kText:
    case TypeKind::kBytea:
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      return AppendString(text, out);
    case TypeKind::kArray:
      return AppendArray(text, out);
    case TypeKind::kRow:
      return AppendRow(text, out);
  }
  return {};
}

Result<void> TextReader::AppendNumber(std::string_view text, ColumnBuilder& out) {
  const Type& type = out.type();
  switch (type.kind) {
    case TypeKind::kInt2:
      return AppendParsed(ParseInt16(text), out);
    case TypeKind::kInt4:
      return AppendParsed(ParseInt32(text), out);
    case TypeKind::kInt8:
      return AppendParsed(ParseInt64(text), out);
    case TypeKind::kFloat4:
      return AppendParsed(ParseFloat(text), out);
    case TypeKind::kFloat8:
      return AppendParsed(ParseDouble(text), out);
    case TypeKind::kDecimal:
      return AppendParsed(ParseDecimal(text, type.precision, type.scale), out);
    default:
      break;
  }
  const Result<Numeric> number = ParseNumeric(text);
  if (!number) return std::unexpected(number.error());
  out.AppendNumeric(*number);
  return {};
}

Result<void> TextReader::AppendTime(std::string_view text, ColumnBuilder& out) {
  const int32_t typmod = out.type().typmod;
  switch (out.type().kind) {
    case TypeKind::kDate:
      return AppendParsed(ParseDate(text, input_), out);
    case TypeKind::kTime:
      return AppendParsed(ParseTime(text, input_, typmod), out);
    case TypeKind::kTimeTz:
      return AppendParsed(ParseTimeTz(text, input_, typmod), out);
    case TypeKind::kTimestamp:
      return AppendParsed(ParseTimestamp(text, input_, typmod), out);
    case TypeKind::kTimestampTz:
      return AppendParsed(ParseTimestampTz(text, input_, typmod), out);
    default:
      return AppendParsed(ParseInterval(text, input_.style.interval, typmod), out);
  }
}

Result<void> TextReader::AppendString(std::string_view text, ColumnBuilder& out) {
  switch (out.type().kind) {
    case TypeKind::kBytea: {
      const Result<std::string> bytes = ParseBytea(text);
      if (!bytes) return std::unexpected(bytes.error());
      out.AppendBytes(*bytes);
      return {};
    }
    case TypeKind::kJson:
      if (Result<void> valid = CheckJson(text); !valid) return valid;
      out.AppendBytes(text);
      return {};
    case TypeKind::kJsonb: {
      std::string canonical;
      if (Result<void> read = CanonicalJson(text, canonical); !read) return read;
      out.AppendBytes(canonical);
      return {};
    }
    default:
      if (Result<void> valid = CheckText(text); !valid) return valid;
      return AppendCharacterType(text, out);
  }
}

}  // namespace riverrun
