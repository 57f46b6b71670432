// Constant rows: SELECT without FROM, and VALUES.

#include "executor/operators/operators.h"

namespace riverrun::executor {
namespace {

class Values : public Operator {
 public:
  Values(ValuesSpec spec, const OperatorContext& context)
      : spec_(std::move(spec)), builder_(*context.outputs, context.budget) {}

  // Rows that a restored dataflow emitted before stand.
  void OnStart(StartMode mode, Output& out) override {
    if (mode != StartMode::kFresh) return;
    for (const std::vector<Value>& row : spec_.rows) {
      for (size_t c = 0; c < row.size(); ++c) builder_.column(c).AppendFrom(row[c].column(), 0);
      builder_.EndRow();
      if (builder_.full()) out.Emit(builder_.Finish());
    }
    if (builder_.rows() > 0) out.Emit(builder_.Finish());
  }

  // Its input brings epochs only.
  Step OnBatch(int, Batch, Output&) override { return Step::kDone; }

 private:
  const ValuesSpec spec_;
  BatchBuilder builder_;
};

}  // namespace

std::unique_ptr<Operator> MakeValues(const ValuesSpec& spec, const OperatorContext& context) {
  return std::make_unique<Values>(spec, context);
}

}  // namespace riverrun::executor
