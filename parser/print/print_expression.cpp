// Expressions and types.
#include <algorithm>
#include <array>

#include "parser/keywords.h"
#include "parser/literal.h"
#include "parser/print/printer.h"

namespace riverrun::parser {
namespace {

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

Tightness TightnessOfOperator(const ast::OperatorName& op) {
  if (!op.schema.empty()) return Tightness::kOperator;
  const std::string& symbol = op.symbol;
  if (symbol == "+" || symbol == "-") return Tightness::kSum;
  if (symbol == "*" || symbol == "/" || symbol == "%") return Tightness::kProduct;
  if (symbol == "^") return Tightness::kPower;
  constexpr std::array<std::string_view, 6> kComparisons = {"=", "<", ">", "<=", ">=", "<>"};
  return std::ranges::find(kComparisons, symbol) != kComparisons.end() ? Tightness::kComparison
                                                                       : Tightness::kOperator;
}

bool IsSign(const ast::OperatorName& op) {
  return op.schema.empty() && (op.symbol == "+" || op.symbol == "-");
}

/// The next tighter level.
Tightness Above(Tightness level) { return static_cast<Tightness>(static_cast<int>(level) + 1); }

/// Types whose words are keywords but stand bare where a type is expected.
bool IsBareType(std::string_view name) {
  constexpr std::array<std::string_view, 15> kWords = {
      "int",     "integer", "smallint", "bigint", "real",      "float", "decimal", "dec",
      "numeric", "boolean", "varchar",  "bit",    "timestamp", "time",  "interval"};
  return std::ranges::find(kWords, name) != kWords.end();
}

}  // namespace

Tightness Printer::TightnessOf(const ast::Expression& expression) {
  return ast::Visit(
      expression,
      Overloaded{
          [](const ast::Logical& logical) {
            return logical.op == ast::LogicalOperator::kOr ? Tightness::kOr : Tightness::kAnd;
          },
          [](const ast::Not&) { return Tightness::kNot; },
          [](const ast::IsTest&) { return Tightness::kIs; },
          [](const ast::IsDistinct&) { return Tightness::kIs; },
          [](const ast::Quantified&) { return Tightness::kComparison; },
          [](const ast::Between&) { return Tightness::kMembership; },
          [](const ast::Like&) { return Tightness::kMembership; },
          [](const ast::InList&) { return Tightness::kMembership; },
          [](const ast::InQuery&) { return Tightness::kMembership; },
          [](const ast::BinaryOperation& operation) { return TightnessOfOperator(operation.op); },
          [](const ast::UnaryOperation& operation) {
            return IsSign(operation.op) ? Tightness::kSign : Tightness::kOperator;
          },
          [](const ast::Collate&) { return Tightness::kCollate; },
          [](const ast::Cast&) { return Tightness::kPostfix; },
          [](const ast::Subscript&) { return Tightness::kPostfix; },
          [](const ast::FieldSelection&) { return Tightness::kPostfix; },
          [](const auto&) { return Tightness::kAtom; },
      });
}

void Printer::Put(const ast::Expression& expression) { Operand(expression, Tightness::kOr); }

void Printer::Operand(const ast::Expression& expression, Tightness at_least) {
  const Tightness own = TightnessOf(expression);
  const bool parentheses = own < at_least || (options_.all_parentheses && own < Tightness::kAtom);
  if (parentheses) Text("(");
  Node(expression);
  if (parentheses) Text(")");
}

void Printer::Node(const ast::Expression& expression) {
  ast::Visit(expression, [this](const auto& node) { Node(node); });
}

void Printer::Node(const ast::NullLiteral&) { Text("NULL"); }
void Printer::Node(const ast::BooleanLiteral& literal) { Text(literal.value ? "TRUE" : "FALSE"); }
void Printer::Node(const ast::NumberLiteral& literal) { Text(literal.text); }
void Printer::Node(const ast::StringLiteral& literal) { String(literal.value); }

void Printer::Node(const ast::BitStringLiteral& literal) {
  Text(literal.hexadecimal ? "X'" : "B'");
  Text(literal.digits);
  Text("'");
}

void Printer::Node(const ast::Parameter& parameter) {
  Text("$" + std::to_string(parameter.number));
}
void Printer::Node(const ast::DefaultValue&) { Text("DEFAULT"); }
void Printer::Node(const ast::ColumnReference& column) { Name(column.name); }

void Printer::Node(const ast::Star& star) {
  if (!star.qualifier.parts.empty()) {
    Name(star.qualifier);
    Text(".");
  }
  Text("*");
}

// A name before the dot would read as a qualified column: the base always stands in parentheses.
void Printer::Node(const ast::FieldSelection& selection) {
  Text("(");
  Node(*selection.base);
  Text(").");
  if (selection.field) {
    Name(*selection.field);
  } else {
    Text("*");
  }
}

// x::int[1] would be a cast to an array type.
void Printer::Node(const ast::Subscript& subscript) {
  const bool bare = ast::As<ast::ColumnReference>(*subscript.base) ||
                    ast::As<ast::FunctionCall>(*subscript.base) ||
                    ast::As<ast::Parameter>(*subscript.base) ||
                    ast::As<ast::Subscript>(*subscript.base);
  if (!bare) Text("(");
  Node(*subscript.base);
  Text(bare ? "[" : ")[");
  if (subscript.lower) Put(*subscript.lower);
  if (subscript.slice) {
    Text(":");
    if (subscript.upper) Put(*subscript.upper);
  }
  Text("]");
}

void Printer::Operator(const ast::OperatorName& op) {
  if (op.schema.empty()) {
    Text(op.symbol);
    return;
  }
  Text("OPERATOR(");
  for (const ast::Identifier& part : op.schema) {
    Name(part);
    Text(".");
  }
  Text(op.symbol);
  Text(")");
}

void Printer::Node(const ast::UnaryOperation& operation) {
  Operator(operation.op);
  if (IsSign(operation.op)) {
    // Two signs in a row would begin a comment.
    const bool sign_again = TightnessOf(*operation.operand) == Tightness::kSign;
    Operand(*operation.operand, sign_again ? Tightness::kPostfix : Tightness::kSign);
  } else {
    Text(" ");
    Operand(*operation.operand, Tightness::kSum);
  }
}

void Printer::Node(const ast::BinaryOperation& operation) {
  const Tightness own = TightnessOfOperator(operation.op);
  // Comparisons do not associate.
  Operand(*operation.left, own == Tightness::kComparison ? Above(own) : own);
  Text(" ");
  Operator(operation.op);
  Text(" ");
  Operand(*operation.right, Above(own));
}

void Printer::Node(const ast::Logical& logical) {
  const bool is_or = logical.op == ast::LogicalOperator::kOr;
  bool first = true;
  for (const ast::Expression& operand : logical.operands) {
    if (!first) Text(is_or ? " OR " : " AND ");
    first = false;
    Operand(operand, is_or ? Tightness::kAnd : Tightness::kNot);
  }
}

void Printer::Node(const ast::Not& negation) {
  Text("NOT ");
  Operand(*negation.operand, Tightness::kNot);
}

void Printer::Node(const ast::IsTest& test) {
  constexpr std::array<std::string_view, 4> kWords = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
  Operand(*test.operand, Tightness::kOperator);
  Text(test.negated ? " IS NOT " : " IS ");
  Text(kWords[static_cast<size_t>(test.kind)]);
}

void Printer::Node(const ast::IsDistinct& distinct) {
  Operand(*distinct.left, Tightness::kOperator);
  Text(distinct.negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ");
  Operand(*distinct.right, Tightness::kOperator);
}

void Printer::Node(const ast::Between& between) {
  Operand(*between.operand, Tightness::kOperator);
  Text(between.negated ? " NOT BETWEEN " : " BETWEEN ");
  if (between.symmetric) Text("SYMMETRIC ");
  Operand(*between.low, Tightness::kOperator);
  Text(" AND ");
  Operand(*between.high, Tightness::kOperator);
}

void Printer::Node(const ast::Like& like) {
  constexpr std::array<std::string_view, 3> kWords = {"LIKE ", "ILIKE ", "SIMILAR TO "};
  Operand(*like.operand, Tightness::kOperator);
  Text(like.negated ? " NOT " : " ");
  Text(kWords[static_cast<size_t>(like.kind)]);
  Operand(*like.pattern, Tightness::kOperator);
  if (like.escape) {
    Text(" ESCAPE ");
    Operand(*like.escape, Tightness::kOperator);
  }
}

void Printer::Node(const ast::InList& in) {
  Operand(*in.operand, Tightness::kOperator);
  Text(in.negated ? " NOT IN (" : " IN (");
  Expressions(in.items);
  Text(")");
}

void Printer::Node(const ast::InQuery& in) {
  Operand(*in.operand, Tightness::kOperator);
  Text(in.negated ? " NOT IN " : " IN ");
  InParentheses(*in.query);
}

void Printer::Node(const ast::Quantified& quantified) {
  Operand(*quantified.operand, Tightness::kOperator);
  Text(" ");
  Operator(quantified.op);
  Text(quantified.all ? " ALL " : " ANY ");
  if (quantified.query) {
    InParentheses(*quantified.query);
  } else {
    Text("(");
    Put(*quantified.array);
    Text(")");
  }
}

void Printer::InParentheses(const ast::Query& query) {
  Text("(");
  Put(query);
  Text(")");
}

void Printer::Node(const ast::Exists& exists) {
  Text("EXISTS ");
  InParentheses(*exists.query);
}
void Printer::Node(const ast::ScalarSubquery& subquery) { InParentheses(*subquery.query); }
void Printer::Node(const ast::ArraySubquery& subquery) {
  Text("ARRAY");
  InParentheses(*subquery.query);
}

void Printer::Node(const ast::ArrayLiteral& array) {
  Text("ARRAY[");
  Expressions(array.elements);
  Text("]");
}

void Printer::Node(const ast::Row& row) {
  // Fewer than two values in parentheses are no row.
  Text(row.explicit_row || row.fields.size() < 2 ? "ROW(" : "(");
  Expressions(row.fields);
  Text(")");
}

void Printer::Node(const ast::Case& choice) {
  Text("CASE");
  if (choice.operand) {
    Text(" ");
    Put(*choice.operand);
  }
  for (const ast::CaseBranch& branch : choice.branches) {
    Text(" WHEN ");
    Put(branch.condition);
    Text(" THEN ");
    Put(branch.result);
  }
  Clause(" ELSE ", choice.otherwise);
  Text(" END");
}

void Printer::Node(const ast::Cast& cast) {
  const ast::TypeName& type = *cast.type;
  const auto* text = ast::As<ast::StringLiteral>(*cast.operand);
  const bool interval = type.name.parts.size() == 1 && type.name.Last().text == "interval" &&
                        type.dimensions.empty() && !type.set_of;
  if (text && interval) {
    IntervalLiteral(text->value, type);
    return;
  }
  Operand(*cast.operand, Tightness::kPostfix);
  Text("::");
  Put(type);
}

void Printer::IntervalLiteral(const std::string& text, const ast::TypeName& type) {
  Text("INTERVAL");
  if (type.interval_fields.empty()) Modifiers(type);
  Text(" ");
  String(text);
  IntervalFields(type);
}

// The precision of an interval stands behind its last field.
void Printer::IntervalFields(const ast::TypeName& type) {
  if (type.interval_fields.empty()) return;
  Text(" ");
  std::string words = type.interval_fields;
  std::ranges::transform(words, words.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  Text(words);
  Modifiers(type);
}

void Printer::Modifiers(const ast::TypeName& type) {
  if (type.modifiers.empty()) return;
  Text("(");
  Expressions(type.modifiers);
  Text(")");
}

void Printer::Put(const ast::TypeName& type) {
  if (type.set_of) Text("SETOF ");
  const bool one_name = type.name.parts.size() == 1;
  if (one_name && IsBareType(type.name.Last().text)) {
    Text(type.name.Last().text);
  } else {
    Name(type.name);
  }
  if (type.interval_fields.empty()) Modifiers(type);
  IntervalFields(type);
  for (const std::optional<int64_t>& bound : type.dimensions) {
    Text("[");
    if (bound) Text(std::to_string(*bound));
    Text("]");
  }
}

void Printer::Node(const ast::Collate& collate) {
  Operand(*collate.operand, Tightness::kCollate);
  Text(" COLLATE ");
  Name(collate.collation);
}

void Printer::Node(const ast::CurrentValue& value) {
  constexpr std::array<std::string_view, 10> kWords = {
      "CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME",       "LOCALTIMESTAMP",
      "CURRENT_USER", "SESSION_USER", "CURRENT_ROLE",      "CURRENT_CATALOG", "CURRENT_SCHEMA"};
  Text(kWords[static_cast<size_t>(value.kind)]);
  if (value.precision) Text("(" + std::to_string(*value.precision) + ")");
}

}  // namespace riverrun::parser
