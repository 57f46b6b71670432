// Statements about rows: INSERT, UPDATE, DELETE, prepared statements, cursors.
#include "parser/build/ast_builder.h"
#include "types/error.h"

namespace riverrun::parser {

ast::Statement AstBuilder::Build(P::RowStatementContext* context) {
  ast::Statement statement;
  statement.span = SpanOf(context);
  std::optional<ast::With> with;
  if (auto* clause = context->withClause()) with = Build(clause);
  if (auto* body = context->queryBody()) {
    ast::Query query = Build(body);
    if (with && query.with) {
      Unsupported("WITH before a parenthesised query that has its own WITH", statement.span);
    }
    if (with) query.with = std::move(with);
    query.span = statement.span;
    statement.node = std::move(query);
  } else if (auto* insert = context->insert()) {
    ast::Insert node = Build(insert);
    node.with = std::move(with);
    statement.node = std::move(node);
  } else if (auto* update = context->update()) {
    ast::Update node = Build(update);
    node.with = std::move(with);
    statement.node = std::move(node);
  } else {
    ast::Delete node = Build(context->deleteStatement());
    node.with = std::move(with);
    statement.node = std::move(node);
  }
  return statement;
}

ast::Insert AstBuilder::Build(P::InsertContext* context) {
  using Overriding = ast::Insert::Overriding;
  ast::Insert insert;
  insert.relation = Build(context->qualifiedName());
  if (auto* alias = context->identifier()) insert.alias = Name(alias);
  insert.columns = Names(context->nameList());
  if (context->K_OVERRIDING()) {
    insert.overriding = context->K_SYSTEM() ? Overriding::kSystemValue : Overriding::kUserValue;
  }
  if (auto* query = context->query()) {
    insert.source = Build(query);
    AddLiteralRows(*insert.source);
  }
  if (auto* conflict = context->onConflict()) insert.on_conflict = Build(conflict);
  if (auto* returning = context->returning()) insert.returning = Build(returning->selectList());
  return insert;
}

// The scanner took the rows behind the first one; they go back to their place. It only does so when
// VALUES follows INSERT INTO t directly, so that VALUES is the leftmost part of the source.
void AstBuilder::AddLiteralRows(ast::Query& source) {
  if (literal_rows_.empty()) return;
  ast::Query* query = &source;
  while (auto* operation = std::get_if<ast::SetOperation>(&query->body)) query = &*operation->left;
  auto* values = std::get_if<ast::Values>(&query->body);
  CHECK(values && !values->rows.empty(), "rows were read ahead of a source without VALUES");
  values->rows.insert(values->rows.begin() + 1, std::make_move_iterator(literal_rows_.begin()),
                      std::make_move_iterator(literal_rows_.end()));
  literal_rows_.clear();
}

ast::OnConflict AstBuilder::Build(P::OnConflictContext* context) {
  ast::OnConflict conflict;
  if (auto* target = context->conflictTarget()) {
    conflict.columns = Names(target->nameList());
    conflict.target_where = Optional(target->expression());
    if (auto* name = target->identifier()) conflict.constraint = Name(name);
  }
  conflict.update = context->K_UPDATE() != nullptr;
  if (conflict.update) {
    conflict.assignments = Build(context->assignments());
    conflict.where = Optional(context->expression());
  }
  return conflict;
}

std::vector<ast::Assignment> AstBuilder::Build(P::AssignmentsContext* context) {
  std::vector<ast::Assignment> assignments;
  for (auto* entry : context->assignment()) {
    ast::Assignment assignment;
    assignment.span = SpanOf(entry);
    if (auto* column = entry->identifier()) {
      assignment.columns.push_back(Name(column));
      assignment.value = Build(entry->rowValue());
    } else {
      assignment.row = true;
      assignment.columns = Names(entry->nameList());
      if (auto* query = entry->query()) {
        assignment.value = {ast::ScalarSubquery{Build(query)}, SpanOf(query)};
      } else {
        assignment.value = {ast::Row{Build(entry->valueRow()), true}, SpanOf(entry->valueRow())};
      }
    }
    assignments.push_back(std::move(assignment));
  }
  return assignments;
}

ast::Update AstBuilder::Build(P::UpdateContext* context) {
  ast::Update update;
  update.relation = Build(context->qualifiedName());
  update.only = context->K_ONLY() != nullptr;
  if (auto* alias = context->identifier()) update.alias = Name(alias);
  if (auto* alias = context->bareName()) update.alias = Name(alias);
  update.assignments = Build(context->assignments());
  update.from = Items(context->fromItem());
  if (auto* where = context->whereOrCursor()) {
    update.where = Optional(where->expression());
    if (auto* cursor = where->identifier()) update.current_of = Name(cursor);
  }
  if (auto* returning = context->returning()) update.returning = Build(returning->selectList());
  return update;
}

ast::Delete AstBuilder::Build(P::DeleteStatementContext* context) {
  ast::Delete removal;
  removal.relation = Build(context->qualifiedName());
  removal.only = context->K_ONLY() != nullptr;
  if (auto* alias = context->identifier()) removal.alias = Name(alias);
  if (auto* alias = context->bareName()) removal.alias = Name(alias);
  removal.using_items = Items(context->fromItem());
  if (auto* where = context->whereOrCursor()) {
    removal.where = Optional(where->expression());
    if (auto* cursor = where->identifier()) removal.current_of = Name(cursor);
  }
  if (auto* returning = context->returning()) removal.returning = Build(returning->selectList());
  return removal;
}

ast::Truncate AstBuilder::Build(P::TruncateContext* context) const {
  ast::Truncate truncate;
  for (auto* name : context->qualifiedName()) truncate.relations.push_back(Build(name));
  truncate.restart_identity = context->K_RESTART() != nullptr;
  truncate.behavior = Build(context->behavior());
  return truncate;
}

ast::Prepare AstBuilder::Build(P::PrepareContext* context) {
  return {Name(context->identifier()), Types(context->typeName()),
          InnerStatement(context->preparable())};
}

ast::DeclareCursor AstBuilder::Build(P::DeclareCursorContext* context) {
  using Scroll = ast::DeclareCursor::Scroll;
  ast::DeclareCursor cursor;
  cursor.name = Name(context->identifier());
  for (auto* word : context->cursorWord()) {
    if (word->K_BINARY()) cursor.binary = true;
    if (word->K_INSENSITIVE()) cursor.insensitive = true;
    if (word->K_SCROLL()) cursor.scroll = word->K_NO() ? Scroll::kNoScroll : Scroll::kScroll;
  }
  cursor.hold = context->K_WITH() != nullptr;
  if (auto* query = context->query()) {
    cursor.statement = ast::Statement{Build(query), SpanOf(query)};
  } else {
    cursor.statement = ast::Statement{Build(context->subscribe()), SpanOf(context->subscribe())};
  }
  return cursor;
}

ast::Fetch AstBuilder::Build(P::FetchContext* context) const {
  ast::Fetch fetch;
  fetch.move = context->K_MOVE() != nullptr;
  fetch.cursor = Name(context->identifier());
  if (auto* direction = context->fetchDirection()) SetDirection(fetch, direction);
  return fetch;
}

void AstBuilder::SetDirection(ast::Fetch& fetch, P::FetchDirectionContext* context) const {
  using Direction = ast::Fetch::Direction;
  if (auto* count = context->signedInteger()) fetch.count = Integer(count);
  if (context->K_ALL()) fetch.count.reset();
  if (context->K_BACKWARD() || context->K_PRIOR()) fetch.direction = Direction::kBackward;
  if (context->K_RELATIVE()) fetch.direction = Direction::kRelative;
  if (context->K_ABSOLUTE() || context->K_FIRST() || context->K_LAST()) {
    fetch.direction = Direction::kAbsolute;
  }
  if (context->K_LAST()) fetch.count = -1;
}

}  // namespace riverrun::parser
