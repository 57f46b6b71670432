#include "storage/commit/constraint_text.h"

#include <algorithm>
#include <optional>
#include <string>

#include "types/text/text_format.h"

namespace riverrun::storage {
namespace {

// PostgreSQL shows that much of a value in "Failing row contains".
constexpr size_t kValueBytesMax = 64;

std::string TextOf(const Column& column, uint32_t row) {
  if (column.IsNull(row)) return "null";
  TextWriter writer{Settings{}};
  return writer.ToText(column, row);
}

// Cut between two characters.
std::string Shortened(std::string text) {
  if (text.size() <= kValueBytesMax) return text;
  size_t end = kValueBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// "(id, part)=(1, a)".
std::string KeyText(const CatalogObject& table, const Batch& rows, uint32_t row) {
  std::string names, values;
  for (const int32_t column : table.primary_key) {
    if (!names.empty()) names += ", ";
    if (!values.empty()) values += ", ";
    names += table.columns[column].name;
    values += TextOf(rows.columns[column], row);
  }
  return "(" + names + ")=(" + values + ")";
}

Error Conflict(const CatalogObject& table, const Batch& rows, uint32_t row,
               std::string_view what_happened) {
  Error error{sqlstate::kSerializationFailure,
              "could not serialize access due to concurrent update"};
  error.detail = "A row of table \"" + table.name + "\"";
  if (!table.primary_key.empty()) error.detail += " with key " + KeyText(table, rows, row);
  error.detail += " " + std::string(what_happened) + " by another transaction.";
  error.hint = "Run the transaction again.";
  return error;
}

}  // namespace

Error DuplicateKey(const CatalogObject& table, const Batch& rows, uint32_t row) {
  Error error{sqlstate::kUniqueViolation, "duplicate key value violates unique constraint \"" +
                                              table.primary_key_name + "\""};
  error.detail = "Key " + KeyText(table, rows, row) + " already exists.";
  return error;
}

Error NullInColumn(const CatalogObject& table, int column, const Batch& rows, uint32_t row) {
  Error error{sqlstate::kNotNullViolation, "null value in column \"" + table.columns[column].name +
                                               "\" of relation \"" + table.name +
                                               "\" violates not-null constraint"};
  std::string values;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) values += ", ";
    values += Shortened(TextOf(rows.columns[i], row));
  }
  error.detail = "Failing row contains (" + values + ").";
  return error;
}

Error RowChanged(const CatalogObject& table, const Batch& rows, uint32_t row) {
  return Conflict(table, rows, row, "was changed or deleted");
}

Error KeyTaken(const CatalogObject& table, const Batch& rows, uint32_t row) {
  return Conflict(table, rows, row, "was inserted");
}

Result<void> CheckNotNull(const CatalogObject& table, const Batch& rows) {
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = rows.columns[i];
    const bool in_key =
        std::ranges::find(table.primary_key, static_cast<int32_t>(i)) != table.primary_key.end();
    if (!table.columns[i].not_null && !in_key) continue;
    if (column.nulls == nullptr && column.type.kind != TypeKind::kNull) continue;
    std::optional<uint32_t> failing;
    ForEachRow(rows.rows, rows.selection, [&](uint32_t row) {
      if (!failing && rows.WeightOf(row) > 0 && column.IsNull(row)) failing = row;
    });
    if (failing) {
      return std::unexpected(NullInColumn(table, static_cast<int>(i), rows, *failing));
    }
  }
  return {};
}

}  // namespace riverrun::storage
