// Statements about rows.
#include <array>

#include "parser/print/printer.h"

namespace riverrun::parser {

void Printer::Node(const ast::Insert& insert) {
  using Overriding = ast::Insert::Overriding;
  if (insert.with) With(*insert.with);
  Text("INSERT INTO ");
  Name(insert.relation);
  if (insert.alias) {
    Text(" AS ");
    Name(*insert.alias);
  }
  NamesInParentheses(insert.columns);
  if (insert.overriding == Overriding::kSystemValue) Text(" OVERRIDING SYSTEM VALUE");
  if (insert.overriding == Overriding::kUserValue) Text(" OVERRIDING USER VALUE");
  if (insert.source) {
    Text(" ");
    Put(*insert.source);
  } else {
    Text(" DEFAULT VALUES");
  }
  if (insert.on_conflict) Put(*insert.on_conflict);
  Returning(insert.returning);
}

void Printer::Put(const ast::OnConflict& conflict) {
  Text(" ON CONFLICT");
  NamesInParentheses(conflict.columns);
  Clause(" WHERE ", conflict.target_where);
  if (conflict.constraint) {
    Text(" ON CONSTRAINT ");
    Name(*conflict.constraint);
  }
  if (!conflict.update) {
    Text(" DO NOTHING");
    return;
  }
  Text(" DO UPDATE SET ");
  Assignments(conflict.assignments);
  Clause(" WHERE ", conflict.where);
}

void Printer::Assignments(const std::vector<ast::Assignment>& assignments) {
  List(assignments, [this](const ast::Assignment& assignment) {
    if (assignment.row) {
      Text("(");
      Names(assignment.columns);
      Text(") = ");
    } else {
      Names(assignment.columns);
      Text(" = ");
    }
    Put(assignment.value);
  });
}

void Printer::Returning(const std::vector<ast::SelectItem>& items) {
  if (items.empty()) return;
  Text(" RETURNING ");
  Items(items);
}

void Printer::WhereOrCursor(const ast::Box<ast::Expression>& where,
                            const std::optional<ast::Identifier>& cursor) {
  Clause(" WHERE ", where);
  if (!cursor) return;
  Text(" WHERE CURRENT OF ");
  Name(*cursor);
}

void Printer::Node(const ast::Update& update) {
  if (update.with) With(*update.with);
  Text(update.only ? "UPDATE ONLY " : "UPDATE ");
  Name(update.relation);
  if (update.alias) {
    Text(" AS ");
    Name(*update.alias);
  }
  Text(" SET ");
  Assignments(update.assignments);
  if (!update.from.empty()) {
    Text(" FROM ");
    From(update.from);
  }
  WhereOrCursor(update.where, update.current_of);
  Returning(update.returning);
}

void Printer::Node(const ast::Delete& removal) {
  if (removal.with) With(*removal.with);
  Text(removal.only ? "DELETE FROM ONLY " : "DELETE FROM ");
  Name(removal.relation);
  if (removal.alias) {
    Text(" AS ");
    Name(*removal.alias);
  }
  if (!removal.using_items.empty()) {
    Text(" USING ");
    From(removal.using_items);
  }
  WhereOrCursor(removal.where, removal.current_of);
  Returning(removal.returning);
}

void Printer::Node(const ast::Truncate& truncate) {
  Text("TRUNCATE ");
  List(truncate.relations, [this](const ast::QualifiedName& name) { Name(name); });
  if (truncate.restart_identity) Text(" RESTART IDENTITY");
  Behavior(truncate.behavior);
}

void Printer::Node(const ast::Copy& copy) {
  using Target = ast::Copy::Target;
  Text("COPY ");
  if (copy.statement) {
    Text("(");
    Put(*copy.statement);
    Text(")");
  } else {
    Name(copy.relation);
    NamesInParentheses(copy.columns);
  }
  Text(copy.from ? " FROM " : " TO ");
  switch (copy.target) {
    case Target::kStdin:
      Text("STDIN");
      break;
    case Target::kStdout:
      Text("STDOUT");
      break;
    case Target::kProgram:
      Text("PROGRAM ");
      [[fallthrough]];
    case Target::kFile:
      String(copy.path);
      break;
  }
  if (!copy.options.empty()) {
    Text(" WITH (");
    OptionList(copy.options, " ");
    Text(")");
  }
  Clause(" WHERE ", copy.where);
}

void Printer::Node(const ast::Subscribe& subscribe) {
  Text("SUBSCRIBE TO ");
  if (subscribe.query) {
    InParentheses(*subscribe.query);
  } else {
    Name(subscribe.relation);
  }
  if (subscribe.as_of) {
    Text(" AS OF ");
    String(*subscribe.as_of);
  }
  With(subscribe.options);
}

void Printer::Node(const ast::WaitFor& wait) {
  Text("WAIT FOR STREAM ");
  Name(wait.stream);
  if (wait.partition) Text(" PARTITION " + std::to_string(*wait.partition));
  Text(" OFFSET " + std::to_string(wait.offset));
}

void Printer::Node(const ast::Explain& explain) {
  Text("EXPLAIN ");
  if (!explain.options.empty()) {
    Text("(");
    OptionList(explain.options, " ");
    Text(") ");
  }
  if (explain.statement) {
    Put(*explain.statement);
    return;
  }
  if (explain.relation_kind) {
    Kind(*explain.relation_kind);
    Text(" ");
  }
  Name(*explain.relation);
}

void Printer::Node(const ast::Prepare& prepare) {
  Text("PREPARE ");
  Name(prepare.name);
  if (!prepare.types.empty()) {
    Text(" (");
    List(prepare.types, [this](const ast::TypeName& type) { Put(type); });
    Text(")");
  }
  Text(" AS ");
  Put(*prepare.statement);
}

void Printer::Node(const ast::Execute& execute) {
  Text("EXECUTE ");
  Name(execute.name);
  if (execute.arguments.empty()) return;
  Text(" (");
  Expressions(execute.arguments);
  Text(")");
}

void Printer::Node(const ast::Deallocate& deallocate) {
  Text("DEALLOCATE ");
  if (deallocate.name) {
    Name(*deallocate.name);
  } else {
    Text("ALL");
  }
}

void Printer::Node(const ast::DeclareCursor& cursor) {
  using Scroll = ast::DeclareCursor::Scroll;
  Text("DECLARE ");
  Name(cursor.name);
  if (cursor.binary) Text(" BINARY");
  if (cursor.insensitive) Text(" INSENSITIVE");
  if (cursor.scroll == Scroll::kScroll) Text(" SCROLL");
  if (cursor.scroll == Scroll::kNoScroll) Text(" NO SCROLL");
  Text(cursor.hold ? " CURSOR WITH HOLD FOR " : " CURSOR FOR ");
  Put(*cursor.statement);
}

void Printer::Node(const ast::Fetch& fetch) {
  constexpr std::array<std::string_view, 4> kDirections = {"FORWARD ", "BACKWARD ", "ABSOLUTE ",
                                                           "RELATIVE "};
  Text(fetch.move ? "MOVE " : "FETCH ");
  Text(kDirections[static_cast<size_t>(fetch.direction)]);
  Text(fetch.count ? std::to_string(*fetch.count) : "ALL");
  Text(" FROM ");
  Name(fetch.cursor);
}

void Printer::Node(const ast::CloseCursor& close) {
  Text("CLOSE ");
  if (close.name) {
    Name(*close.name);
  } else {
    Text("ALL");
  }
}

}  // namespace riverrun::parser
