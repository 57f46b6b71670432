// AND, OR, NOT and the IS tests.
#include <algorithm>
#include <cstring>

#include "executor/expressions/evaluator_node.h"

namespace riverrun::executor {
namespace {

Column BoolColumn(const Frame& frame, std::shared_ptr<Buffer>& values) {
  const uint32_t rows = frame.batch.rows;
  values = frame.pool.Take(rows, frame.context.budget);
  Column out;
  out.type = Type::Bool();
  out.values = values;
  return out;
}

// A boolean column as TruthReader wants it.
Column EvaluateTruth(EvaluatorNode& node, const Frame& frame, const SelectionRef& selection,
                     ErrorLane& errors) {
  Column out = node.Evaluate(frame, selection, errors);
  if (out.encoding == Encoding::kDictionary) out = WithoutDictionary(out, frame.batch.rows);
  if (out.type.kind == TypeKind::kNull) out = NullColumn(Type::Bool());
  return out;
}

// AND and OR. `false` decides an AND and `true` an OR; rows that nothing has decided yet stay
// open, and only these are shown to the arguments that follow.
template <bool kAnd>
class ConnectiveNode : public EvaluatorNode {
 public:
  explicit ConnectiveNode(std::vector<NodePtr> args) : args_(std::move(args)) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const Open open = FindOpen(frame, selection, errors);
    const uint32_t rows = frame.batch.rows;
    std::shared_ptr<Buffer> values;
    Column out = BoolColumn(frame, values);
    auto* bytes = values->mutable_as<uint8_t>();
    if (open.rows == nullptr) {
      std::memset(bytes, kAnd ? 1 : 0, rows);
    } else {
      std::memset(bytes, kAnd ? 0 : 1, rows);
      ForEachRow(rows, open.rows, [&](uint32_t row) { bytes[row] = kAnd ? 1 : 0; });
    }
    if (open.unknown == nullptr) return out;
    // Rows that were unknown and decided later are not null.
    auto nulls = frame.pool.Take(NullBytes(rows), frame.context.budget);
    auto* words = nulls->template mutable_as<uint64_t>();
    std::memset(words, 0, NullBytes(rows));
    const auto* unknown = open.unknown->template as<uint64_t>();
    ForEachRow(rows, open.rows, [&](uint32_t row) {
      if (NullBit(unknown, row)) SetNullBit(words, row);
    });
    out.nulls = std::move(nulls);
    return out;
  }

  SelectionRef Filter(const Frame& frame, const SelectionRef& selection,
                      ErrorLane& errors) override {
    if constexpr (!kAnd) return EvaluatorNode::Filter(frame, selection, errors);
    const Open open = FindOpen(frame, selection, errors);
    if (open.unknown == nullptr) return open.rows;
    const auto* unknown = open.unknown->template as<uint64_t>();
    return Select(frame.batch.rows, open.rows, [&](uint32_t row) {
      return !NullBit(unknown, row) || FindError(errors, row) != nullptr;
    });
  }

 private:
  struct Open {
    SelectionRef rows;                // not decided by any argument
    std::shared_ptr<Buffer> unknown;  // null bits of rows that met a null or a failure, if any
  };

  Open FindOpen(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) {
    const uint32_t rows = frame.batch.rows;
    Open open{selection, nullptr};
    for (const NodePtr& arg : args_) {
      if (CountRows(rows, open.rows) == 0) break;
      ErrorLane lane;
      const Column column = EvaluateTruth(*arg, frame, open.rows, lane);
      const TruthReader truth(column);
      if (truth.has_nulls()) NoteUnknown(frame, truth, open);
      open.rows = StillOpen(truth, rows, open.rows);
      if (!lane.empty()) [[unlikely]] MergeErrors(errors, std::move(lane));
      // What failed before does not count where this argument decides.
      if (!errors.empty()) [[unlikely]] KeepSelectedErrors(errors, open.rows);
    }
    return open;
  }

  static SelectionRef StillOpen(const TruthReader& truth, uint32_t rows,
                                const SelectionRef& open) {
    if (!truth.has_nulls()) {
      return Select(rows, open, [&](uint32_t row) { return truth.Value(row) == kAnd; });
    }
    return Select(rows, open,
                  [&](uint32_t row) { return truth.IsNull(row) || truth.Value(row) == kAnd; });
  }

  static void NoteUnknown(const Frame& frame, const TruthReader& truth, Open& open) {
    const uint32_t rows = frame.batch.rows;
    if (open.unknown == nullptr) open.unknown = Buffer::AllocateZeroed(NullBytes(rows));
    auto* words = open.unknown->template mutable_as<uint64_t>();
    ForEachRow(rows, open.rows, [&](uint32_t row) {
      if (truth.IsNull(row)) SetNullBit(words, row);
    });
  }

  std::vector<NodePtr> args_;
};

class NotNode : public EvaluatorNode {
 public:
  explicit NotNode(NodePtr arg) : arg_(std::move(arg)) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const Column arg = EvaluateTruth(*arg_, frame, selection, errors);
    Column out = arg;
    const uint32_t count = arg.encoding == Encoding::kConstant ? 1 : frame.batch.rows;
    auto values = frame.pool.Take(count, frame.context.budget);
    const auto* from = arg.values->as<uint8_t>();
    auto* to = values->mutable_as<uint8_t>();
    for (uint32_t i = 0; i < count; ++i) to[i] = from[i] ^ 1;
    out.values = std::move(values);
    return out;
  }

 private:
  NodePtr arg_;
};

