// ALTER.
#include <charconv>

#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"
#include "planner/bind/statement/stream_rows.h"

namespace riverrun::planner {
namespace {

using storage::ObjectKind;

// A word, a timestamp in quotes, or an offset.
std::variant<std::string, int64_t> PlaceOf(const ast::Expression& place) {
  if (const auto* word = std::get_if<ast::ColumnReference>(&place.node)) {
    const std::string& text = word->name.Last().text;
    if (word->name.parts.size() == 1 && (text == "earliest" || text == "latest")) return text;
  }
  if (const auto* text = std::get_if<ast::StringLiteral>(&place.node)) return text->value;
  if (const auto* number = std::get_if<ast::NumberLiteral>(&place.node)) {
    int64_t offset = 0;
    const char* const end = number->text.data() + number->text.size();
    const auto [read, error] = std::from_chars(number->text.data(), end, offset);
    if (error == std::errc() && read == end) return offset;
  }
  throw SqlError(sqlstate::kSyntaxError,
                 "a stream is reset to earliest, latest, a timestamp in "
                 "quotes or an offset",
                 place.span.begin);
}

storage::ObjectRef FindStream(BindState& state, const ast::QualifiedName& name) {
  storage::ObjectRef stream = FindRelation(state, name);
  if (stream->kind != ObjectKind::kStream) {
    throw SqlError(sqlstate::kWrongObjectType, "\"" + stream->name + "\" is not a stream",
                   name.span.begin);
  }
  const Result<void> allowed = storage::Authorize(
      state.context().principal, *state.context().catalog, stream->id, storage::kOwn);
  if (!allowed) Throw(allowed.error(), name.span.begin);
  return stream;
}

StatementPlan BindReset(BindState& state, const ast::Alter& alter, const ast::ResetTo& reset) {
  const storage::ObjectRef stream = FindStream(state, alter.name);
  const Position position = reset.position.span.begin;
  if (storage::ConnectorOf(*stream).empty()) {
    throw SqlError(sqlstate::kFeatureNotSupported,
                   "stream \"" + stream->name + "\" has no connector that could be reset",
                   alter.name.span.begin);
  }
  return StreamResetPlan{stream->id, PlaceOf(reset.position), reset.rebuild, position};
}

}  // namespace

StatementPlan BindAlter(BindState& state, const ast::Alter& alter, ast::Span span) {
  const bool is_stream =
      alter.kind == ast::ObjectKind::kStream || alter.kind == ast::ObjectKind::kSource;
  if (!is_stream || alter.if_exists || alter.actions.size() != 1) NotYet("ALTER is", span.begin);
  if (const auto* reset = std::get_if<ast::ResetTo>(&alter.actions.front())) {
    return BindReset(state, alter, *reset);
  }
  if (const auto* advance = std::get_if<ast::AdvanceWatermark>(&alter.actions.front())) {
    return BindAdvance(state, alter, *advance);
  }
  NotYet("this form of ALTER STREAM is", span.begin);
}

}  // namespace riverrun::planner
