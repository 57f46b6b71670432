#include "executor/functions/json/json_writer.h"

#include "types/codec/key.h"
#include "types/column/column_builder.h"
#include "types/text/json_scanner.h"

namespace riverrun::executor {
namespace {

Settings IsoDates(Settings settings) {
  settings.date_time.style = DateStyle::kIso;
  settings.date_time.order = DateOrder::kYmd;
  return settings;
}

// 2026-01-02 03:04:05+00 with a T, and minutes in the offset: what XML Schema and ISO 8601 want.
void MakeIso8601(std::string& text, bool zoned) {
  const size_t space = text.find(' ');
  if (space == std::string::npos) return;  // an infinity
  text[space] = 'T';
  if (!zoned) return;
  const size_t end = std::min(text.find(' '), text.size());
  const size_t sign = text.find_last_of("+-", end - 1);
  if (end - sign == 3) text.insert(end, ":00");
}

bool IsJsonNumber(std::string_view text) {
  JsonScanner scanner(text);
  return scanner.Next() == JsonToken::kNumber && scanner.Next() == JsonToken::kEnd;
}

}  // namespace

JsonWriter::JsonWriter(const Settings& settings) : text_(IsoDates(settings)) {}

bool JsonWriter::IsKey(const Type& type) {
  switch (type.kind) {
    case TypeKind::kArray:
    case TypeKind::kRow:
    case TypeKind::kJson:
    case TypeKind::kJsonb: return false;
    default: return true;
  }
}

std::string JsonWriter::TextOf(const Column& column, uint32_t row) {
  const TypeKind kind = column.type.kind;
  if (kind == TypeKind::kBool) return column.At<uint8_t>(row) != 0 ? "true" : "false";
  std::string text = text_.ToText(column, row);
  if (kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampTz) {
    MakeIso8601(text, kind == TypeKind::kTimestampTz);
  }
  return text;
}

void JsonWriter::AppendKey(const Column& column, uint32_t row, std::string& out) {
  AppendJsonString(TextOf(column, row), out);
}

void JsonWriter::Append(const Column& column, uint32_t row, std::string& out) {
  if (column.IsNull(row)) {
    out += "null";
    return;
  }
  switch (column.type.kind) {
    case TypeKind::kBool: out += TextOf(column, row); return;
    case TypeKind::kJson:
    case TypeKind::kJsonb: out += column.BytesAt(row); return;
    case TypeKind::kArray: return AppendArray(column.type, column.BytesAt(row), out);
    case TypeKind::kRow: return AppendRow(column.type, column.BytesAt(row), out);
    case TypeKind::kInt2:
    case TypeKind::kInt4:
    case TypeKind::kInt8:
    case TypeKind::kFloat4:
    case TypeKind::kFloat8:
    case TypeKind::kDecimal:
    case TypeKind::kNumeric: {
      const std::string text = TextOf(column, row);
      if (!IsJsonNumber(text)) return AppendJsonString(text, out);  // NaN and the infinities
      out += text;
      return;
    }
    default: return AppendJsonString(TextOf(column, row), out);
  }
}

void JsonWriter::AppendArray(const Type& type, std::string_view value, std::string& out) {
  ColumnBuilder builder(type.element());
  out.push_back('[');
  for (bool first = true; value.size() > 1; first = false) {
    const size_t length = DecodeImage(value, builder);
    CHECK(length > 0, "not an array value");
    value.remove_prefix(length);
    if (!first) out.push_back(',');
    Append(builder.Finish(), 0, out);
  }
  out.push_back(']');
}

// The fields of a row without names are f1, f2, ...
void JsonWriter::AppendRow(const Type& type, std::string_view value, std::string& out) {
  out.push_back('{');
  for (size_t i = 0; i < type.children->size(); ++i) {
    ColumnBuilder builder((*type.children)[i]);
    const size_t length = DecodeImage(value, builder);
    CHECK(length > 0, "not a row value");
    value.remove_prefix(length);
    if (i > 0) out.push_back(',');
    out += "\"f" + std::to_string(i + 1) + "\":";
    Append(builder.Finish(), 0, out);
  }
  out.push_back('}');
}

}  // namespace riverrun::executor
