// Expressions as SQL-like text, for EXPLAIN and for test failures.
#include <string>

#include "executor/expressions/expression.h"

namespace riverrun::executor {
namespace {

bool IsOperatorName(std::string_view name) {
  const char first = name.front();
  return !(first == '_' || (first >= 'a' && first <= 'z'));
}

// Prints one tree. Everything but names, constants and calls stands in parentheses, so that no
// reader needs the table of precedences.
class Printer {
 public:
  Printer(std::span<const std::string> names, std::string& out) : names_(names), out_(out) {}

  void Print(const Expression& expression) {
    std::visit([this](const auto& node) { Print(node); }, expression.node);
  }

 private:
  void Print(const ColumnRef& node) {
    if (node.index < names_.size()) {
      out_ += names_[node.index];
    } else {
      out_ += "#" + std::to_string(node.index);
    }
  }

  void Print(const Constant& node) {
    const Type& type = node.value.type();
    if (node.value.IsNull()) {
      out_ += "NULL";
      if (type.kind != TypeKind::kNull) out_ += "::" + TypeName(type);
      return;
    }
    const std::string text = node.value.ToString();
    switch (type.kind) {
      case TypeKind::kBool: out_ += text == "t" ? "true" : "false"; return;
      case TypeKind::kInt4:
      case TypeKind::kInt8:
      case TypeKind::kDecimal:
        out_ += text.front() == '-' ? "(" + text + ")" : text;
        return;
      default: break;
    }
    out_ += '\'';
    for (const char c : text) out_ += c == '\'' ? std::string("''") : std::string(1, c);
    out_ += '\'';
    if (type.oid != oid::kText) out_ += "::" + TypeName(type);
  }

  void Print(const Call& node) {
    const std::string& name = node.function->signature.name;
    if (name == "cast" || name == "assign") {
      Operand(node.args[0]);
      out_ += "::" + TypeName(node.type);
    } else if (!IsOperatorName(name)) {
      out_ += name;
      List(node.args);
    } else if (node.args.size() == 1) {
      out_ += "(" + name + " ";
      Operand(node.args[0]);
      out_ += ")";
    } else if (node.args.size() == 2) {
      Binary(node.args[0], name, node.args[1]);
    } else {  // a slice of an array has three
      out_ += "\"" + name + "\"";
      List(node.args);
    }
  }

  void Print(const And& node) { Joined(node.args, " AND "); }
  void Print(const Or& node) { Joined(node.args, " OR "); }
  void Print(const Not& node) {
    out_ += "(NOT ";
    Operand(node.arg);
    out_ += ")";
  }
  void Print(const IsNull& node) { Test(node.arg, node.negated, "NULL"); }
  void Print(const IsTruth& node) {
    const auto word = node.test == IsTruth::Test::kTrue    ? "TRUE"
                      : node.test == IsTruth::Test::kFalse ? "FALSE"
                                                           : "UNKNOWN";
    Test(node.arg, node.negated, word);
  }
  void Print(const IsDistinct& node) {
    Binary(node.left, node.negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", node.right);
  }

  void Print(const Case& node) {
    out_ += "CASE";
    for (const Case::Branch& branch : node.branches) {
      out_ += " WHEN ";
      Operand(branch.condition);
      out_ += " THEN ";
      Operand(branch.result);
    }
    if (node.otherwise != nullptr) {
      out_ += " ELSE ";
      Operand(node.otherwise);
    }
    out_ += " END";
  }

  void Print(const Coalesce& node) {
    out_ += "COALESCE";
    List(node.args);
  }
  void Print(const NullIf& node) {
    out_ += "NULLIF";
    List({node.left, node.right});
  }
  void Print(const Extreme& node) {
    out_ += node.greatest ? "GREATEST" : "LEAST";
    List(node.args);
  }
  void Print(const InList& node) {
    out_ += "(";
    Operand(node.arg);
    out_ += node.negated ? " NOT IN " : " IN ";
    List(node.items);
    out_ += ")";
  }

  void Operand(const ExpressionRef& expression) { Print(*expression); }
  void Binary(const ExpressionRef& left, std::string_view name, const ExpressionRef& right) {
    out_ += "(";
    Operand(left);
    out_ += " " + std::string(name) + " ";
    Operand(right);
    out_ += ")";
  }
  void Test(const ExpressionRef& arg, bool negated, std::string_view word) {
    out_ += "(";
    Operand(arg);
    out_ += std::string(negated ? " IS NOT " : " IS ") + std::string(word) + ")";
  }
  void Sequence(const std::vector<ExpressionRef>& args, std::string_view separator) {
    out_ += "(";
    for (size_t i = 0; i < args.size(); ++i) {
      if (i > 0) out_ += separator;
      Operand(args[i]);
    }
    out_ += ")";
  }
  void Joined(const std::vector<ExpressionRef>& args, std::string_view separator) {
    Sequence(args, separator);
  }
  void List(const std::vector<ExpressionRef>& args) { Sequence(args, ", "); }

  std::span<const std::string> names_;
  std::string& out_;
};

}  // namespace

std::string ToSql(const Expression& expression, std::span<const std::string> names) {
  std::string out;
  Printer(names, out).Print(expression);
  return out;
}

}  // namespace riverrun::executor
