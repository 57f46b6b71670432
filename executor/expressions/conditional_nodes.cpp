// CASE, COALESCE, NULLIF, GREATEST and LEAST: each part is computed only for the rows that need it.
#include <algorithm>

#include "executor/expressions/evaluator_node.h"

namespace riverrun::executor {
namespace {

// The rows of `selection` that have no entry in `failed`.
SelectionRef WithoutFailed(uint32_t rows, const SelectionRef& selection, const ErrorLane& failed) {
  if (failed.empty()) return selection;
  return Select(rows, selection,
                [&](uint32_t row) { return FindError(failed, row) == nullptr; });
}

class CaseNode : public EvaluatorNode {
 public:
  struct Branch {
    NodePtr condition, result;
  };
  CaseNode(std::vector<Branch> branches, NodePtr otherwise, const Type& type)
      : branches_(std::move(branches)), otherwise_(std::move(otherwise)), type_(type) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const uint32_t rows = frame.batch.rows;
    ColumnMerger merger(type_, rows, frame);
    SelectionRef rest = selection;
    for (Branch& branch : branches_) {
      if (CountRows(rows, rest) == 0) break;
      const SelectionRef taken = Take(frame, *branch.condition, rest, merger, errors);
      if (CountRows(rows, taken) > 0) PutResult(frame, *branch.result, taken, merger, errors);
    }
    if (CountRows(rows, rest) == 0) return merger.Take();
    if (otherwise_ != nullptr) {
      PutResult(frame, *otherwise_, rest, merger, errors);
    } else {
      merger.PutNull(rest);
    }
    return merger.Take();
  }

 private:
  // The rows for which the condition is true; `rest` keeps those for which it is not. Where it
  // fails the row is done.
  static SelectionRef Take(const Frame& frame, EvaluatorNode& condition, SelectionRef& rest,
                           ColumnMerger& merger, ErrorLane& errors) {
    const uint32_t rows = frame.batch.rows;
    ErrorLane failed;
    Column column = condition.Evaluate(frame, rest, failed);
    if (column.encoding == Encoding::kDictionary) column = WithoutDictionary(column, rows);
    if (column.type.kind == TypeKind::kNull) column = NullColumn(Type::Bool());
    const TruthReader truth(column);
    const SelectionRef judged = WithoutFailed(rows, rest, failed);
    const SelectionRef taken =
        Select(rows, judged, [&](uint32_t row) { return truth.IsTrue(row); });
    rest = Select(rows, judged, [&](uint32_t row) { return !truth.IsTrue(row); });
    merger.PutNull(failed);
    MergeErrors(errors, std::move(failed));
    return taken;
  }

  static void PutResult(const Frame& frame, EvaluatorNode& result, const SelectionRef& selection,
                        ColumnMerger& merger, ErrorLane& errors) {
    ErrorLane failed;
    merger.Put(result.Evaluate(frame, selection, failed), selection);
    MergeErrors(errors, std::move(failed));
  }

  std::vector<Branch> branches_;
  NodePtr otherwise_;
  Type type_;
};

class CoalesceNode : public EvaluatorNode {
 public:
  CoalesceNode(std::vector<NodePtr> args, const Type& type) : args_(std::move(args)), type_(type) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const uint32_t rows = frame.batch.rows;
    Column first = args_[0]->Evaluate(frame, selection, errors);
    if (first.nulls == nullptr && first.type.kind == type_.kind) return first;
    ColumnMerger merger(type_, rows, frame);
    merger.Put(first, selection);
    SelectionRef rest = StillNull(first, rows, selection, errors);
    for (size_t i = 1; i < args_.size() && CountRows(rows, rest) > 0; ++i) {
      ErrorLane failed;
      const Column column = args_[i]->Evaluate(frame, rest, failed);
      merger.Put(column, rest);
      rest = StillNull(column, rows, rest, failed);
      MergeErrors(errors, std::move(failed));
    }
    return merger.Take();
  }

 private:
  // Rows that failed are null, but done.
  static SelectionRef StillNull(const Column& column, uint32_t rows, const SelectionRef& selection,
                                const ErrorLane& failed) {
    return Select(rows, selection, [&](uint32_t row) {
      return column.IsNull(row) && (failed.empty() || FindError(failed, row) == nullptr);
    });
  }

  std::vector<NodePtr> args_;
  Type type_;
};

