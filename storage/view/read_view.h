// What one read sees, and how it reads it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/catalog/catalog_snapshot.h"
#include "storage/journal_record.h"
#include "storage/view/view_version.h"
#include "types/codec/key_batch.h"

namespace riverrun::storage {

class WriteSet;

/// Everything a statement names, at one epoch, and its transaction's own writes. A value: copying
/// it copies pointers. What it holds stays readable and unchanged.
struct ReadView {
  Epoch epoch = 0;
  CatalogRef catalog;
  std::map<ObjectId, VersionRef> versions;
  /// The cut that ends the epoch; null where the reader did not ask for one epoch.
  std::shared_ptr<const CutRecord> cut;
  /// Rows of virtual relations, made for this read, with all of their columns.
  using MadeRows = std::shared_ptr<const std::vector<Batch>>;
  std::map<ObjectId, MadeRows> made;
  /// Null, or a set that outlives the view and is not written to while a cursor is open.
  WriteSet* overlay = nullptr;
};

/// Yields the rows of a scan. One thread.
class ViewCursor {
 public:
  virtual ~ViewCursor() = default;
  /// The next rows, never none; nothing behind the last. Weights are absent or positive: rows of a
  /// bag come once, with their multiplicity. A batch may have a selection.
  virtual Result<std::optional<Batch>> Next() = 0;
};

/// Opens a scan of the given columns (positions in the layout), of the keys in `range` if there is
/// one. `ordered` asks for ascending keys; without it shards are read one after the other. A range
/// of a bag's keys, which are hashes, serves to divide a scan. REQUIRES the view has the object.
Result<std::unique_ptr<ViewCursor>> OpenScan(const ReadView& view, ObjectId object,
                                             std::span<const int> columns,
                                             std::optional<KeyRange> range, bool ordered);

/// Rows that were found, in the order of the keys asked for.
struct LookupRows {
  Batch rows;
  std::vector<uint32_t> found;  // for each row, the number of its key
};
/// Reads the rows of the given keys, at most kBatchRowsMax of them.
Result<LookupRows> Lookup(const ReadView& view, ObjectId object, const KeyBatch& keys,
                          std::span<const int> columns);

/// Lookup and scan of one version, without a transaction's writes.
Result<LookupRows> Lookup(const ViewVersion& version, std::span<const RunRef> newer,
                          const KeyBatch& keys, std::span<const int> columns);
Result<std::unique_ptr<ViewCursor>> OpenScan(VersionRef version, std::span<const RunRef> newer,
                                             std::span<const int> columns,
                                             std::optional<KeyRange> range, bool ordered);

}  // namespace riverrun::storage
