#include <algorithm>
#include <charconv>
#include <cmath>

#include "types/codec/key.h"
#include "types/number/float_text.h"
#include "types/number/numeric.h"
#include "types/text/text_format.h"
#include "types/uuid.h"

namespace riverrun {
namespace {

// `digits` significant digits, as C's %g writes them.
template <class F>
void AppendRounded(F value, int digits, std::string& out) {
  char text[kFloatTextMax];
  const auto [end, error] =
      std::to_chars(text, text + sizeof(text), value, std::chars_format::general, digits);
  CHECK(error == std::errc());
  out.append(text, end);
}

void AppendFloat8(double value, int extra_digits, std::string& out) {
  if (extra_digits > 0 || !std::isfinite(value)) return AppendDoubleText(value, out);
  AppendRounded(value, std::max(1, 15 + extra_digits), out);
}

void AppendFloat4(float value, int extra_digits, std::string& out) {
  if (extra_digits > 0 || !std::isfinite(value)) return AppendFloatText(value, out);
  AppendRounded(value, std::max(1, 6 + extra_digits), out);
}

void AppendHex(std::string_view bytes, std::string& out) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    out.push_back(kDigits[byte >> 4]);
    out.push_back(kDigits[byte & 15]);
  }
}

void AppendEscapes(std::string_view bytes, std::string& out) {
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\\') {
      out += "\\\\";
    } else if (byte >= 0x20 && byte < 0x7f) {
      out.push_back(c);
    } else {
      out.push_back('\\');
      for (const int shift : {6, 3, 0}) {
        out.push_back(static_cast<char>('0' + (byte >> shift & 7)));
      }
    }
  }
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

bool IsNullWord(std::string_view text) {
  return text.size() == 4 && (text[0] | 0x20) == 'n' && (text[1] | 0x20) == 'u' &&
         (text[2] | 0x20) == 'l' && (text[3] | 0x20) == 'l';
}

// Encloses everything from `begin` on in quotes. A quote inside is doubled (rows) or escaped.
void QuoteFrom(size_t begin, bool double_quotes, std::string& out) {
  const std::string text = out.substr(begin);
  out.resize(begin);
  out.push_back('"');
  for (const char c : text) {
    if (c == '"') out.push_back(double_quotes ? '"' : '\\');
    if (c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

// Whether a text would mean something else, or nothing, without quotes inside an array or a row.
bool NeedsQuotes(std::string_view text, std::string_view special) {
  return text.empty() || std::any_of(text.begin(), text.end(), [&](char c) {
           return IsSpace(c) || special.find(c) != std::string_view::npos;
         });
}

}  // namespace

TextWriter::TextWriter(const Settings& settings)
    : settings_(settings), zone_(*settings_.time_zone) {}

std::string TextWriter::ToText(const Column& column, uint32_t row) {
  std::string out;
  Append(column, row, out);
  return out;
}

void TextWriter::Append(const Column& column, uint32_t row, std::string& out) {
  const DateTimeStyle& style = settings_.date_time;
  switch (column.type.kind) {
    case TypeKind::kNull: return;
    case TypeKind::kBool: return out.push_back(column.At<uint8_t>(row) != 0 ? 't' : 'f');
    case TypeKind::kInt2: return AppendIntegerText(column.At<int16_t>(row), out);
    case TypeKind::kInt4: return AppendIntegerText(column.At<int32_t>(row), out);
    case TypeKind::kInt8: return AppendIntegerText(column.At<int64_t>(row), out);
    case TypeKind::kOid: return AppendIntegerText(column.At<uint32_t>(row), out);
    case TypeKind::kFloat4:
      return AppendFloat4(column.At<float>(row), settings_.extra_float_digits, out);
    case TypeKind::kFloat8:
      return AppendFloat8(column.At<double>(row), settings_.extra_float_digits, out);
    case TypeKind::kDecimal:
      return AppendNumericText({column.At<Int128>(row), static_cast<int8_t>(column.type.scale)},
                               out);
    case TypeKind::kNumeric: {
      const int8_t scale = column.storage().scales->as<int8_t>()[column.IndexOf(row)];
      return AppendNumericText({column.At<Int128>(row), scale}, out);
    }
    case TypeKind::kBytea: return AppendBytea(column.BytesAt(row), out);
    case TypeKind::kDate: return AppendDate(column.At<Days>(row), style, out);
    case TypeKind::kTime: return riverrun::AppendTime(column.At<Micros>(row), out);
    case TypeKind::kTimeTz: return AppendTimeTz(column.At<TimeTz>(row), out);
    case TypeKind::kTimestamp: return AppendTimestamp(column.At<Micros>(row), style, out);
    case TypeKind::kTimestampTz:
      return AppendTimestampTz(column.At<Micros>(row), style, zone_, out);
    case TypeKind::kInterval: return AppendInterval(column.At<Interval>(row), style.interval, out);
    case TypeKind::kUuid: return PrintUuid(column.At<Uuid>(row), out);
    case TypeKind::kText:
    case TypeKind::kJson:
    case TypeKind::kJsonb: out.append(column.BytesAt(row)); return;
    case TypeKind::kArray: return AppendArray(column.type, column.BytesAt(row), out);
    case TypeKind::kRow: return AppendRow(column.type, column.BytesAt(row), out);
  }
}

void TextWriter::AppendBytea(std::string_view bytes, std::string& out) const {
  settings_.bytea_output == ByteaOutput::kHex ? AppendHex(bytes, out) : AppendEscapes(bytes, out);
}

void TextWriter::AppendArray(const Type& type, std::string_view value, std::string& out) {
  out.push_back('{');
  ColumnBuilder builder(type.element());
  const bool nested = type.element().kind == TypeKind::kArray;
  for (bool first = true; value.size() > 1; first = false) {
    const size_t length = DecodeImage(value, builder);
    CHECK(length > 0, "not an array value");
    value.remove_prefix(length);
    if (!first) out.push_back(',');
    const Column element = builder.Finish();
    if (element.IsNull(0)) {
      out += "NULL";
      continue;
    }
    const size_t begin = out.size();
    Append(element, 0, out);
    const std::string_view text = std::string_view(out).substr(begin);
    if (!nested && (NeedsQuotes(text, "\"\\{},") || IsNullWord(text))) QuoteFrom(begin, false, out);
  }
  out.push_back('}');
}

void TextWriter::AppendRow(const Type& type, std::string_view value, std::string& out) {
  out.push_back('(');
  for (size_t i = 0; i < type.children->size(); ++i) {
    ColumnBuilder builder((*type.children)[i]);
    const size_t length = DecodeImage(value, builder);
    CHECK(length > 0, "not a row value");
    value.remove_prefix(length);
    if (i > 0) out.push_back(',');
    const Column field = builder.Finish();
    if (field.IsNull(0)) continue;
    const size_t begin = out.size();
    Append(field, 0, out);
    if (NeedsQuotes(std::string_view(out).substr(begin), "\"\\(),")) QuoteFrom(begin, true, out);
  }
  out.push_back(')');
}

}  // namespace riverrun
