// Operators that keep nothing: filter, project, union.

#include <optional>
#include <utility>
#include <vector>

#include "executor/expressions/evaluator.h"
#include "executor/operators/operators.h"
#include "executor/watermark_merger.h"

namespace riverrun::executor {
namespace {

class Filter : public Operator {
 public:
  Filter(const FilterSpec& spec, const OperatorContext& context)
      : eval_(*context.eval), predicate_(*spec.predicate, *context.eval->settings) {}

  Step OnBatch(int, Batch batch, Output& out) override {
    out.Emit(FilterRows(predicate_, std::move(batch), eval_));
    return out.Full() ? Step::kMore : Step::kDone;
  }

 private:
  const EvalContext& eval_;
  Evaluator predicate_;
};

// A column, or a time that is a constant length of time after one.
struct ShiftedColumn {
  uint32_t column;
  Micros shift;
};

std::optional<ShiftedColumn> AsShiftedColumn(const Expression& expression) {
  if (const auto* column = std::get_if<ColumnRef>(&expression.node)) return {{column->index, 0}};
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr || call->function->signature.name != "+") return std::nullopt;
  const auto* column = std::get_if<ColumnRef>(&call->args.front()->node);
  const auto* length = std::get_if<Constant>(&call->args.back()->node);
  if (column == nullptr || length == nullptr || length->value.IsNull()) return std::nullopt;
  const bool is_time =
      column->type.kind == TypeKind::kTimestamp || column->type.kind == TypeKind::kTimestampTz;
  if (!is_time || length->value.type().kind != TypeKind::kInterval) return std::nullopt;
  const auto interval = length->value.As<Interval>();
  if (interval.months != 0 || interval.days != 0) return std::nullopt;
  return {{column->index, interval.micros}};
}

Micros Shift(Micros watermark, Micros shift) {
  if (watermark == kNothingHeldBack || watermark == kNoWatermark) return watermark;
  Micros sum = 0;
  if (!__builtin_add_overflow(watermark, shift, &sum)) return sum;
  return shift > 0 ? kNothingHeldBack - 1 : kNoWatermark + 1;
}

class Project : public Operator {
 public:
  Project(const ProjectSpec& spec, const OperatorContext& context) : eval_(*context.eval) {
    for (const ExpressionRef& output : spec.outputs) {
      evaluators_.emplace_back(*output, *context.eval->settings);
      sources_.push_back(AsShiftedColumn(*output));
    }
  }

  Step OnBatch(int, Batch batch, Output& out) override {
    Batch result;
    result.rows = batch.rows;
    result.selection = batch.selection;
    result.weights = batch.weights;
    result.errors = batch.errors;
    result.columns.reserve(evaluators_.size());
    for (Evaluator& evaluator : evaluators_) {
      result.columns.push_back(evaluator.Evaluate(batch, eval_, result.errors));
    }
    out.Emit(std::move(result));
    return out.Full() ? Step::kMore : Step::kDone;
  }

  // A column that is merely passed on keeps its watermark, under its new positions; a time that is
  // a constant later has a later one.
  Step OnWatermark(int, Watermark watermark, Output& out) override {
    for (size_t i = 0; i < sources_.size(); ++i) {
      if (!sources_[i] || sources_[i]->column != watermark.column) continue;
      out.Emit(Watermark{static_cast<uint16_t>(i), Shift(watermark.time, sources_[i]->shift)});
    }
    return out.Full() ? Step::kMore : Step::kDone;
  }

 private:
  const EvalContext& eval_;
  std::vector<Evaluator> evaluators_;
  std::vector<std::optional<ShiftedColumn>> sources_;  // what outputs are made of
};

class Union : public Operator {
 public:
  explicit Union(size_t inputs) : inputs_(inputs), watermarks_(inputs) {}

  Step OnBatch(int, Batch batch, Output& out) override {
    out.Emit(std::move(batch));
    return out.Full() ? Step::kMore : Step::kDone;
  }

  // None before every input has one. That of a single input goes on though it has not moved: a
  // reader of the feed behind may have come after it moved last.
  Step OnWatermark(int port, Watermark watermark, Output& out) override {
    if (inputs_ == 1) {
      out.Emit(watermark);
    } else if (const auto merged = watermarks_.Merge(static_cast<size_t>(port), watermark)) {
      out.Emit(*merged);
    }
    return out.Full() ? Step::kMore : Step::kDone;
  }

 private:
  const size_t inputs_;
  WatermarkMerger watermarks_;
};

}  // namespace

std::unique_ptr<Operator> MakeFilter(const FilterSpec& spec, const OperatorContext& context) {
  return std::make_unique<Filter>(spec, context);
}

std::unique_ptr<Operator> MakeProject(const ProjectSpec& spec, const OperatorContext& context) {
  return std::make_unique<Project>(spec, context);
}

std::unique_ptr<Operator> MakeUnion(size_t inputs) { return std::make_unique<Union>(inputs); }

}  // namespace riverrun::executor
