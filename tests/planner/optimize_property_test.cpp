// The optimizer keeps the meaning: random plans, run as they are and optimised, give the same bag,
// rows that fail included.
#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <map>

#include "executor/runtime/local_driver.h"
#include "tests/planner/random_plan.h"
#include "types/codec/key.h"

namespace riverrun::planner::test {
namespace {

using Bag = std::map<std::string, Weight>;

// The rows of both relations: few values, NULLs, weights; the table also takes rows back.
class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    rows_[RandomPlan::kStream] = MakeBatches(false);
    rows_[RandomPlan::kTable] = MakeBatches(true);
  }

  std::unique_ptr<executor::BatchSource> Open(const executor::SourceSpec& spec) const {
    return std::make_unique<Source>(rows_.at(spec.object), spec.columns);
  }

 private:
  class Source : public executor::BatchSource {
   public:
    Source(const std::vector<Batch>& batches, std::vector<int> columns)
        : left_(batches.begin(), batches.end()), columns_(std::move(columns)) {}
    Result<std::optional<Batch>> Next() override {
      if (left_.empty()) return std::nullopt;
      Batch batch = left_.front();
      left_.pop_front();
      std::vector<riverrun::Column> columns;
      for (const int column : columns_) columns.push_back(batch.columns[column]);
      batch.columns = std::move(columns);
      return batch;
    }

   private:
    std::deque<Batch> left_;
    std::vector<int> columns_;
  };

  int Below(int bound) { return std::uniform_int_distribution(0, bound - 1)(random_); }

  Value Cell(const Type& type) {
    if (Below(5) == 0) return Value::Null(type);
    switch (type.kind) {
      case TypeKind::kInt8:
        return Value::Int8(Below(4));
      case TypeKind::kBool:
        return Value::Bool(Below(2) == 0);
      default: {
        static constexpr std::array<std::string_view, 4> kTexts = {"1.0", "1.00", "2", "2.000"};
        return Value::Numeric(kTexts[static_cast<size_t>(Below(4))]);
      }
    }
  }

  std::vector<Batch> MakeBatches(bool retracts) {
    const std::vector<Type> types = RandomPlan::RelationTypes();
    std::vector<Batch> batches;
    BatchBuilder builder(types);
    const auto add = [&](const std::vector<Value>& row, Weight weight) {
      for (size_t c = 0; c < row.size(); ++c) builder.column(c).AppendFrom(row[c].column(), 0);
      builder.EndRow(weight);
      if (Below(6) == 0) batches.push_back(builder.Finish());
    };
    for (int left = Below(25); left > 0; --left) {
      std::vector<Value> row;
      for (const Type& type : types) row.push_back(Cell(type));
      add(row, 1 + Below(2));
      if (retracts && Below(4) == 0) add(row, -1);
    }
    batches.push_back(builder.Finish());
    return batches;
  }

  std::mt19937_64 random_;
  std::map<ObjectId, std::vector<Batch>> rows_;
};

// Failed rows leave the results without ending the query.
class Dropped : public executor::ErrorSink {
 public:
  void Add(OperatorId, const Batch&, const ErrorLane&) override {}
};

Result<Bag> Answer(const BoundQuery& query, QueryMode mode, const World& world) {
  const LoweredQuery lowered = Lower(query, {mode, {}, nullptr});
  const Settings settings;
  executor::LocalDriver driver(
      lowered.dataflow, {.settings = &settings,
                         .budget = nullptr,
                         .epoch = {1, 0},
                         .open = [&](const executor::SourceSpec& spec) { return world.Open(spec); },
                         .errors = [] { return std::make_unique<Dropped>(); }});
  Bag bag;
  const Cancel cancel;
  while (true) {
    Result<std::optional<Batch>> next = driver.Next(cancel);
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    ForEachRow((*next)->rows, (*next)->selection, [&](uint32_t row) {
      std::string image;
      AppendImage(**next, row, image);
      bag[image] += (*next)->WeightOf(row);
    });
  }
  std::erase_if(bag, [](const auto& entry) { return entry.second == 0; });
  return bag;
}

// What a query means before any rule of taste: only what settles the meaning has run.
BoundQuery OnlyMeaning(BoundQuery query, QueryMode mode) {
  RuleContext context{mode, {}};
  for (const ResultColumn& column : query.result) context.result.push_back(column.column);
  query.plan = RunRules(MeaningRules(), query.plan, context);
  return query;
}

void CheckSeed(uint64_t seed) {
  const QueryMode mode = seed % 2 == 0 ? QueryMode::kOneShot : QueryMode::kContinuous;
  const World world(seed);
  const BoundQuery meant = OnlyMeaning(RandomPlan(seed, mode).Make(), mode);
  const BoundQuery optimized = Optimize(meant, mode);
  const Result<Bag> expected = Answer(meant, mode, world);
  const Result<Bag> actual = Answer(optimized, mode, world);
  ASSERT_TRUE(expected.has_value() && actual.has_value());
  ASSERT_EQ(*actual, *expected) << "seed " << seed << "\n"
                                << ExplainPlan(meant.plan) << "optimised:\n"
                                << ExplainPlan(optimized.plan);
}

TEST(OptimizeProperty, KeepsTheMeaning) {
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    CheckSeed(seed);
    if (HasFatalFailure()) return;
  }
}

// Each rule alone keeps it too; a rule may rely on nothing that another one does first.
TEST(OptimizeProperty, EveryRuleAlone) {
  for (const NamedRule& rule : Rules()) {
    for (uint64_t seed = 1; seed <= 300; ++seed) {
      const QueryMode mode = seed % 2 == 0 ? QueryMode::kOneShot : QueryMode::kContinuous;
      const World world(seed);
      const BoundQuery meant = OnlyMeaning(RandomPlan(seed, mode).Make(), mode);
      BoundQuery changed = meant;
      RuleContext context{mode, {}};
      for (const ResultColumn& column : meant.result) context.result.push_back(column.column);
      changed.plan = RunRules({&rule, 1}, meant.plan, context);
      const Result<Bag> expected = Answer(meant, mode, world);
      const Result<Bag> actual = Answer(changed, mode, world);
      ASSERT_TRUE(expected.has_value() && actual.has_value());
      ASSERT_EQ(*actual, *expected) << rule.name << ", seed " << seed << "\n"
                                    << ExplainPlan(meant.plan) << "changed:\n"
                                    << ExplainPlan(changed.plan);
    }
  }
}

}  // namespace
}  // namespace riverrun::planner::test