class NullIfNode : public EvaluatorNode {
 public:
  NullIfNode(NodePtr left, NodePtr right, KernelCall equal)
      : left_(std::move(left)), right_(std::move(right)), equal_(std::move(equal)) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const uint32_t rows = frame.batch.rows;
    Column out = left_->Evaluate(frame, selection, errors);
    const SelectionRef present =
        Select(rows, selection, [&](uint32_t row) { return !out.IsNull(row); });
    if (CountRows(rows, present) == 0) return out;
    ErrorLane failed;
    Column args[] = {out, right_->Evaluate(frame, present, failed)};
    ErrorLane none;
    Column equal = equal_.Run(frame, args, present, none);
    if (equal.encoding == Encoding::kDictionary) equal = WithoutDictionary(equal, rows);
    const TruthReader truth(equal);
    const SelectionRef dropped =
        Select(rows, present, [&](uint32_t row) { return truth.IsTrue(row); });
    if (CountRows(rows, dropped) > 0 || !failed.empty()) {
      ColumnMerger merger(out.type, rows, frame);
      merger.Put(out, selection);
      merger.PutNull(dropped);
      merger.PutNull(failed);
      out = merger.Take();
    }
    MergeErrors(errors, std::move(failed));
    return out;
  }

 private:
  NodePtr left_, right_;
  KernelCall equal_;
};

// GREATEST and LEAST: keeps the best so far.
class ExtremeNode : public EvaluatorNode {
 public:
  ExtremeNode(std::vector<NodePtr> args, KernelCall less, bool greatest, const Type& type)
      : args_(std::move(args)), less_(std::move(less)), greatest_(greatest), type_(type) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    Column best = args_[0]->Evaluate(frame, selection, errors);
    for (size_t i = 1; i < args_.size(); ++i) {
      ErrorLane failed;
      const Column next = args_[i]->Evaluate(frame, selection, failed);
      MergeErrors(errors, std::move(failed));
      best = Better(frame, best, next, selection);
    }
    NullFailedRows(best, errors, frame.batch.rows);
    return best;
  }

 private:
  Column Better(const Frame& frame, const Column& best, const Column& next,
                const SelectionRef& selection) {
    const uint32_t rows = frame.batch.rows;
    Column args[] = {greatest_ ? best : next, greatest_ ? next : best};
    ErrorLane none;
    Column less = less_.Run(frame, args, selection, none);
    if (less.encoding == Encoding::kDictionary) less = WithoutDictionary(less, rows);
    const TruthReader wins(less);
    const SelectionRef replaced = Select(rows, selection, [&](uint32_t row) {
      return !next.IsNull(row) && (best.IsNull(row) || wins.IsTrue(row));
    });
    ColumnMerger merger(type_, rows, frame);
    merger.Put(best, selection);
    if (CountRows(rows, replaced) > 0) merger.Put(next, replaced);
    return merger.Take();
  }

  std::vector<NodePtr> args_;
  KernelCall less_;
  bool greatest_;
  Type type_;
};

}  // namespace

NodePtr MakeConditionalNode(const Case& node, const Settings& settings) {
  std::vector<CaseNode::Branch> branches;
  for (const Case::Branch& branch : node.branches) {
    branches.push_back({MakeNode(*branch.condition, settings), MakeNode(*branch.result, settings)});
  }
  NodePtr otherwise = node.otherwise == nullptr ? nullptr : MakeNode(*node.otherwise, settings);
  return std::make_unique<CaseNode>(std::move(branches), std::move(otherwise), node.type);
}

NodePtr MakeConditionalNode(const Coalesce& node, const Settings& settings) {
  return std::make_unique<CoalesceNode>(MakeNodes(node.args, settings), node.type);
}

NodePtr MakeConditionalNode(const NullIf& node, const Settings& settings) {
  NodePtr left = MakeNode(*node.left, settings);
  NodePtr right = MakeNode(*node.right, settings);
  const Type types[] = {TypeOf(*node.left), TypeOf(*node.right)};
  const Column* const constants[] = {left->constant(), right->constant()};
  KernelCall equal(*node.equal, Type::Bool(), types, constants, settings);
  return std::make_unique<NullIfNode>(std::move(left), std::move(right), std::move(equal));
}

NodePtr MakeConditionalNode(const Extreme& node, const Settings& settings) {
  const Type types[] = {node.type, node.type};
  // Both sides are results of comparisons before, so neither is known.
  const Column* const constants[] = {nullptr, nullptr};
  KernelCall less(*node.less, Type::Bool(), types, constants, settings);
  return std::make_unique<ExtremeNode>(MakeNodes(node.args, settings), std::move(less),
                                       node.greatest, node.type);
}

}  // namespace riverrun::executor
