// The names of output columns, by PostgreSQL's rules.
#include "planner/bind/expression/bind_type.h"
#include "planner/bind/expression/expression_binder.h"
#include "planner/overloaded.h"

namespace riverrun::planner {
namespace {

constexpr std::string_view kUnnamed = "?column?";

// A name and how much it says: a cast's type is only taken where nothing better is inside.
struct Name {
  std::string text = {};
  int strength = 0;  // 0 none, 1 weak, 2 strong
};

Name NameOf(const ast::Expression& expression);

Name CurrentName(const ast::CurrentValue& node) {
  using Kind = ast::CurrentValue::Kind;
  switch (node.kind) {
    case Kind::kDate:
      return {"current_date", 2};
    case Kind::kTime:
      return {"current_time", 2};
    case Kind::kTimestamp:
      return {"current_timestamp", 2};
    case Kind::kLocalTime:
      return {"localtime", 2};
    case Kind::kLocalTimestamp:
      return {"localtimestamp", 2};
    case Kind::kUser:
      return {"current_user", 2};
    case Kind::kSessionUser:
      return {"session_user", 2};
    case Kind::kRole:
      return {"current_role", 2};
    case Kind::kCatalog:
      return {"current_catalog", 2};
    case Kind::kSchema:
      return {"current_schema", 2};
  }
  return {};
}

Name NameOf(const ast::Expression& expression) {
  return ast::Visit(
      expression,
      Overloaded{[](const ast::ColumnReference& node) { return Name{node.name.Last().text, 2}; },
                 [](const ast::FieldSelection& node) {
                   return node.field ? Name{node.field->text, 2} : Name{};
                 },
                 [](const ast::Subscript& node) { return NameOf(*node.base); },
                 [](const ast::FunctionCall& node) { return Name{node.name.Last().text, 2}; },
                 [](const ast::Cast& node) {
                   const Name inside = NameOf(*node.operand);
                   return inside.strength > 1 ? inside
                                              : Name{InternalTypeName(BindType(*node.type)), 1};
                 },
                 [](const ast::BooleanLiteral&) { return Name{"bool", 1}; },
                 [](const ast::Collate& node) { return NameOf(*node.operand); },
                 [](const ast::Case& node) {
                   const Name inside = node.otherwise ? NameOf(*node.otherwise) : Name{};
                   return inside.strength > 1 ? inside : Name{"case", 1};
                 },
                 [](const ast::ArrayLiteral&) { return Name{"array", 2}; },
                 [](const ast::ArraySubquery&) { return Name{"array", 2}; },
                 [](const ast::Exists&) { return Name{"exists", 2}; },
                 [](const ast::Row& node) { return node.explicit_row ? Name{"row", 2} : Name{}; },
                 [](const ast::CurrentValue& node) { return CurrentName(node); },
                 [](const auto&) { return Name{}; }});
}

}  // namespace

std::string ColumnNameOf(const ast::Expression& expression) {
  Name name = NameOf(expression);
  return name.text.empty() ? std::string(kUnnamed) : std::move(name.text);
}

}  // namespace riverrun::planner
