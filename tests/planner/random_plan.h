// Random logical plans over two small relations, with expressions that fail.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "tests/planner/plan_language.h"

namespace riverrun::planner::test {

/// Grows plans from a seed. Columns are of three kinds: bigint (few values, so that rows repeat and
/// 0 is among them), numeric with equal values that differ (1.0 and 1.00), boolean.
class RandomPlan {
 public:
  RandomPlan(uint64_t seed, QueryMode mode) : random_(seed), mode_(mode) {}

  /// A plan with some result columns.
  BoundQuery Make();

  static constexpr ObjectId kTable{1}, kStream{2};
  /// Types of the columns of both relations.
  static std::vector<Type> RelationTypes();

 private:
  struct Part {
    LogicalPlan plan;
    std::vector<Column> columns;
  };

  int Below(int bound) { return std::uniform_int_distribution(0, bound - 1)(random_); }
  Column New(const Type& type);
  /// A column of that type; nothing if there is none.
  std::optional<Column> Pick(const std::vector<Column>& columns, const Type& type);
  std::vector<Column> Subset(const std::vector<Column>& columns);

  Part Grow(int depth);
  Part Relation();
  Part Constants();
  Part Filtered(Part part);
  Part Projected(Part part);
  Part Grouped(Part part);
  Part Limited(Part part);
  Part United(Part a, Part b);
  Part UsedTwice(Part part);

  Scalar Integer(const std::vector<Column>& columns, int depth);
  Scalar Predicate(const std::vector<Column>& columns, int depth);

  std::mt19937_64 random_;
  const QueryMode mode_;
  uint32_t last_id_ = 0;
  uint32_t last_shared_ = 0;
};

}  // namespace riverrun::planner::test
