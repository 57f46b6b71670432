#include "executor/operators/materialize.h"

#include <utility>
#include <vector>

namespace riverrun::executor {
namespace {

using storage::KeyDelta;
using storage::ViewKey;

class Materialize : public Operator {
 public:
  Materialize(storage::ViewWriter& shard, const storage::ViewLayout& layout,
              const OperatorContext& context)
      : shard_(shard), layout_(layout), out_rows_(layout.types, context.budget) {}

  Step OnBatch(int, Batch batch, Output&) override {
    delta_.push_back(std::move(batch));
    return Step::kDone;
  }

  Step OnBarrier(const Barrier& barrier, Output& out) override {
    changes_ = shard_.Apply(delta_);
    shard_.Publish(barrier.info.epoch);
    next_ = out.HasReaders() ? 0 : changes_.size();
    return EmitChanges(out);
  }

  Step Resume(Output& out) override { return EmitChanges(out); }

 private:
  Step EmitChanges(Output& out) {
    while (next_ < changes_.size()) {
      Append(changes_[next_++]);
      // A key adds two rows at most.
      if (out_rows_.rows() + 2 < kBatchRowsMax && next_ < changes_.size()) continue;
      if (out_rows_.rows() > 0) out.Emit(out_rows_.Finish());
      if (out.Full() && next_ < changes_.size()) return Step::kMore;
    }
    changes_.clear();
    delta_.clear();
    return Step::kDone;
  }

  void Append(const KeyDelta& change) {
    if (layout_.key == ViewKey::kBag) {
      return Append(change.new_row, change.weight);
    }
    if (change.old_rows > 0) Append(change.old_row, -1);
    if (change.new_rows > 0) Append(change.new_row, 1);
  }
  void Append(const storage::DeltaRow& row, Weight weight) {
    out_rows_.AppendRow(delta_[row.batch], row.row, weight);
  }

  storage::ViewWriter& shard_;
  const storage::ViewLayout& layout_;
  std::vector<Batch> delta_;  // of the open epoch, or of the one whose changes are being emitted
  std::vector<KeyDelta> changes_;
  size_t next_ = 0;
  BatchBuilder out_rows_;
};

class Discard : public Operator {
 public:
  explicit Discard(storage::ViewWriter& shard) : shard_(shard) {}

  Step OnBatch(int, Batch, Output&) override { return Step::kDone; }
  Step OnBarrier(const Barrier& barrier, Output&) override {
    shard_.Publish(barrier.info.epoch);
    return Step::kDone;
  }

 private:
  storage::ViewWriter& shard_;
};

}  // namespace

std::unique_ptr<Operator> MakeDiscard(storage::ViewWriter& shard) {
  return std::make_unique<Discard>(shard);
}

std::unique_ptr<Operator> MakeMaterialize(storage::ViewWriter& shard,
                                          const storage::ViewLayout& layout,
                                          const OperatorContext& context) {
  return std::make_unique<Materialize>(shard, layout, context);
}

}  // namespace riverrun::executor
