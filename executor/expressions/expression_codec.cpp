// Expressions as bytes, for stored plans. A node is its number in the variant, its own fields, and
// its parts. Functions are written as the text of their signature, so that a plan outlives the
// order in which functions are registered.
#include <string>

#include "executor/expressions/expression.h"
#include "types/codec/batch_codec.h"

namespace riverrun::executor {
namespace {

// Deeper trees come from no planner and would overflow the stack here.
constexpr int kDepthMax = 1000;

void AppendFlag(std::string& out, bool flag) { out.push_back(flag ? '\1' : '\0'); }

// The number that a node has in the variant, which is its tag in the bytes.
template <class Node, size_t kIndex = 0>
constexpr size_t IndexOf() {
  if constexpr (std::is_same_v<std::variant_alternative_t<kIndex, Expression::Node>, Node>) {
    return kIndex;
  } else {
    return IndexOf<Node, kIndex + 1>();
  }
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Write(const Expression& expression) {
    AppendVarint(out_, expression.node.index());
    std::visit([this](const auto& node) { Fields(node); }, expression.node);
    const std::vector<ExpressionRef> children = Children(expression);
    AppendVarint(out_, children.size());
    for (const ExpressionRef& child : children) Write(*child);
  }

 private:
  void Fields(const ColumnRef& node) {
    AppendVarint(out_, node.index);
    AppendType(node.type, out_);
  }
  void Fields(const Constant& node) {
    AppendBatch(Batch{.rows = 1, .columns = {node.value.column()}, .selection = nullptr,
                      .weights = nullptr, .errors = {}},
                out_);
  }
  void Fields(const Call& node) {
    AppendSized(out_, node.function->text);
    AppendType(node.type, out_);
  }
  void Fields(const And&) {}
  void Fields(const Or&) {}
  void Fields(const Not&) {}
  void Fields(const IsNull& node) { AppendFlag(out_, node.negated); }
  void Fields(const IsTruth& node) {
    out_.push_back(static_cast<char>(node.test));
    AppendFlag(out_, node.negated);
  }
  void Fields(const IsDistinct& node) {
    AppendSized(out_, node.equal->text);
    AppendFlag(out_, node.negated);
  }
  void Fields(const Case& node) {
    AppendVarint(out_, node.branches.size());
    AppendType(node.type, out_);
  }
  void Fields(const Coalesce& node) { AppendType(node.type, out_); }
  void Fields(const NullIf& node) {
    AppendSized(out_, node.equal->text);
    AppendType(node.type, out_);
  }
  void Fields(const Extreme& node) {
    AppendSized(out_, node.less->text);
    AppendFlag(out_, node.greatest);
    AppendType(node.type, out_);
  }
  void Fields(const InList& node) {
    AppendSized(out_, node.equal->text);
    AppendFlag(out_, node.negated);
  }

  std::string& out_;
};

class Parser {
 public:
  Parser(ByteReader& in, const FunctionRegistry& registry) : in_(in), registry_(registry) {}

  // Null if the bytes are no expression; then error() may say more.
  ExpressionRef Read(int depth) {
    std::optional<Expression::Node> node;
    if (depth <= kDepthMax) node = Fields();
    const uint64_t count = in_.Count(1);
    if (!node || !in_.ok() || !CountFits(*node, count)) return Bad();
    std::vector<ExpressionRef> children(count);
    for (ExpressionRef& child : children) {
      child = Read(depth + 1);
      if (child == nullptr) return nullptr;
    }
    auto* node_case = std::get_if<Case>(&*node);
    if (node_case != nullptr && count % 2 == 1) node_case->otherwise = children.back();
    return WithChildren(Expression{std::move(*node)}, std::move(children));
  }

  const std::optional<Error>& error() const { return error_; }

 private:
  ExpressionRef Bad() {
    in_.Fail();
    return nullptr;
  }
  bool Flag() { return in_.Fixed<uint8_t>() != 0; }
  uint32_t Index() { return static_cast<uint32_t>(in_.Varint()); }

