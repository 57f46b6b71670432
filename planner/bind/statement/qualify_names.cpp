#include "planner/bind/statement/qualify_names.h"

namespace riverrun::planner {
namespace {

class Qualifier {
 public:
  explicit Qualifier(const MeantNames& meant) : meant_(meant) {}

  void Walk(ast::Query& query) {
    if (query.with) {
      for (ast::CommonTable& table : query.with->tables) Walk(*table.query);
    }
    if (auto* table = std::get_if<ast::TableQuery>(&query.body)) query.body = AsSelect(*table);
    std::visit([&](auto& body) { Walk(body); }, query.body);
  }

 private:
  // TABLE t has no place for columns.
  static ast::Select AsSelect(const ast::TableQuery& table) {
    const ast::Span span = table.name.span;
    ast::Select select;
    select.items.push_back({ast::Expression{ast::Star{}, span}, std::nullopt, span});
    select.from.push_back({ast::NamedTable{table.name, false, {}}, std::nullopt, span});
    return select;
  }

  void Walk(ast::Values&) {}
  void Walk(ast::TableQuery&) {}
  void Walk(ast::SetOperation& operation) {
    Walk(*operation.left);
    Walk(*operation.right);
  }

  void Walk(ast::Select& select) {
    for (ast::TableRef& item : select.from) {
      std::visit([&](auto& node) { WalkItem(node); }, item.node);
    }
    std::vector<ast::SelectItem> items;
    for (ast::SelectItem& item : select.items) {
      const auto star = meant_.stars.find(item.expression.span.begin);
      if (ast::As<ast::Star>(item.expression) == nullptr || star == meant_.stars.end()) {
        items.push_back(std::move(item));
        continue;
      }
      for (const ast::QualifiedName& name : star->second) {
        items.push_back({{ast::ColumnReference{name}, item.span}, std::nullopt, item.span});
      }
    }
    select.items = std::move(items);
  }

  void WalkItem(ast::NamedTable& table) { Qualify(table.name); }
  void WalkItem(ast::DerivedTable& table) { Walk(*table.query); }
  // The relation of a window stands among its arguments.
  void WalkItem(ast::TableFunction& function) {
    for (ast::TableFunctionItem& item : function.functions) {
      for (ast::Argument& argument : item.call.arguments) WalkArgument(argument.value);
    }
  }
  void WalkItem(ast::Join&) {}
  void WalkItem(ast::Box<ast::MatchRecognize>&) {}

  void WalkArgument(ast::Expression& argument) {
    if (auto* reference = std::get_if<ast::ColumnReference>(&argument.node)) {
      Qualify(reference->name);
    } else if (auto* query = std::get_if<ast::ScalarSubquery>(&argument.node)) {
      Walk(*query->query);
    } else if (auto* table = std::get_if<ast::Box<ast::TableArgument>>(&argument.node)) {
      if ((*table)->query) {
        Walk(*(*table)->query);
      } else {
        Qualify((*table)->name);
      }
    }
  }

  void Qualify(ast::QualifiedName& name) const {
    const auto schema = meant_.schemas.find(name.span.begin);
    if (schema == meant_.schemas.end()) return;
    const ast::Identifier last = name.Last();
    name.parts = {{schema->second, false, last.span}, last};
  }

  const MeantNames& meant_;
};

}  // namespace

void QualifyNames(const BindState& state, ast::Query& query) {
  Qualifier(state.meant_names()).Walk(query);
}

}  // namespace riverrun::planner
