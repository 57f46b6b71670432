// Sorts the rows of a delta by key and adds up what they say.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "storage/run/key_list.h"
#include "storage/run/view_layout.h"

namespace riverrun::storage {

/// A row of one of the delta's batches.
struct DeltaRow {
  uint32_t batch = 0;
  uint16_t row = 0;  // physical
};

/// What a delta says about one key.
struct KeyDelta {
  uint32_t key = 0;        // number of a row with this key, for SortedDelta::Key
  uint32_t old_rows = 0;   // rows of kColumns whose weights sum below 0
  uint32_t new_rows = 0;   // and above 0
  DeltaRow old_row, new_row;  // the last of them; new_row without new rows is any row of the key
  Weight weight = 0;          // of a bag: the sum
};

/// The rows of a delta in the order of their keys, and of their coming where keys are equal.
/// Borrows the batches.
class SortedDelta {
 public:
  SortedDelta(const ViewLayout& layout, std::span<const Batch> delta);

  uint32_t size() const { return static_cast<uint32_t>(rows_.size()); }
  std::string_view Key(uint32_t i) const { return KeyOf(rows_[i]); }

  enum class Unchanged : bool {
    kDrop,  // what sums to 0 says nothing
    kKeep,  // a row deleted first and inserted again counts as old and as new: it must be there;
            // one inserted first and deleted again leaves its key with neither: it must be free
  };
  /// What is left of each key, in order; with kDrop only keys of which something is left.
  std::vector<KeyDelta> Sum(Unchanged unchanged) const;

 private:
  struct Entry {
    uint64_t offset = 0;
    uint32_t size = 0;
    DeltaRow place;
    Weight weight = 0;
  };

  std::string_view KeyOf(const Entry& entry) const {
    return {bytes_.data() + entry.offset, entry.size};
  }
  void AddKeys(const Batch& batch, uint32_t number);
  void AddRow(std::string_view key, const Batch& batch, uint32_t number, uint32_t row);
  bool SameKey(uint32_t a, uint32_t b) const { return heads_[a] == heads_[b] && Key(a) == Key(b); }
  void Sort();
  KeyDelta OneRow(uint32_t i) const;
  void SumRows(uint32_t from, uint32_t to, Unchanged unchanged, std::vector<KeyDelta>& out) const;

  const ViewLayout& layout_;
  std::span<const Batch> delta_;
  std::vector<char> bytes_;
  std::vector<Entry> rows_;
  std::vector<uint64_t> heads_;  // of each row: the 8 bytes behind what all keys begin with
};

}  // namespace riverrun::storage
