#include "storage/commit/table_layout.h"

#include <algorithm>

namespace riverrun::storage {

bool HasRowIds(const CatalogObject& object) {
  return object.kind == ObjectKind::kTable && object.primary_key.empty();
}

ViewLayout LayoutOf(const CatalogObject& object) {
  CHECK(object.kind == ObjectKind::kTable || object.kind == ObjectKind::kMaterializedView ||
            object.kind == ObjectKind::kSink,
        "only tables, materialized views and sinks take rows with a key");
  ViewLayout layout;
  for (const CatalogColumn& column : object.columns) layout.types.push_back(column.type);
  layout.key_columns.assign(object.primary_key.begin(), object.primary_key.end());
  if (HasRowIds(object)) {
    const int first = static_cast<int>(layout.types.size());
    layout.types.insert(layout.types.end(), 2, Type::Int8());
    layout.key_columns = {first, first + 1};
  }
  layout.key = layout.key_columns.empty() ? ViewKey::kBag : ViewKey::kColumns;
  // Keys of tables are looked for by what is inserted, those of bags by what is taken back.
  layout.filters = object.kind == ObjectKind::kTable || layout.key == ViewKey::kBag;
  return layout;
}

void AppendPendingRowIds(Batch& rows, int64_t first) {
  Column lsn;
  lsn.type = Type::Int8();
  lsn.encoding = Encoding::kConstant;
  auto pending = Buffer::Allocate(sizeof(int64_t));
  *pending->mutable_as<int64_t>() = kPendingLsn;
  lsn.values = std::move(pending);
  Column number;
  number.type = Type::Int8();
  auto numbers = Buffer::Allocate(rows.rows * sizeof(int64_t));
  for (uint32_t i = 0; i < rows.rows; ++i) numbers->mutable_as<int64_t>()[i] = first + i;
  number.values = std::move(numbers);
  rows.columns.push_back(std::move(lsn));
  rows.columns.push_back(std::move(number));
}

void ResolveRowIds(Batch& rows, Lsn lsn) {
  CHECK(rows.columns.size() >= 2, "rows of a table without a key have two hidden columns");
  Column& column = rows.columns[rows.columns.size() - 2];
  const Column flat = Flatten(column, rows.rows);
  const auto* from = flat.values->as<int64_t>();
  if (std::find(from, from + rows.rows, kPendingLsn) == from + rows.rows) return;
  auto resolved = Buffer::Allocate(rows.rows * sizeof(int64_t));
  std::replace_copy(from, from + rows.rows, resolved->mutable_as<int64_t>(), kPendingLsn,
                    static_cast<int64_t>(lsn));
  column = flat;
  column.values = std::move(resolved);
}

}  // namespace riverrun::storage
