// Queries.
#include <array>

#include "parser/print/printer.h"

namespace riverrun::parser {
namespace {

/// Whether a query is more than its body and so cannot be an operand without parentheses.
bool IsDecorated(const ast::Query& query) {
  return query.with || !query.order_by.empty() || query.limit || query.offset ||
         !query.locking.empty() || query.emit;
}

}  // namespace

void Printer::Put(const ast::Query& query) {
  if (query.with) With(*query.with);
  std::visit([this](const auto& body) { Node(body); }, query.body);
  OrderBy(query.order_by);
  if (query.with_ties) {
    // The count of FETCH takes no AND, OR or NOT.
    if (query.offset) Clause(" OFFSET ", query.offset);
    Text(" FETCH FIRST ");
    Operand(*query.limit, Tightness::kPostfix);
    Text(" ROWS WITH TIES");
  } else {
    Clause(" LIMIT ", query.limit);
    Clause(" OFFSET ", query.offset);
  }
  for (const ast::RowLocking& locking : query.locking) Put(locking);
  if (query.emit) Put(*query.emit);
}

void Printer::With(const ast::With& with) {
  using Materialized = ast::CommonTable::Materialized;
  Text(with.recursive ? "WITH RECURSIVE " : "WITH ");
  List(with.tables, [this](const ast::CommonTable& table) {
    Name(table.name);
    NamesInParentheses(table.columns);
    Text(" AS ");
    if (table.materialized == Materialized::kAlways) Text("MATERIALIZED ");
    if (table.materialized == Materialized::kNever) Text("NOT MATERIALIZED ");
    InParentheses(*table.query);
  });
  Text(" ");
}

void Printer::Node(const ast::Select& select) {
  Text("SELECT");
  if (!select.distinct_on.empty()) {
    Text(" DISTINCT ON (");
    Expressions(select.distinct_on);
    Text(")");
  } else if (select.distinct) {
    Text(" DISTINCT");
  }
  if (!select.items.empty()) {
    Text(" ");
    Items(select.items);
  }
  if (!select.from.empty()) {
    Text(" FROM ");
    From(select.from);
  }
  if (select.stream_window) Put(*select.stream_window);
  Clause(" WHERE ", select.where);
  if (!select.group_by.empty()) {
    Text(select.group_by_distinct ? " GROUP BY DISTINCT " : " GROUP BY ");
    List(select.group_by, [this](const ast::GroupingElement& element) { Put(element); });
  }
  Clause(" HAVING ", select.having);
  if (!select.windows.empty()) {
    Text(" WINDOW ");
    List(select.windows, [this](const ast::NamedWindow& window) {
      Name(window.name);
      Text(" AS ");
      Put(window.specification);
    });
  }
  Clause(" QUALIFY ", select.qualify);
}

void Printer::Items(const std::vector<ast::SelectItem>& items) {
  List(items, [this](const ast::SelectItem& item) {
    Put(item.expression);
    if (item.alias) {
      Text(" AS ");
      Name(*item.alias);
    }
  });
}

void Printer::Put(const ast::GroupingElement& element) {
  if (const auto* expression = std::get_if<ast::Expression>(&element.node)) {
    Put(*expression);
  } else if (const auto* rollup = std::get_if<ast::Rollup>(&element.node)) {
    Text(rollup->cube ? "CUBE (" : "ROLLUP (");
    Expressions(rollup->items);
    Text(")");
  } else if (const auto* sets = std::get_if<ast::GroupingSets>(&element.node)) {
    Text("GROUPING SETS (");
    List(sets->elements, [this](const ast::GroupingElement& inner) { Put(inner); });
    Text(")");
  } else {
    Text("()");
  }
}

void Printer::Put(const ast::StreamWindow& window) {
  constexpr std::array<std::string_view, 3> kKinds = {"TUMBLING", "HOPPING", "SESSION"};
  Text(" WINDOW ");
  Text(kKinds[static_cast<size_t>(window.kind)]);
  Text(" (");
  std::string_view separator;
  const auto setting = [&](std::string_view word, const ast::Box<ast::Expression>& length) {
    if (!length) return;
    Text(separator);
    Text(word);
    Put(*length);
    separator = ", ";
  };
  setting(window.kind == ast::StreamWindow::Kind::kSession ? "" : "SIZE ", window.size);
  setting("ADVANCE BY ", window.advance);
  setting("GRACE PERIOD ", window.grace);
  Text(")");
}

void Printer::Node(const ast::Values& values) {
  Text("VALUES ");
  List(values.rows, [this](const std::vector<ast::Expression>& row) {
    Text("(");
    Expressions(row);
    Text(")");
  });
}

void Printer::Node(const ast::TableQuery& table) {
  Text("TABLE ");
  Name(table.name);
}

void Printer::Node(const ast::SetOperation& operation) {
  constexpr std::array<std::string_view, 3> kWords = {" UNION ", " INTERSECT ", " EXCEPT "};
  SetOperand(*operation.left, operation, false);
  Text(kWords[static_cast<size_t>(operation.op)]);
  if (operation.all) Text("ALL ");
  SetOperand(*operation.right, operation, true);
}

// INTERSECT binds tighter than the other two; all of them go from left to right.
void Printer::SetOperand(const ast::Query& operand, const ast::SetOperation& operation,
                         bool right) {
  const auto* inner = std::get_if<ast::SetOperation>(&operand.body);
  const auto is_intersect = [](const ast::SetOperation& set) {
    return set.op == ast::SetOperator::kIntersect;
  };
  const bool looser = inner && !is_intersect(*inner) && is_intersect(operation);
  const bool parentheses =
      IsDecorated(operand) || looser || (inner && right) || (inner && options_.all_parentheses);
  if (parentheses) {
    InParentheses(operand);
  } else {
    Put(operand);
  }
}

void Printer::Put(const ast::RowLocking& locking) {
  constexpr std::array<std::string_view, 4> kStrengths = {" FOR UPDATE", " FOR NO KEY UPDATE",
                                                          " FOR SHARE", " FOR KEY SHARE"};
  Text(kStrengths[static_cast<size_t>(locking.strength)]);
  if (!locking.of.empty()) {
    Text(" OF ");
    List(locking.of, [this](const ast::QualifiedName& name) { Name(name); });
  }
  if (locking.wait == ast::RowLocking::Wait::kNoWait) Text(" NOWAIT");
  if (locking.wait == ast::RowLocking::Wait::kSkipLocked) Text(" SKIP LOCKED");
}

void Printer::Put(const ast::Emit& emit) {
  switch (emit.kind) {
    case ast::Emit::Kind::kChanges:
      Text(" EMIT CHANGES");
      break;
    case ast::Emit::Kind::kOnWindowClose:
      Text(" EMIT ON WINDOW CLOSE");
      break;
    case ast::Emit::Kind::kEvery:
      Clause(" EMIT EVERY ", emit.interval);
      break;
  }
}

}  // namespace riverrun::parser
