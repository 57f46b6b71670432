#include "server/relations/virtual_relation.h"

#include "parser/literal.h"

namespace riverrun::server {
namespace {

std::vector<Type> TypesOf(const std::vector<storage::CatalogColumn>& columns) {
  std::vector<Type> types;
  for (const storage::CatalogColumn& column : columns) types.push_back(column.type);
  return types;
}

}  // namespace

std::string Moment::NameOf(const storage::CatalogObject& object) const {
  const std::string name = parser::QuoteIdentifier(object.name);
  const storage::ObjectRef visible = view.catalog->FindRelation(search_path, object.name);
  if (visible != nullptr && visible->id == object.id) return name;
  return parser::QuoteIdentifier(object.schema) + "." + name;
}

RowWriter::RowWriter(const std::vector<storage::CatalogColumn>& columns, MemoryBudget* budget)
    : builder_(TypesOf(columns), budget) {}

RowWriter& RowWriter::Text(std::optional<std::string_view> text) {
  ColumnBuilder& column = Next();
  text ? column.AppendBytes(*text) : column.AppendNull();
  return *this;
}

RowWriter& RowWriter::Int(std::optional<int64_t> value) {
  ColumnBuilder& column = Next();
  if (!value) {
    column.AppendNull();
  } else if (column.type().kind == TypeKind::kInt4) {
    column.Append(static_cast<int32_t>(*value));
  } else {
    column.Append(*value);
  }
  return *this;
}

RowWriter& RowWriter::Float(std::optional<double> value) {
  ColumnBuilder& column = Next();
  value ? column.Append(*value) : column.AppendNull();
  return *this;
}

RowWriter& RowWriter::Time(std::optional<Micros> time) {
  ColumnBuilder& column = Next();
  time ? column.Append(*time) : column.AppendNull();
  return *this;
}

RowWriter& RowWriter::Span(std::optional<Interval> interval) {
  ColumnBuilder& column = Next();
  interval ? column.Append(*interval) : column.AppendNull();
  return *this;
}

void RowWriter::EndRow() {
  CHECK(column_ == builder_.width(), "a row of a virtual relation lacks a cell");
  column_ = 0;
  builder_.EndRow();
  if (builder_.full()) rows_.push_back(builder_.Finish());
}

std::vector<Batch> RowWriter::Finish() {
  if (builder_.rows() > 0) rows_.push_back(builder_.Finish());
  return std::move(rows_);
}

storage::CatalogColumn MayBeNull(std::string name, const Type& type) {
  return {.name = std::move(name), .type = type};
}

storage::CatalogColumn NotNull(std::string name, const Type& type) {
  return {.name = std::move(name), .type = type, .not_null = true};
}

}  // namespace riverrun::server
