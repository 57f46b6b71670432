// The aggregate functions of one operator and where their states lie in a group's bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "executor/aggregates/aggregate.h"
#include "executor/operators/operators.h"

namespace riverrun::executor {

/// All calls of an AggregateSpec. A group is a pointer to its bytes, which begin with the sum of
/// its rows' weights (a Weight): that is count(*) too. One worker calls all methods.
class GroupCalls {
 public:
  /// `begin`: offset of the first state, a multiple of 8.
  GroupCalls(const AggregateSpec& spec, std::span<const Type> inputs, size_t begin);

  /// Bytes of a group, those before `begin` included.
  size_t group_bytes() const { return group_bytes_; }

  /// Makes the states of a group whose bytes are zero.
  void Init(std::byte* group) const;
  void Destroy(std::byte* group, StateArena& arena) const;

  /// Names the batch that the next rows belong to.
  void SetBatch(const Batch& batch);
  /// Lets go of that batch.
  void ForgetBatch();
  /// Adds rows of that batch: groups[i] is the group of rows[i]; one_group: all of them are one.
  /// The weight of a group is the caller's business.
  void Update(std::span<const uint16_t> rows, std::span<std::byte* const> groups, bool one_group,
              StateArena& arena);
  /// Appends the calls' values for each group, out[c] being the column of call c. A group for
  /// which one fails gets an entry in `errors`, by its row in `out`.
  void Result(std::span<std::byte* const> groups, std::span<ColumnBuilder> out, ErrorLane& errors);

 private:
  struct Call {
    std::unique_ptr<AggregateFunction> function;  // null for count(*), which is the weight
    size_t offset = 0;
    std::vector<int> arguments;
    std::optional<int> filter;
    std::vector<Column> columns;  // the arguments in the batch
  };

  void KeepTrue(int filter, std::span<const uint16_t> rows, std::span<std::byte* const> groups);

  std::vector<Call> calls_;
  size_t group_bytes_;
  Batch batch_;
  std::optional<int> kept_filter_;  // of which the next two are the result
  std::vector<uint16_t> kept_rows_;
  std::vector<std::byte*> kept_groups_;
};

}  // namespace riverrun::executor
