// What a test sees of an operator: the sum of what it has emitted, and the shape of each epoch.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "executor/operator.h"
#include "executor/operators/operators.h"
#include "types/codec/key.h"

namespace riverrun::executor::testing {

/// Rows by their images with weights; never an entry of weight 0.
using Bag = std::map<std::string, Weight>;

inline void AddTo(Bag& bag, const std::string& image, Weight weight) {
  const auto [entry, fresh] = bag.try_emplace(image, 0);
  entry->second += weight;
  if (entry->second == 0) bag.erase(entry);
}

/// The image that an error row has in a bag.
inline std::string ErrorImage(const std::string& keys, const Error& error) {
  return keys + " failed with " + ToString(error);
}

/// An output that adds up everything, and is sometimes full.
class BagOutput : public Output {
 public:
  /// `keys`: number of leading columns that name a row in the error collection. `full_percent`:
  /// how often the output says that it is full.
  explicit BagOutput(int keys, uint32_t full_percent = 0, uint64_t seed = 0)
      : keys_(keys), full_percent_(full_percent), random_(seed) {}

  void Emit(Batch batch) override {
    EXPECT_LE(batch.rows, kBatchRowsMax);
    EXPECT_GT(batch.selected(), 0u);
    EXPECT_TRUE(batch.errors.empty());
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      std::string image;
      AppendImage(batch, row, image);
      AddTo(rows, image, batch.WeightOf(row));
      Change& change = Note(batch, row);
      change.row_inserted |= batch.WeightOf(row) > 0;
      change.retracted_late |= batch.WeightOf(row) < 0 && change.row_inserted;
      order.push_back({image, batch.WeightOf(row)});
    });
    ++batches;
  }
  void Emit(Watermark) override { ++watermarks; }
  void EmitError(const Batch& batch, const ErrorLane& lane) override {
    EXPECT_LE(batch.rows, kBatchRowsMax);
    for (const EvalError& entry : lane) {
      AddTo(errors, ErrorImage(KeysOf(batch, entry.row), entry.error), batch.WeightOf(entry.row));
      Note(batch, entry.row);
    }
  }
  bool Full() const override { return random_() % 100 < full_percent_; }
  bool Closed() const override { return closed; }

  /// Forgets the shape of the epoch, not the sum.
  void StartEpoch() {
    changes.clear();
    order.clear();
    batches = 0;
  }

  /// Retractions and insertions of one key in the epoch.
  struct Change {
    int retracted = 0;
    int inserted = 0;
    bool row_inserted = false;
    bool retracted_late = false;  // a row after an insertion; errors are a collection of their own
    bool other_weight = false;    // neither +1 nor -1
  };

  Bag rows;
  Bag errors;
  std::map<std::string, Change> changes;              // by the SQL-equal keys
  std::vector<std::pair<std::string, Weight>> order;  // rows as they came
  int batches = 0;
  int watermarks = 0;
  bool closed = false;

 private:
  std::vector<int> KeyColumns() const {
    std::vector<int> columns;
    for (int i = 0; i < keys_; ++i) columns.push_back(i);
    return columns;
  }
  std::string KeysOf(const Batch& batch, uint32_t row) const {
    std::string image;
    AppendImage(batch, KeyColumns(), row, image);
    return image;
  }
  Change& Note(const Batch& batch, uint32_t row) {
    std::string key;
    AppendEqualKey(batch, KeyColumns(), row, key);
    Change& change = changes[key];
    const Weight weight = batch.WeightOf(row);
    change.other_weight |= weight != 1 && weight != -1;
    ++(weight < 0 ? change.retracted : change.inserted);
    return change;
  }

  const int keys_;
  const uint32_t full_percent_;
  mutable std::mt19937_64 random_;
};

/// Calls an operator as a pipeline does.
class OperatorRun {
 public:
  template <class Make>
  OperatorRun(Make make, const std::vector<Type>& inputs, const std::vector<Type>& outputs,
              MemoryBudget* budget = nullptr)
      : inputs_(inputs), outputs_(outputs) {
    eval_.settings = &settings_;
    op_ = make(OperatorContext{
        .eval = &eval_, .inputs = &inputs_, .outputs = &outputs_, .budget = budget});
  }

  void Start(Output& out, StartMode mode = StartMode::kFresh) { op_->OnStart(mode, out); }
  void Push(Batch batch, Output& out) { Finish(op_->OnBatch(0, std::move(batch), out), out); }
  void EndEpoch(Output& out, bool final = false) {
    Finish(op_->OnBarrier({.info = {.epoch = ++epoch_}, .final = final}, out), out);
  }
  Operator& op() { return *op_; }

 private:
  void Finish(Step step, Output& out) {
    while (step == Step::kMore) step = op_->Resume(out);
  }

  const std::vector<Type> inputs_, outputs_;
  Settings settings_;
  EvalContext eval_;
  std::unique_ptr<Operator> op_;
  Epoch epoch_ = 0;
};

}  // namespace riverrun::executor::testing
