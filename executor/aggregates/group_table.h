// The groups of an operator: which there are, and what is known of each.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "executor/aggregates/group_calls.h"
#include "executor/aggregates/group_keys.h"
#include "executor/operators/operators.h"
#include "executor/state/key_table.h"
#include "executor/state/state_arena.h"
#include "types/codec/key_batch.h"

namespace riverrun::executor {

/// Rows of a batch on their way into groups.
struct GroupPiece {
  const Batch& batch;
  std::span<const uint16_t> rows;       // physical numbers, ascending
  std::span<KeyRecord* const> records;  // the group of each row; one for all if there are no keys
  std::span<KeyRecord* const> fresh;    // those of them that are new, each once
};

/// A KeyTable whose records hold a head of the owner's, the images of the keys where groups keep
/// them, and the states of the calls. The head begins with the weight of the group's rows. One
/// worker calls all methods.
class GroupTable {
 public:
  /// `head_bytes`: of a trivial struct, a multiple of 8, zero in a new group.
  GroupTable(const AggregateSpec& spec, const OperatorContext& context, size_t head_bytes,
             KeyTable::Division division = KeyTable::Division::kVnodes);
  ~GroupTable();
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  /// Whether groups keep images of their keys, so that a key may show itself differently later.
  bool keeps_images() const { return group_keys_.keeps_images(); }
  StateArena& arena() { return arena_; }

  /// Adds the selected rows of a batch to their groups, in pieces that stay in the cache;
  /// `before` is called with each piece (a GroupPiece) when its groups are found and nothing has
  /// been added yet.
  template <class F>
  void Add(const Batch& batch, F&& before) {
    const std::span<const uint16_t> rows = Begin(batch);
    for (size_t begin = 0; begin < rows.size(); begin += kPieceRows) {
      const size_t count = std::min(kPieceRows, rows.size() - begin);
      const GroupPiece piece{.batch = batch,
                             .rows = rows.subspan(begin, count),
                             .records = Find(begin, count),
                             .fresh = fresh_};
      before(piece);
      AddPiece(piece);
    }
    calls_.ForgetBatch();
  }
  /// The one group where there are no keys; it is made if it is not there.
  KeyRecord* OnlyGroup();
  /// Ends a group.
  void Erase(KeyRecord* record);
  /// Ends all groups.
  void Clear();

  /// Columns for the keys, and for the values of the calls, of some groups.
  std::vector<ColumnBuilder> KeyBuilders() const;
  std::vector<ColumnBuilder> ValueBuilders() const;
  /// Appends the keys of each group.
  void Keys(std::span<KeyRecord* const> groups, std::span<ColumnBuilder> out) const {
    group_keys_.Result(groups, out);
  }
  /// Appends the values of each group. A group for which a call fails gets an entry in `errors`, by
  /// its row in `out`.
  void Values(std::span<KeyRecord* const> groups, std::span<ColumnBuilder> out, ErrorLane& errors);
  /// Appends the values of each row alone, as if it were a group and had weight 1. REQUIRES that
  /// the batch has no selection, and that no call can fail.
  void ValuesOfRows(const Batch& batch, std::span<ColumnBuilder> out);

  const std::vector<Type>& key_types() const { return key_types_; }
  const std::vector<Type>& value_types() const { return value_types_; }

 private:
  // Rows are worked on in pieces whose groups stay in the second-level cache from the lookup to
  // the last call.
  static constexpr size_t kPieceRows = 1024;

  std::span<const uint16_t> Begin(const Batch& batch);
  std::span<KeyRecord* const> Find(size_t begin, size_t count);
  void AddPiece(const GroupPiece& piece);
  void End(KeyRecord* record);

  const std::vector<int> keys_;
  const std::vector<Type> key_types_, value_types_;
  MemoryBudget* const budget_;
  StateArena arena_;
  GroupKeys group_keys_;
  GroupCalls calls_;
  KeyTable table_;
  KeyBatch key_batch_;

  // Of the piece at work.
  std::array<KeyRecord*, kPieceRows> records_;
  std::array<std::byte*, kPieceRows> payloads_;
  std::vector<KeyRecord*> fresh_;

  std::vector<std::byte*> listed_;     // of Values
  std::vector<std::byte> row_states_;  // of ValuesOfRows
};

/// A column for each builder; the builders are empty again.
std::vector<Column> FinishAll(std::span<ColumnBuilder> builders);

}  // namespace riverrun::executor
