// What the rows of a table or view look like in storage, and what their keys are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "types/codec/key_batch.h"
#include "types/column/batch.h"

namespace riverrun::storage {

enum class ViewKey : uint8_t {
  kColumns,  // EqualKey of the key columns; at most one row has it
  kBag,      // 128-bit hash of the row's image; equal rows are one entry with a multiplicity
};

/// Columns of a table's or view's rows, hidden ones included, and its key. Immutable.
///
/// A table without a primary key has two hidden columns at its end, which are its key: the LSN of
/// the commit that inserted the row, and the row's number in it (see storage/commit/row_id.h).
struct ViewLayout {
  std::vector<Type> types;
  ViewKey key = ViewKey::kBag;
  std::vector<int> key_columns;  // kColumns only
  /// Runs carry Bloom filters: for who looks for keys that are mostly not there, as each INSERT
  /// does. They cost a tenth of what a view costs that is only read.
  bool filters = true;

  bool operator==(const ViewLayout&) const = default;
};

/// Bytes of a bag's key.
inline constexpr uint32_t kBagKeyBytes = 16;

/// Makes the keys of a batch's selected rows; entry i belongs to the i-th selected row.
void BuildViewKeys(const ViewLayout& layout, const Batch& rows, KeyBatch& keys);
/// Appends the key of one row.
void AppendViewKey(const ViewLayout& layout, const Batch& rows, uint32_t row, std::string& out);

}  // namespace riverrun::storage
