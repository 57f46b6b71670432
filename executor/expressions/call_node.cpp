#include <unordered_set>

#include "executor/expressions/evaluator_node.h"
#include "types/codec/key.h"

namespace riverrun::executor {
namespace {

class CallNode : public EvaluatorNode {
 public:
  CallNode(KernelCall call, std::vector<NodePtr> args, bool strict)
      : call_(std::move(call)), args_(std::move(args)), columns_(args_.size()), strict_(strict) {
    for (size_t i = 0; i < args_.size(); ++i) {
      if (args_[i]->constant() != nullptr) columns_[i] = *args_[i]->constant();
    }
  }

  Column Evaluate(const Frame& frame, const SelectionRef& selection, ErrorLane& errors) override {
    for (size_t i = 0; i < args_.size(); ++i) {
      if (args_[i]->constant() != nullptr) continue;
      ErrorLane lane;
      columns_[i] = args_[i]->Evaluate(frame, selection, lane);
      if (!lane.empty()) [[unlikely]] MergeErrors(errors, std::move(lane));
    }
    ErrorLane own;
    Column out = call_.Run(frame, columns_, selection, own);
    // So that the pool has the arguments' buffers again.
    for (size_t i = 0; i < args_.size(); ++i) {
      if (args_[i]->constant() == nullptr) columns_[i] = Column{};
    }
    if (!strict_ && !errors.empty()) [[unlikely]] NullFailedRows(out, errors, frame.batch.rows);
    // A null argument made the row null everywhere, a failed one just there.
    if (!own.empty()) [[unlikely]] MergeErrors(errors, std::move(own));
    return out;
  }

 private:
  KernelCall call_;
  std::vector<NodePtr> args_;
  std::vector<Column> columns_;  // the arguments; constants stay from batch to batch
  bool strict_;
};

// The constants of x IN (...), ready for lookup.
struct ItemSet {
  std::unordered_set<std::string> keys;  // EqualKeys
  std::vector<int64_t> integers;         // instead of keys, for short lists of integer kinds
  bool has_null = false;
};

constexpr size_t kScanMax = 8;

bool IsIntegerKind(TypeKind kind) {
  return kind == TypeKind::kInt2 || kind == TypeKind::kInt4 || kind == TypeKind::kInt8 ||
         kind == TypeKind::kDate || kind == TypeKind::kTimestamp || kind == TypeKind::kTimestampTz;
}

int64_t IntegerAt(const Column& column, uint32_t row) {
  switch (PhysicalWidth(column.type.kind)) {
    case 2: return column.At<int16_t>(row);
    case 4: return column.At<int32_t>(row);
    default: return column.At<int64_t>(row);
  }
}

template <class T>
void ScanIntegers(const KernelInput& in, const ItemSet& items, KernelOutput& out) {
  const Reader<T> values(in.args[0]);
  auto* found = out.values<uint8_t>();
  ForEachValid(in, out, [&](uint32_t row) {
    bool any = false;
    for (const int64_t item : items.integers) any |= item == values[row];
    found[row] = any;
    if (!any && items.has_null) out.SetNull(row);
  });
}

void LookUpKeys(const KernelInput& in, const ItemSet& items, KernelOutput& out) {
  auto* found = out.values<uint8_t>();
  std::string key;
  ForEachValid(in, out, [&](uint32_t row) {
    key.clear();
    AppendEqualKey(in.args[0], row, key);
    found[row] = items.keys.contains(key);
    if (found[row] == 0 && items.has_null) out.SetNull(row);
  });
}

void IsInList(const KernelInput& in, KernelOutput& out) {
  const auto& items = *static_cast<const ItemSet*>(in.prepared);
  if (items.integers.empty()) return LookUpKeys(in, items, out);
  switch (PhysicalWidth(in.args[0].type.kind)) {
    case 2: return ScanIntegers<int16_t>(in, items, out);
    case 4: return ScanIntegers<int32_t>(in, items, out);
    default: return ScanIntegers<int64_t>(in, items, out);
  }
}

// A function of its own, since its kernel is not for SQL to call.
const Function& InListFunction() {
  static const Function* const kFunction = [] {
    auto* function = new Function;  // lives as long as the process
    function->text = "in list";
    function->kernel = IsInList;
    return function;
  }();
  return *kFunction;
}

bool SameKeys(const Type& a, const Type& b) {
  return a.kind == b.kind && (a.kind != TypeKind::kArray || a.element().kind == b.element().kind);
}

// The items as a set; null if one of them is no constant or has another kind than the argument.
std::shared_ptr<const ItemSet> MakeItemSet(const InList& list, std::span<const NodePtr> items) {
  auto set = std::make_shared<ItemSet>();
  const Type& type = TypeOf(*list.arg);
  bool integers = IsIntegerKind(type.kind) && items.size() <= kScanMax;
  for (const NodePtr& item : items) {
    const Column* constant = item->constant();
    if (constant == nullptr) return nullptr;
    if (constant->IsNull(0)) {
      set->has_null = true;
      continue;
    }
    if (!SameKeys(type, constant->type)) return nullptr;
    if (integers) {
      set->integers.push_back(IntegerAt(*constant, 0));
    } else {
      std::string key;
      AppendEqualKey(*constant, 0, key);
      set->keys.insert(std::move(key));
    }
  }
  return set;
}

ExpressionRef AsComparisons(const InList& list) {
  Or any;
  for (const ExpressionRef& item : list.items) {
    any.args.push_back(Make(Call{list.equal, {list.arg, item}, Type::Bool()}));
  }
  return any.args.size() == 1 ? any.args[0] : Make(std::move(any));
}

}  // namespace

NodePtr MakeCallNode(const Call& call, const Settings& settings) {
  std::vector<NodePtr> args = MakeNodes(call.args, settings);
  std::vector<const Column*> constants;
  std::vector<Type> types;
  for (size_t i = 0; i < args.size(); ++i) {
    constants.push_back(args[i]->constant());
    types.push_back(TypeOf(*call.args[i]));
  }
  return std::make_unique<CallNode>(
      KernelCall(*call.function, call.type, types, constants, settings), std::move(args),
      call.function->options.strict);
}

NodePtr MakeInListNode(const InList& list, const Settings& settings) {
  if (list.negated) {
    InList positive = list;
    positive.negated = false;
    return MakeNode(Expression{Not{Make(std::move(positive))}}, settings);
  }
  std::shared_ptr<const ItemSet> set = MakeItemSet(list, MakeNodes(list.items, settings));
  if (set == nullptr) return MakeNode(*AsComparisons(list), settings);
  std::vector<NodePtr> args;
  args.push_back(MakeNode(*list.arg, settings));
  return std::make_unique<CallNode>(
      KernelCall(InListFunction(), Type::Bool(), std::move(set), 1), std::move(args), true);
}

}  // namespace riverrun::executor
