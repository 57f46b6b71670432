#include "storage/commit/check_writes.h"

#include <optional>
#include <string>
#include <unordered_set>

#include "storage/commit/constraint_text.h"
#include "storage/commit/table_layout.h"
#include "storage/run/consolidate.h"
#include "types/codec/hash.h"
#include "types/codec/key.h"

namespace riverrun::storage {
namespace {

// Checks one table's writes, key by key.
class TableChecker {
 public:
  TableChecker(const CatalogObject& table, const WriteSet::TableWrites& writes,
               bool explicit_transaction, const TableStore& store)
      : table_(table),
        writes_(writes),
        explicit_transaction_(explicit_transaction),
        store_(store),
        layout_(LayoutOf(table)),
        delta_(layout_, writes.deltas) {}

  Result<void> Run(CommitRecord& record) {
    BatchBuilder out(layout_.types);
    const auto flush = [&]() -> Result<void> {
      if (out.rows() == 0) return {};
      Batch rows = out.Finish();
      if (auto valid = CheckNotNull(table_, rows); !valid) return valid;
      record.deltas.push_back({table_.id, writes_.partition, std::move(rows)});
      return {};
    };
    for (const KeyDelta& sum : delta_.Sum(SortedDelta::Unchanged::kKeep)) {
      if (auto valid = CheckKey(sum); !valid) return valid;
      if (IsUnchanged(sum)) continue;
      if (out.rows() + 2 > kBatchRowsMax) {
        if (auto valid = flush(); !valid) return valid;
      }
      if (sum.old_rows > 0) out.AppendRow(BatchOf(sum.old_row), sum.old_row.row, -1);
      if (sum.new_rows > 0) out.AppendRow(BatchOf(sum.new_row), sum.new_row.row, 1);
    }
    if (auto valid = flush(); !valid) return valid;
    return CheckLocked();
  }

 private:
  const Batch& BatchOf(const DeltaRow& row) const { return writes_.deltas[row.batch]; }

  bool IsUnchanged(const KeyDelta& sum) const {
    if (sum.old_rows == 0 || sum.new_rows == 0) return sum.old_rows == sum.new_rows;
    return sum.old_row.batch == sum.new_row.batch && sum.old_row.row == sum.new_row.row;
  }

  Result<std::optional<TableStore::NewestRow>> Find(std::string_view key) const {
    if (!store_.Has(table_.id)) return std::nullopt;  // made by this transaction
    return store_.Find(table_.id, key, HashBytes(key));
  }

  Result<void> CheckKey(const KeyDelta& sum) const {
    const Batch& new_rows = BatchOf(sum.new_row);
    // NULL in the key is told before the key is looked for.
    if (sum.new_rows > 0) {
      const uint16_t only[] = {sum.new_row.row};
      Batch row = new_rows;
      row.selection = MakeSelection(only, row.rows);
      row.weights = nullptr;
      if (auto valid = CheckNotNull(table_, row); !valid) return valid;
    }
    if (sum.new_rows > 1) {
      return std::unexpected(DuplicateKey(table_, new_rows, sum.new_row.row));
    }
    const auto current = Find(delta_.Key(sum.key));
    if (!current) return std::unexpected(current.error());
    if (sum.old_rows > 0) {
      if (sum.old_rows == 1 && IsStill(*current, BatchOf(sum.old_row), sum.old_row.row)) return {};
      return std::unexpected(RowChanged(table_, BatchOf(sum.old_row), sum.old_row.row));
    }
    if (!*current) return {};
    return std::unexpected(explicit_transaction_ ? KeyTaken(table_, new_rows, sum.new_row.row)
                                                 : DuplicateKey(table_, new_rows, sum.new_row.row));
  }

  bool IsStill(const std::optional<TableStore::NewestRow>& current, const Batch& rows,
               uint32_t row) const {
    if (!current) return false;
    expected_.clear();
    found_.clear();
    AppendImage(rows, row, expected_);
    AppendImage(*current->rows, current->row, found_);
    return expected_ == found_;
  }

  // Rows of FOR UPDATE. One whose key the transaction has written is checked with its delta.
  Result<void> CheckLocked() const {
    if (writes_.checks.empty()) return {};
    std::unordered_set<std::string_view> written;
    for (uint32_t i = 0; i < delta_.size(); ++i) written.insert(delta_.Key(i));
    std::string key;
    for (const Batch& rows : writes_.checks) {
      Result<void> result;
      ForEachRow(rows.rows, rows.selection, [&](uint32_t row) {
        if (!result) return;
        key.clear();
        AppendViewKey(layout_, rows, row, key);
        if (written.contains(key)) return;
        const auto current = Find(key);
        if (!current) {
          result = std::unexpected(current.error());
        } else if (!IsStill(*current, rows, row)) {
          result = std::unexpected(RowChanged(table_, rows, row));
        }
      });
      if (!result) return result;
    }
    return {};
  }

  const CatalogObject& table_;
  const WriteSet::TableWrites& writes_;
  const bool explicit_transaction_;
  const TableStore& store_;
  const ViewLayout layout_;
  const SortedDelta delta_;
  mutable std::string expected_, found_;
};

}  // namespace

Result<void> CheckTableWrites(const CatalogObject& table, const WriteSet::TableWrites& writes,
                              bool explicit_transaction, const TableStore& store,
                              CommitRecord& record) {
  return TableChecker(table, writes, explicit_transaction, store).Run(record);
}

Result<void> CheckStreamWrites(const CatalogObject& stream, const WriteSet::TableWrites& writes,
                               CommitRecord& record) {
  if (!writes.checks.empty()) {
    return Fail(sqlstate::kFeatureNotSupported, "rows of a stream cannot be locked");
  }
  for (const Batch& batch : writes.deltas) {
    bool inserts = true;
    ForEachRow(batch.rows, batch.selection,
               [&](uint32_t row) { inserts = inserts && batch.WeightOf(row) > 0; });
    if (!inserts) {
      return Fail(sqlstate::kFeatureNotSupported,
                  "rows of stream \"" + stream.name + "\" cannot be updated or deleted");
    }
    if (auto valid = CheckNotNull(stream, batch); !valid) return valid;
    if (batch.selected() > 0) record.deltas.push_back({stream.id, writes.partition, batch});
  }
  return {};
}

}  // namespace riverrun::storage
