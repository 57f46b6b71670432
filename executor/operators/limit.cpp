// LIMIT without ORDER BY: the first rows of a one-shot read.

#include <algorithm>
#include <vector>

#include "executor/operators/operators.h"

namespace riverrun::executor {
namespace {

class Limit : public Operator {
 public:
  explicit Limit(const LimitSpec& spec) : skip_(spec.offset), left_(spec.limit) {}

  Step OnBatch(int, Batch batch, Output& out) override {
    if (left_ == 0) return Step::kDone;
    std::vector<uint16_t> rows;
    std::vector<Weight> weights;
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      // A bag view has a row once with its multiplicity as weight.
      const auto copies = static_cast<uint64_t>(batch.WeightOf(row));
      const uint64_t skipped = std::min(skip_, copies);
      skip_ -= skipped;
      const uint64_t taken = std::min(left_, copies - skipped);
      left_ -= taken;
      if (taken == 0) return;
      rows.push_back(static_cast<uint16_t>(row));
      weights.push_back(static_cast<Weight>(taken));
    });
    Batch taken = TakeRows(batch, rows);
    if (batch.weights != nullptr) {
      auto buffer = Buffer::Allocate(weights.size() * sizeof(Weight));
      std::ranges::copy(weights, buffer->mutable_as<Weight>());
      taken.weights = std::move(buffer);
    }
    out.Emit(std::move(taken));
    return out.Full() ? Step::kMore : Step::kDone;
  }

  bool Closed() const override { return left_ == 0; }

 private:
  uint64_t skip_;
  uint64_t left_;
};

}  // namespace

std::unique_ptr<Operator> MakeLimit(const LimitSpec& spec, const OperatorContext&) {
  return std::make_unique<Limit>(spec);
}

}  // namespace riverrun::executor
