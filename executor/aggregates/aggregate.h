// The interface of an aggregate function, and the list of its families.
//
// To add an aggregate: a class behind a Make function beside its kin, one line that registers it,
//
//   registry.Aggregate("bool_and(boolean) -> boolean",
//                      AggregateFactory{&MakeAggregateFunction<BoolAnd>}, {}, "...");
//
// and its batch meaning in tests/executor/aggregate_reference.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "executor/functions/function_registry.h"
#include "executor/state/state_arena.h"
#include "types/column/batch.h"
#include "types/column/column_builder.h"

namespace riverrun::executor {

/// States of one function for some groups: each lies `offset` bytes behind a group's pointer.
struct AggregateStates {
  std::span<std::byte* const> groups;
  size_t offset = 0;

  size_t size() const { return groups.size(); }
  template <class T>
  T& At(size_t i) const {
    return *reinterpret_cast<T*>(groups[i] + offset);
  }
};

/// Rows of a batch on their way into groups.
struct AggregateInput {
  /// Physical numbers of the rows that count, ascending: those selected that pass the FILTER.
  std::span<const uint16_t> rows;
  /// states.groups[i] is the group of rows[i].
  AggregateStates states;
  /// All rows go into one group: sums may be made in registers.
  bool one_group = false;
  /// Weight of each physical row; null means that all are +1.
  const Weight* weights = nullptr;
  /// The arguments, flat or constant, never a dictionary.
  std::span<const Column> args;
  StateArena& arena;

  Weight WeightOf(uint32_t row) const { return weights == nullptr ? 1 : weights[row]; }
};

/// What an aggregate function computes in one operator. Its object has no memory of groups; their
/// states lie in records, begin as zero bytes and are aligned to 8. A state depends on the weighted
/// rows alone, never on their order or on how they were cut into batches, and a row that is
/// retracted leaves no trace. All methods are called by one worker.
class AggregateFunction {
 public:
  virtual ~AggregateFunction() = default;

  /// Bytes of a state.
  virtual size_t state_bytes() const = 0;
  /// Makes a state for no rows of zero bytes. Zero bytes are one, unless the class says otherwise.
  virtual void Init(std::byte* state) const { (void)state; }
  /// Gives back what a state holds outside of its bytes.
  virtual void Destroy(std::byte* state, StateArena& arena) const {
    (void)state;
    (void)arena;
  }
  /// Adds rows with their weights, a negative one taking back what it once added. Rows that the
  /// function passes over, such as NULLs, are its own business.
  virtual void Update(const AggregateInput& in) = 0;
  /// Appends one value for each state, of the result type. Entries of `errors` name a state's row
  /// in `out`; that value is null. REQUIRES that no multiplicity is negative.
  virtual void Result(const AggregateStates& states, ColumnBuilder& out, ErrorLane& errors) = 0;
};

/// What a call of an aggregate is made for.
struct AggregateUse {
  std::vector<Type> args;
  Type result;
  /// The input never retracts: what a later row cannot bring back need not be kept.
  bool append_only = false;
};

/// Function::implementation of an aggregate.
using AggregateFactory = std::unique_ptr<AggregateFunction> (*)(const AggregateUse& use);

/// The simplest factory: a class that is made from an AggregateUse.
template <class T>
std::unique_ptr<AggregateFunction> MakeAggregateFunction(const AggregateUse& use) {
  return std::make_unique<T>(use);
}

/// Makes the function of a stored call. CHECKs that the signature is that of a registered
/// aggregate; "count(*) -> bigint" is also found by this, its name in SQL.
std::unique_ptr<AggregateFunction> FindAggregate(std::string_view signature,
                                                 const AggregateUse& use);
/// Whether that signature is count(*), which every group knows without a state.
bool IsCountOfRows(std::string_view signature);

// Each stands beside the code it registers.
void RegisterCounts(FunctionRegistry& registry);
void RegisterIntegerSums(FunctionRegistry& registry);
void RegisterNumericSums(FunctionRegistry& registry);
void RegisterFloatSums(FunctionRegistry& registry);
void RegisterIntervalSums(FunctionRegistry& registry);
void RegisterExtremes(FunctionRegistry& registry);
void RegisterVariances(FunctionRegistry& registry);

/// Registers every family of aggregates.
void RegisterAggregates(FunctionRegistry& registry);

}  // namespace riverrun::executor
