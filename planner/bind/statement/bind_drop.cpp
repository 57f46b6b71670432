// DROP, COMMENT ON, REFRESH.
#include <algorithm>

#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"

namespace riverrun::planner {
namespace {

using storage::CatalogObject;
using storage::ObjectKind;

// Kinds that the catalog has; others are not built yet.
ObjectKind KindOf(ast::ObjectKind kind, std::string_view verb, Position position) {
  const auto later = [&](std::string_view what) {
    NotYet(std::string(verb) + " " + std::string(what) + " is", position);
  };
  switch (kind) {
    case ast::ObjectKind::kTable:
      return ObjectKind::kTable;
    case ast::ObjectKind::kStream:
    case ast::ObjectKind::kSource:
      return ObjectKind::kStream;
    case ast::ObjectKind::kView:
      return ObjectKind::kView;
    case ast::ObjectKind::kMaterializedView:
      return ObjectKind::kMaterializedView;
    case ast::ObjectKind::kIndex:
      return ObjectKind::kIndex;
    case ast::ObjectKind::kSink:
      return ObjectKind::kSink;
    case ast::ObjectKind::kSchema:
      return ObjectKind::kSchema;
    case ast::ObjectKind::kRole:
      later("ROLE");
      break;
    case ast::ObjectKind::kSecret:
      later("SECRET");
      break;
    case ast::ObjectKind::kAlert:
      later("ALERT");
      break;
    case ast::ObjectKind::kModel:
      later("MODEL");
      break;
    case ast::ObjectKind::kFunction:
      later("FUNCTION");
      break;
    case ast::ObjectKind::kColumn:
      later("COLUMN");
      break;
  }
  return ObjectKind::kTable;
}

std::string Upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string WithArticle(std::string_view kind) {
  return (kind.front() == 'i' ? "an " : "a ") + std::string(kind);
}

// The object of that kind, or null. Throws if the name is another kind's.
storage::ObjectRef FindOfKind(const BindState& state, const ast::QualifiedName& name,
                              ObjectKind kind) {
  if (kind == ObjectKind::kSchema) {
    return state.context().catalog->FindSchema(name.Last().text);
  }
  storage::ObjectRef found = FindRelationIfThere(state, name);
  if (found == nullptr || found->kind == kind) return found;
  CheckIsCreated(*found, name.span.begin);
  const std::string_view other = storage::KindName(found->kind);
  throw SqlError(sqlstate::kWrongObjectType,
                 "\"" + found->name + "\" is not " + WithArticle(storage::KindName(kind)),
                 name.span.begin)
      .WithHint("Use DROP " + Upper(other) + " to remove " + WithArticle(other) + ".");
}

[[noreturn]] void Missing(const BindState& state, const ast::QualifiedName& name, ObjectKind kind) {
  const std::string text =
      std::string(storage::KindName(kind)) + " \"" + NameText(name) + "\" does not exist";
  if (kind == ObjectKind::kSchema) {
    throw SqlError(sqlstate::kInvalidSchemaName, text, name.span.begin);
  }
  SqlError error(
      kind == ObjectKind::kIndex ? sqlstate::kUndefinedObject : sqlstate::kUndefinedTable, text,
      name.span.begin);
  const BindContext& context = state.context();
  if (name.parts.size() == 1) {
    if (const auto near = context.catalog->NearestRelation(context.search_path, name.Last().text)) {
      error.hint = "Perhaps you meant \"" + *near + "\".";
    }
  }
  throw error;
}

// Drops one object with what needs it, each once, dependents first.
class Dropper {
 public:
  Dropper(BindState& state, CatalogPlan& plan, bool cascade)
      : state_(state), plan_(plan), cascade_(cascade) {}

  void Add(const CatalogObject& object, Position position) {
    const storage::CatalogSnapshot& catalog = *state_.context().catalog;
    const Result<void> allowed =
        storage::Authorize(state_.context().principal, catalog, object.id, storage::kOwn);
    if (!allowed) Throw(allowed.error(), position);
    if (cascade_) {
      for (const storage::ObjectRef& dependent : catalog.DependentsOf(object.id)) {
        if (!dropped_.insert(dependent->id).second) continue;
        plan_.changes.push_back(storage::DropObject{dependent->id});
        cascaded_.push_back(dependent->id);
      }
    }
    named_.insert(object.id);
    if (dropped_.insert(object.id).second) {
      plan_.changes.push_back(storage::DropObject{object.id});
    }
  }

  void AddNotices() {
    for (const ObjectId id : cascaded_) {
      if (named_.contains(id)) continue;
      const storage::ObjectRef object = state_.context().catalog->Find(id);
      plan_.notices.push_back({"drop cascades to " + std::string(storage::KindName(object->kind)) +
                               " " + object->name});
    }
  }

 private:
  BindState& state_;
  CatalogPlan& plan_;
  const bool cascade_;
  std::set<ObjectId> dropped_, named_;
  std::vector<ObjectId> cascaded_;
};

}  // namespace

CatalogPlan BindDrop(BindState& state, const ast::Drop& drop, ast::Span span) {
  CatalogPlan plan;
  const ObjectKind kind = KindOf(drop.kind, "DROP", span.begin);
  Dropper dropper(state, plan, drop.behavior == ast::Behavior::kCascade);
  for (const ast::ObjectName& object : drop.names) {
    storage::ObjectRef found;
    try {
      found = FindOfKind(state, object.name, kind);
    } catch (const SqlError& error) {
      // A schema that is not there means that the relation is not there either.
      if (!drop.if_exists || error.error.sqlstate != sqlstate::kInvalidSchemaName) throw;
    }
    if (found != nullptr) {
      dropper.Add(*found, object.name.span.begin);
    } else if (drop.if_exists) {
      plan.notices.push_back({std::string(storage::KindName(kind)) + " \"" + NameText(object.name) +
                              "\" does not exist, skipping"});
    } else {
      Missing(state, object.name, kind);
    }
  }
  dropper.AddNotices();
  CheckChanges(state, plan.changes, span.begin);
  return plan;
}

CatalogPlan BindComment(BindState& state, const ast::Comment& comment, ast::Span span) {
  const ObjectKind kind = KindOf(comment.kind, "COMMENT ON", span.begin);
  const storage::ObjectRef found = FindOfKind(state, comment.name.name, kind);
  if (found == nullptr) Missing(state, comment.name.name, kind);
  const Position position = comment.name.name.span.begin;
  const Result<void> allowed = storage::Authorize(
      state.context().principal, *state.context().catalog, found->id, storage::kOwn);
  if (!allowed) Throw(allowed.error(), position);
  CatalogObject object = *found;
  object.comment = comment.text.value_or("");
  ++object.version;
  CatalogPlan plan;
  plan.changes.push_back(
      storage::AlterObject{std::make_shared<const CatalogObject>(std::move(object))});
  return plan;
}

CatalogPlan BindRefresh(BindState& state, const ast::RefreshView& refresh) {
  const storage::ObjectRef found = FindRelation(state, refresh.name);
  if (found->kind != ObjectKind::kMaterializedView) {
    throw SqlError(sqlstate::kWrongObjectType, "\"" + found->name + "\" is not a materialized view",
                   refresh.name.span.begin);
  }
  return {{}, {{"materialized view \"" + found->name + "\" is always up to date"}}};
}

}  // namespace riverrun::planner
