// Rows that are kept to be sorted once: those of an epoch on their way into a Top-N, and all of
// them where a query is read once.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "executor/state/state_arena.h"
#include "types/codec/key.h"
#include "types/column/batch.h"

namespace riverrun::executor {

/// Collects batches, then gives their rows in the order of an ORDER BY and, where that leaves it
/// open, of their images; equal rows once, with the sum of their weights. The batches are kept as
/// they are, so nothing is copied before a row leaves. One thread.
class SortedRows {
 public:
  /// A row of a batch kept here, with the weight of all rows equal to it; never 0.
  struct Row {
    uint32_t batch;
    uint32_t row;
    Weight weight;
  };

  /// The arena counts what is held here; it must outlive this.
  SortedRows(std::vector<SortColumn> order, StateArena& arena)
      : order_(std::move(order)), arena_(arena) {}
  ~SortedRows() { Clear(); }
  SortedRows(const SortedRows&) = delete;
  SortedRows& operator=(const SortedRows&) = delete;

  void Add(Batch batch);
  /// Sorts what was added. `copies_max`: nobody looks at rows behind the first so many copies,
  /// which may be left out.
  void Sort(std::optional<uint64_t> copies_max);
  /// The rows in order, after Sort.
  std::span<const Row> rows() const { return rows_; }
  const Batch& batch(const Row& row) const { return batches_[row.batch]; }
  bool empty() const { return entries_.empty(); }
  void Clear();

 private:
  // A sort key's first 16 bytes as numbers, padded with zeros: no key is a prefix of another, so
  // this decides unless both are longer.
  struct Entry {
    uint64_t high;
    uint64_t low;
    uint32_t place;
    uint32_t has_rest;
  };
  struct Place {
    uint32_t batch;
    uint32_t row;
    uint64_t rest;  // offset of the key's bytes from the 17th on, their number before them
  };

  std::string_view RestOf(const Entry& entry) const;
  bool Less(const Entry& a, const Entry& b) const;
  void CutTo(uint64_t copies);
  void AddRun(std::span<const Entry> run);
  Weight WeightOf(const Entry& entry) const;
  size_t HeldBytes() const;
  void CountHeld();

  const std::vector<SortColumn> order_;
  StateArena& arena_;
  std::vector<Batch> batches_;
  std::vector<Entry> entries_;
  std::vector<Place> places_;
  std::string rests_;
  std::vector<Row> rows_;
  size_t batch_bytes_ = 0;
  size_t counted_bytes_ = 0;
  bool retracts_ = false;  // some weight is negative
  std::string key_;
};

}  // namespace riverrun::executor
