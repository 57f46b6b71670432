#include "executor/expressions/evaluator.h"

#include "executor/expressions/evaluator_node.h"

namespace riverrun::executor {
namespace {

class ColumnNode : public EvaluatorNode {
 public:
  explicit ColumnNode(const ColumnRef& column) : index_(column.index), kind_(column.type.kind) {}

  Column Evaluate(const Frame& frame, const SelectionRef&, ErrorLane&) override {
    CHECK(index_ < frame.batch.columns.size(), "expression reads a column that the batch lacks");
    const Column& column = frame.batch.columns[index_];
    CHECK(column.type.kind == kind_, "expression reads a column of another kind");
    return column;
  }

 private:
  uint32_t index_;
  TypeKind kind_;
};

class ConstantNode : public EvaluatorNode {
 public:
  explicit ConstantNode(Column column) : column_(std::move(column)) {}

  Column Evaluate(const Frame&, const SelectionRef&, ErrorLane&) override { return column_; }
  const Column* constant() const override { return &column_; }

 private:
  Column column_;
};

NodePtr Compile(const ColumnRef& node, const Settings&) {
  return std::make_unique<ColumnNode>(node);
}
NodePtr Compile(const Constant& node, const Settings&) {
  return std::make_unique<ConstantNode>(node.value.column());
}
NodePtr Compile(const Call& node, const Settings& settings) { return MakeCallNode(node, settings); }
NodePtr Compile(const And& node, const Settings& settings) {
  return MakeConnectiveNode(node, settings);
}
NodePtr Compile(const Or& node, const Settings& settings) {
  return MakeConnectiveNode(node, settings);
}
NodePtr Compile(const Not& node, const Settings& settings) { return MakeTestNode(node, settings); }
NodePtr Compile(const IsNull& node, const Settings& settings) {
  return MakeTestNode(node, settings);
}
NodePtr Compile(const IsTruth& node, const Settings& settings) {
  return MakeTestNode(node, settings);
}
NodePtr Compile(const IsDistinct& node, const Settings& settings) {
  return MakeTestNode(node, settings);
}
NodePtr Compile(const Case& node, const Settings& settings) {
  return MakeConditionalNode(node, settings);
}
NodePtr Compile(const Coalesce& node, const Settings& settings) {
  return MakeConditionalNode(node, settings);
}
NodePtr Compile(const NullIf& node, const Settings& settings) {
  return MakeConditionalNode(node, settings);
}
NodePtr Compile(const Extreme& node, const Settings& settings) {
  return MakeConditionalNode(node, settings);
}
NodePtr Compile(const InList& node, const Settings& settings) {
  return MakeInListNode(node, settings);
}

// The value of a step that reads no column and no epoch; null if it fails, since then each row
// must fail, and only if there is one.
NodePtr Folded(EvaluatorNode& node, const Type& type, const Settings& settings) {
  const Batch one_row{.rows = 1, .columns = {}, .selection = nullptr, .weights = nullptr,
                      .errors = {}};
  const EvalContext context{.epoch = {}, .settings = &settings, .budget = nullptr};
  BufferPool pool;
  ErrorLane errors;
  const Column column = node.Evaluate({one_row, context, pool}, nullptr, errors);
  if (!errors.empty()) return nullptr;
  Column constant = ConstantFrom(column, 0);
  if (constant.type.kind == type.kind) constant.type = type;
  return std::make_unique<ConstantNode>(std::move(constant));
}

}  // namespace

NodePtr MakeNode(const Expression& expression, const Settings& settings) {
  NodePtr node =
      std::visit([&](const auto& part) { return Compile(part, settings); }, expression.node);
  if (node->constant() != nullptr || std::holds_alternative<ColumnRef>(expression.node)) {
    return node;
  }
  if (!ColumnsOf(expression).empty() || VolatilityOf(expression) != Volatility::kImmutable) {
    return node;
  }
  NodePtr folded = Folded(*node, TypeOf(expression), settings);
  return folded != nullptr ? std::move(folded) : std::move(node);
}

std::vector<NodePtr> MakeNodes(std::span<const ExpressionRef> expressions,
                               const Settings& settings) {
  std::vector<NodePtr> out;
  out.reserve(expressions.size());
  for (const ExpressionRef& expression : expressions) {
    out.push_back(MakeNode(*expression, settings));
  }
  return out;
}

Evaluator::Evaluator(const Expression& expression, const Settings& settings)
    : root_(MakeNode(expression, settings)),
      pool_(std::make_unique<BufferPool>()),
      type_(TypeOf(expression)),
      may_fail_(MayFail(expression)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

Column Evaluator::Evaluate(const Batch& batch, const EvalContext& context,
                           const SelectionRef& selection, ErrorLane& errors) {
  CHECK(context.settings != nullptr);
  ErrorLane own;
  Column out = root_->Evaluate({batch, context, *pool_}, selection, own);
  pool_->ReleaseShared();
  if (!own.empty()) [[unlikely]] MergeErrors(errors, std::move(own));
  return out;
}

SelectionRef Evaluator::Filter(const Batch& batch, const EvalContext& context,
                               const SelectionRef& selection, ErrorLane& errors) {
  CHECK(context.settings != nullptr);
  ErrorLane own;
  SelectionRef out = root_->Filter({batch, context, *pool_}, selection, own);
  pool_->ReleaseShared();
  if (!own.empty()) [[unlikely]] MergeErrors(errors, std::move(own));
  return out;
}

Batch FilterRows(Evaluator& predicate, Batch batch, const EvalContext& context) {
  ErrorLane errors;
  if (batch.errors.empty()) {
    batch.selection = predicate.Filter(batch, context, batch.selection, batch.errors);
    return batch;
  }
  const Column column = Flatten(predicate.Evaluate(batch, context, errors), batch.rows);
  const TruthReader truth(column);
  batch.selection = Select(batch.rows, batch.selection, [&](uint32_t row) {
    return truth.IsTrue(row) || FindError(errors, row) != nullptr ||
           (truth.IsNull(row) && FindError(batch.errors, row) != nullptr);
  });
  KeepSelectedErrors(batch.errors, batch.selection);
  MergeErrors(batch.errors, std::move(errors));
  return batch;
}

}  // namespace riverrun::executor