class IsNullNode : public EvaluatorNode {
 public:
  IsNullNode(NodePtr arg, bool negated) : arg_(std::move(arg)), negated_(negated) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const Column arg = arg_->Evaluate(frame, selection, errors);
    std::shared_ptr<Buffer> values;
    Column out = BoolColumn(frame, values);
    auto* bytes = values->mutable_as<uint8_t>();
    if (arg.nulls == nullptr && arg.type.kind != TypeKind::kNull) {
      std::memset(bytes, negated_ ? 1 : 0, frame.batch.rows);
    } else {
      for (uint32_t row = 0; row < frame.batch.rows; ++row) {
        bytes[row] = arg.IsNull(row) != negated_ ? 1 : 0;
      }
    }
    NullFailedRows(out, errors, frame.batch.rows);
    return out;
  }

 private:
  NodePtr arg_;
  bool negated_;
};

class IsTruthNode : public EvaluatorNode {
 public:
  IsTruthNode(NodePtr arg, IsTruth::Test test, bool negated)
      : arg_(std::move(arg)), test_(test), negated_(negated) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const Column arg = EvaluateTruth(*arg_, frame, selection, errors);
    const TruthReader truth(arg);
    std::shared_ptr<Buffer> values;
    Column out = BoolColumn(frame, values);
    auto* bytes = values->mutable_as<uint8_t>();
    ForEachRow(frame.batch.rows, selection, [&](uint32_t row) {
      const bool is_null = truth.IsNull(row);
      const bool passed = test_ == IsTruth::Test::kUnknown
                              ? is_null
                              : !is_null && truth.Value(row) == (test_ == IsTruth::Test::kTrue);
      bytes[row] = passed != negated_ ? 1 : 0;
    });
    NullFailedRows(out, errors, frame.batch.rows);
    return out;
  }

 private:
  NodePtr arg_;
  IsTruth::Test test_;
  bool negated_;
};

class IsDistinctNode : public EvaluatorNode {
 public:
  IsDistinctNode(NodePtr left, NodePtr right, KernelCall equal, bool negated)
      : left_(std::move(left)), right_(std::move(right)), equal_(std::move(equal)),
        negated_(negated) {}

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    const uint32_t rows = frame.batch.rows;
    Column args[] = {left_->Evaluate(frame, selection, errors), {}};
    ErrorLane lane;
    args[1] = right_->Evaluate(frame, selection, lane);
    MergeErrors(errors, std::move(lane));
    const Column left = args[0], right = args[1];
    ErrorLane none;
    Column equal = equal_.Run(frame, args, selection, none);
    if (equal.encoding == Encoding::kDictionary) equal = WithoutDictionary(equal, rows);
    const TruthReader truth(equal);
    std::shared_ptr<Buffer> values;
    Column out = BoolColumn(frame, values);
    auto* bytes = values->mutable_as<uint8_t>();
    ForEachRow(rows, selection, [&](uint32_t row) {
      const bool left_null = left.IsNull(row), right_null = right.IsNull(row);
      const bool distinct =
          left_null || right_null ? left_null != right_null : !truth.Value(row);
      bytes[row] = distinct != negated_ ? 1 : 0;
    });
    NullFailedRows(out, errors, rows);
    return out;
  }

 private:
  NodePtr left_, right_;
  KernelCall equal_;
  bool negated_;
};

}  // namespace

SelectionRef EvaluatorNode::Filter(const Frame& frame, const SelectionRef& selection,
                                   ErrorLane& errors) {
  const Column column = EvaluateTruth(*this, frame, selection, errors);
  const TruthReader truth(column);
  const uint32_t rows = frame.batch.rows;
  if (!errors.empty()) [[unlikely]] {
    return Select(rows, selection, [&](uint32_t row) {
      return truth.IsTrue(row) || FindError(errors, row) != nullptr;
    });
  }
  if (truth.has_nulls()) {
    return Select(rows, selection, [&](uint32_t row) { return truth.IsTrue(row); });
  }
  return Select(rows, selection, [&](uint32_t row) { return truth.Value(row); });
}

NodePtr MakeConnectiveNode(const And& node, const Settings& settings) {
  return std::make_unique<ConnectiveNode<true>>(MakeNodes(node.args, settings));
}
NodePtr MakeConnectiveNode(const Or& node, const Settings& settings) {
  return std::make_unique<ConnectiveNode<false>>(MakeNodes(node.args, settings));
}
NodePtr MakeTestNode(const Not& node, const Settings& settings) {
  return std::make_unique<NotNode>(MakeNode(*node.arg, settings));
}
NodePtr MakeTestNode(const IsNull& node, const Settings& settings) {
  return std::make_unique<IsNullNode>(MakeNode(*node.arg, settings), node.negated);
}
NodePtr MakeTestNode(const IsTruth& node, const Settings& settings) {
  return std::make_unique<IsTruthNode>(MakeNode(*node.arg, settings), node.test, node.negated);
}
NodePtr MakeTestNode(const IsDistinct& node, const Settings& settings) {
  NodePtr left = MakeNode(*node.left, settings);
  NodePtr right = MakeNode(*node.right, settings);
  const Type types[] = {TypeOf(*node.left), TypeOf(*node.right)};
  const Column* const constants[] = {left->constant(), right->constant()};
  KernelCall equal(*node.equal, Type::Bool(), types, constants, settings);
  return std::make_unique<IsDistinctNode>(std::move(left), std::move(right), std::move(equal),
                                          node.negated);
}

}  // namespace riverrun::executor