  const Function* ReadFunction() {
    const std::string_view text = in_.Sized();
    const Function* function = registry_.FindByText(text);
    if (function != nullptr && function->kind == FunctionKind::kScalar) return function;
    if (in_.ok() && !error_) {
      error_ = {sqlstate::kDataCorrupted,
                "stored plan calls the unknown function " + std::string(text)};
    }
    in_.Fail();
    return nullptr;
  }

  // The fields of the next node; its parts are still missing.
  std::optional<Expression::Node> Fields() {
    switch (in_.Varint()) {
      case IndexOf<ColumnRef>(): {
        const uint32_t index = Index();
        return ColumnRef{index, ReadType(in_)};
      }
      case IndexOf<Constant>(): return ConstantField();
      case IndexOf<Call>(): {
        const Function* function = ReadFunction();
        return Call{function, {}, ReadType(in_)};
      }
      case IndexOf<And>(): return And{};
      case IndexOf<Or>(): return Or{};
      case IndexOf<Not>(): return Not{};
      case IndexOf<IsNull>(): return IsNull{nullptr, Flag()};
      case IndexOf<IsTruth>(): return TruthField();
      case IndexOf<IsDistinct>(): {
        const Function* equal = ReadFunction();
        return IsDistinct{equal, nullptr, nullptr, Flag()};
      }
      case IndexOf<Case>(): {
        const uint64_t branches = in_.Count(2);
        return Case{std::vector<Case::Branch>(branches), nullptr, ReadType(in_)};
      }
      case IndexOf<Coalesce>(): return Coalesce{{}, ReadType(in_)};
      case IndexOf<NullIf>(): {
        const Function* equal = ReadFunction();
        return NullIf{equal, nullptr, nullptr, ReadType(in_)};
      }
      case IndexOf<Extreme>(): {
        const Function* less = ReadFunction();
        const bool greatest = Flag();
        return Extreme{less, greatest, {}, ReadType(in_)};
      }
      case IndexOf<InList>(): {
        const Function* equal = ReadFunction();
        return InList{equal, nullptr, {}, Flag()};
      }
      default: return std::nullopt;
    }
  }

  std::optional<Expression::Node> ConstantField() {
    const Batch batch = ReadBatch(in_);
    if (!in_.ok() || batch.rows != 1 || batch.columns.size() != 1) return std::nullopt;
    return Constant{Value::From(batch.columns[0], 0)};
  }

  std::optional<Expression::Node> TruthField() {
    const auto test = in_.Fixed<uint8_t>();
    if (test > static_cast<uint8_t>(IsTruth::Test::kUnknown)) return std::nullopt;
    return IsTruth{nullptr, static_cast<IsTruth::Test>(test), Flag()};
  }

  // Whether a node may have so many parts.
  static bool CountFits(const Expression::Node& node, uint64_t count) {
    if (const auto* call = std::get_if<Call>(&node)) {
      const Signature& signature = call->function->signature;
      return count == signature.args.size() ||
             (signature.variadic && count >= signature.args.size());
    }
    if (const auto* node_case = std::get_if<Case>(&node)) {
      return !node_case->branches.empty() && count / 2 == node_case->branches.size();
    }
    if (std::holds_alternative<ColumnRef>(node) || std::holds_alternative<Constant>(node)) {
      return count == 0;
    }
    if (std::holds_alternative<Not>(node) || std::holds_alternative<IsNull>(node) ||
        std::holds_alternative<IsTruth>(node)) {
      return count == 1;
    }
    if (std::holds_alternative<IsDistinct>(node) || std::holds_alternative<NullIf>(node)) {
      return count == 2;
    }
    return count >= 1;
  }

  ByteReader& in_;
  const FunctionRegistry& registry_;
  std::optional<Error> error_;
};

}  // namespace

void AppendExpression(const Expression& expression, std::string& out) {
  Writer(out).Write(expression);
}

Result<ExpressionRef> ReadExpression(ByteReader& in, const FunctionRegistry& registry) {
  Parser parser(in, registry);
  ExpressionRef out = parser.Read(0);
  if (out != nullptr) return out;
  if (parser.error()) return std::unexpected(*parser.error());
  return Fail(sqlstate::kDataCorrupted, "stored plan holds bytes that are no expression");
}

}  // namespace riverrun::executor
