#include "tests/executor/row_evaluator.h"

namespace riverrun::executor::testing {
namespace {

// Evaluates the nodes of one row.
class RowEvaluator {
 public:
  RowEvaluator(const Batch& batch, uint32_t row, const EvalContext& context)
      : batch_(batch), row_(row), context_(context) {}

  Outcome Evaluate(const Expression& expression) {
    return std::visit([this](const auto& node) { return Evaluate(node); }, expression.node);
  }

 private:
  static bool Failed(const Outcome& outcome) { return std::holds_alternative<Error>(outcome); }
  static const Value& ValueOf(const Outcome& outcome) { return std::get<Value>(outcome); }
  static bool IsNullOf(const Outcome& outcome) { return ValueOf(outcome).IsNull(); }
  static bool IsTrue(const Outcome& outcome) {
    return !IsNullOf(outcome) && ValueOf(outcome).As<uint8_t>() != 0;
  }
  static bool IsFalse(const Outcome& outcome) { return !IsNullOf(outcome) && !IsTrue(outcome); }

  Outcome Evaluate(const ColumnRef& node) {
    const Column& column = batch_.columns[node.index];
    return column.IsNull(row_) ? Value::Null(node.type) : Value::From(column, row_);
  }
  Outcome Evaluate(const Constant& node) { return node.value; }

  Outcome Apply(const Function& function, const Type& type, const std::vector<Outcome>& args) {
    std::vector<Column> columns;
    std::vector<Type> types;
    for (const Outcome& arg : args) {
      if (Failed(arg)) return arg;
    }
    for (const Outcome& arg : args) {
      if (function.options.strict && IsNullOf(arg)) return Value::Null(type);
      columns.push_back(ValueOf(arg).column());
      types.push_back(columns.back().type);
    }
    KernelOutput out(type, 1, nullptr, nullptr, nullptr);
    function.kernel({.context = context_, .prepared = nullptr, .args = columns, .rows = 1,
                     .selection = nullptr},
                    out);
    if (!out.errors().empty()) return out.errors().front().error;
    return Value::From(out.TakeColumn(), 0);
  }

  Outcome Evaluate(const Call& node) {
    std::vector<Outcome> args;
    for (const ExpressionRef& arg : node.args) args.push_back(Evaluate(*arg));
    return Apply(*node.function, node.type, args);
  }

  // `decisive` is the value that settles the result, whatever else there is.
  Outcome Connect(const std::vector<ExpressionRef>& args, bool decisive) {
    std::optional<Outcome> error;
    bool unknown = false;
    for (const ExpressionRef& arg : args) {
      Outcome outcome = Evaluate(*arg);
      if (Failed(outcome)) {
        if (!error) error = std::move(outcome);
      } else if (IsNullOf(outcome)) {
        unknown = true;
      } else if (IsTrue(outcome) == decisive) {
        return Value::Bool(decisive);
      }
    }
    if (error) return *error;
    return unknown ? Value::Null(Type::Bool()) : Value::Bool(!decisive);
  }
  Outcome Evaluate(const And& node) { return Connect(node.args, false); }
  Outcome Evaluate(const Or& node) { return Connect(node.args, true); }

  Outcome Evaluate(const Not& node) {
    const Outcome arg = Evaluate(*node.arg);
    if (Failed(arg) || IsNullOf(arg)) return arg;
    return Value::Bool(IsFalse(arg));
  }
  Outcome Evaluate(const IsNull& node) {
    const Outcome arg = Evaluate(*node.arg);
    if (Failed(arg)) return arg;
    return Value::Bool(IsNullOf(arg) != node.negated);
  }
  Outcome Evaluate(const IsTruth& node) {
    const Outcome arg = Evaluate(*node.arg);
    if (Failed(arg)) return arg;
    const bool passed = node.test == IsTruth::Test::kTrue    ? IsTrue(arg)
                        : node.test == IsTruth::Test::kFalse ? IsFalse(arg)
                                                             : IsNullOf(arg);
    return Value::Bool(passed != node.negated);
  }
  Outcome Evaluate(const IsDistinct& node) {
    const Outcome left = Evaluate(*node.left), right = Evaluate(*node.right);
    if (Failed(left)) return left;
    if (Failed(right)) return right;
    const bool distinct = IsNullOf(left) || IsNullOf(right)
                              ? IsNullOf(left) != IsNullOf(right)
                              : IsFalse(Apply(*node.equal, Type::Bool(), {left, right}));
    return Value::Bool(distinct != node.negated);
  }
  Outcome Evaluate(const Case& node) {
    for (const Case::Branch& branch : node.branches) {
      const Outcome condition = Evaluate(*branch.condition);
      if (Failed(condition)) return condition;
      if (IsTrue(condition)) return Evaluate(*branch.result);
    }
    if (node.otherwise == nullptr) return Value::Null(node.type);
    return Evaluate(*node.otherwise);
  }
  Outcome Evaluate(const Coalesce& node) {
    for (const ExpressionRef& arg : node.args) {
      Outcome outcome = Evaluate(*arg);
      if (Failed(outcome) || !IsNullOf(outcome)) return outcome;
    }
    return Value::Null(node.type);
  }
  Outcome Evaluate(const NullIf& node) {
    const Outcome left = Evaluate(*node.left);
    if (Failed(left) || IsNullOf(left)) return left;
    const Outcome right = Evaluate(*node.right);
    if (Failed(right)) return right;
    if (IsTrue(Apply(*node.equal, Type::Bool(), {left, right}))) return Value::Null(node.type);
    return left;
  }
  Outcome Evaluate(const Extreme& node) {
    std::vector<Outcome> args;
    for (const ExpressionRef& arg : node.args) args.push_back(Evaluate(*arg));
    for (const Outcome& arg : args) {
      if (Failed(arg)) return arg;
    }
    Outcome best = Value::Null(node.type);
    for (const Outcome& arg : args) {
      if (IsNullOf(arg)) continue;
      const bool wins = IsNullOf(best) ||
                        IsTrue(node.greatest ? Apply(*node.less, Type::Bool(), {best, arg})
                                             : Apply(*node.less, Type::Bool(), {arg, best}));
      if (wins) best = arg;
    }
    return best;
  }
  Outcome Evaluate(const InList& node) {
    std::optional<Outcome> error;
    bool unknown = false;
    for (const ExpressionRef& item : node.items) {
      const Outcome equal =
          Apply(*node.equal, Type::Bool(), {Evaluate(*node.arg), Evaluate(*item)});
      if (Failed(equal)) {
        if (!error) error = equal;
      } else if (IsTrue(equal)) {
        return Value::Bool(!node.negated);
      } else {
        unknown |= IsNullOf(equal);
      }
    }
    if (error) return *error;
    return unknown ? Value::Null(Type::Bool()) : Value::Bool(node.negated);
  }

  const Batch& batch_;
  uint32_t row_;
  const EvalContext& context_;
};

}  // namespace

Outcome EvaluateRow(const Expression& expression, const Batch& batch, uint32_t row,
                    const EvalContext& context) {
  return RowEvaluator(batch, row, context).Evaluate(expression);
}

}  // namespace riverrun::executor::testing
