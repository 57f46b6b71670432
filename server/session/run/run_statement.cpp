#include <algorithm>

#include "executor/sources/reader_rows.h"
#include "planner/explain.h"
#include "planner/overloaded.h"
#include "server/engine/relation.h"
#include "server/relations/registry.h"
#include "server/engine/stream_connections.h"
#include "server/session/session_impl.h"

namespace riverrun::server {
namespace {

using planner::Overloaded;
using storage::ObjectKind;

std::vector<Field> TextField(std::string name) { return {{std::move(name), Type::Text()}}; }

std::string_view KindTag(ast::ObjectKind kind) {
  switch (kind) {
    case ast::ObjectKind::kTable: return "TABLE";
    case ast::ObjectKind::kStream: return "STREAM";
    case ast::ObjectKind::kSource: return "SOURCE";
    case ast::ObjectKind::kView: return "VIEW";
    case ast::ObjectKind::kMaterializedView: return "MATERIALIZED VIEW";
    case ast::ObjectKind::kIndex: return "INDEX";
    case ast::ObjectKind::kSink: return "SINK";
    case ast::ObjectKind::kSchema: return "SCHEMA";
    case ast::ObjectKind::kSecret: return "SECRET";
    case ast::ObjectKind::kAlert: return "ALERT";
    case ast::ObjectKind::kModel: return "MODEL";
    case ast::ObjectKind::kFunction: return "FUNCTION";
    case ast::ObjectKind::kRole: return "ROLE";
    case ast::ObjectKind::kColumn: return "COLUMN";
  }
  return "";
}

std::string CatalogTag(const ast::Statement& statement) {
  if (const auto* create = std::get_if<ast::CreateRelation>(&statement.node)) {
    return "CREATE " + std::string(KindTag(create->kind));
  }
  if (const auto* create = std::get_if<ast::CreateView>(&statement.node)) {
    return create->materialized ? "CREATE MATERIALIZED VIEW" : "CREATE VIEW";
  }
  if (std::holds_alternative<ast::CreateSink>(statement.node)) return "CREATE SINK";
  if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) {
    return "DROP " + std::string(KindTag(drop->kind));
  }
  if (std::holds_alternative<ast::CreateSchema>(statement.node)) return "CREATE SCHEMA";
  if (std::holds_alternative<ast::Comment>(statement.node)) return "COMMENT";
  if (std::holds_alternative<ast::RefreshView>(statement.node)) return "REFRESH MATERIALIZED VIEW";
  return "ALTER";
}

bool IsShow(const ast::Statement& statement) {
  return std::holds_alternative<ast::ShowObjects>(statement.node) ||
         std::holds_alternative<ast::ShowCreate>(statement.node) ||
         std::holds_alternative<ast::Describe>(statement.node);
}

// Columns of a plan that are columns of a relation: a plan passes them on under their ids.
using Origins = std::map<ColumnId, std::pair<ObjectId, int16_t>>;
void AddOrigins(const planner::LogicalPlan& plan, Origins& origins) {
  const auto* scan = planner::As<planner::Scan>(plan);
  if (scan != nullptr && !storage::IsVirtual(scan->object) && !storage::IsErrors(scan->object)) {
    for (const planner::Scan::Column& column : scan->columns) {
      origins[column.column.id] = {scan->object, static_cast<int16_t>(column.position + 1)};
    }
  }
  for (const planner::LogicalPlan& input : planner::InputsOf(*plan)) AddOrigins(input, origins);
}

}  // namespace

std::vector<Field> FieldsOfQuery(const planner::BoundQuery& query) {
  Origins origins;
  AddOrigins(query.plan, origins);
  std::map<ColumnId, Type> types;
  for (const planner::PlanColumn& column : planner::OutputOf(*query.plan)) {
    types[column.id] = column.type;
  }
  std::vector<Field> fields;
  for (const planner::ResultColumn& column : query.result) {
    Type type = types.at(column.column);
    if (type.kind == TypeKind::kNull) type = Type::Text();
    const auto [table, position] = origins[column.column];
    fields.push_back({column.name, type, table, position});
  }
  return fields;
}

planner::BindContext Session::Impl::Context() {
  planner::BindContext context;
  context.catalog = engine.catalog();
  context.virtual_relations = &SystemRelations();
  if (in_transaction()) {
    auto over = transaction.writes.CatalogOver(*context.catalog);
    if (!over) throw SqlError(over.error().sqlstate, over.error().text);
    context.catalog = *std::move(over);
  }
  context.principal = principal;
  context.settings = settings.settings();
  context.search_path = settings.search_path();
  context.database = options.database;
  context.user = options.user;
  context.now = in_transaction() ? transaction.begin : engine.clock().Now();
  context.next_object = [this] { return engine.AllocateObject(); };
  context.version = "PostgreSQL " + settings.Value("server_version");
  context.process_id = options.process_id;
  context.setting = [this](std::string_view name) -> std::optional<std::string> {
    const Result<std::string> value = settings.Show(name);
    if (!value) return std::nullopt;
    return *value;
  };
  return context;
}

planner::BoundStatement Session::Impl::Bind(const ParsedStatement& parsed,
                                            std::vector<planner::BindParameter> parameters) {
  CheckNotFailed(*parsed.statement);
  planner::BindContext context = Context();
  context.parameters = std::move(parameters);
  return planner::Bind(*parsed.statement, context);
}

std::optional<std::vector<Field>> Session::Impl::FieldsOf(const planner::BoundStatement& bound) {
  using Fields = std::optional<std::vector<Field>>;
  const auto of_write = [](const planner::WritePlan& plan) -> Fields {
    if (plan.returning.empty()) return std::nullopt;
    std::vector<Field> fields;
    for (const planner::ReturningColumn& column : plan.returning) {
      Field& field = fields.emplace_back();
      field.name = column.name;
      field.type = executor::TypeOf(*column.expression);
      if (const auto* stored = std::get_if<executor::ColumnRef>(&column.expression->node)) {
        field.table = plan.table;
        field.column = static_cast<int16_t>(stored->index + 1);
      }
    }
    return fields;
  };
  const auto of_session = [this](const planner::SessionPlan& plan) -> Fields {
    if (const auto* show = std::get_if<ast::ShowSetting>(&plan)) return ShowFields(*show);
    if (const auto* execute = std::get_if<ast::Execute>(&plan)) {
      const auto found = statements.find(execute->name.text);
      return found == statements.end() ? std::nullopt : found->second.fields;
    }
    if (const auto* fetch = std::get_if<ast::Fetch>(&plan); fetch != nullptr && !fetch->move) {
      const auto found = portals.find(fetch->cursor.text);
      return found == portals.end() ? std::nullopt : found->second->fields;
    }
    return std::nullopt;
  };
  return std::visit(
      Overloaded{
          [](const planner::QueryPlan& plan) -> Fields { return FieldsOfQuery(plan.query); },
          of_write, of_session,
          [](const planner::ExplainPlanned&) -> Fields { return TextField("QUERY PLAN"); },
          [](const auto&) -> Fields { return std::nullopt; }},
      bound.plan);
}

Result<Answer> Session::Impl::Run(const planner::BoundStatement& bound,
                                  const ast::Statement& statement, const Caller& caller) {
  const auto tell = [&](const std::vector<planner::Notice>& notices) {
    for (const planner::Notice& notice : notices) {
      Tell(caller.client, Severity::kNotice, {notice.sqlstate, notice.text, {}, notice.hint});
    }
  };
  return std::visit(
      Overloaded{
          [&](const planner::QueryPlan& plan) {
            tell(plan.notices);
            return RunQueryPlan(plan, statement, caller.client);
          },
          [&](const planner::WritePlan& plan) { return RunWrite(plan, caller.alone); },
          [&](const planner::CatalogPlan& plan) {
            tell(plan.notices);
            return RunCatalog(plan.changes, CatalogTag(statement), caller.alone,
                              plan.source_position);
          },
          [&](const planner::MaterializedViewPlan& plan) {
            const planner::PlannedView view = planner::PlanMaterializedView(
                plan, [this] { return engine.AllocateOperator(); });
            tell(view.query.notices);
            return RunCatalog({view.change}, CatalogTag(statement), caller.alone);
          },
          [&](const planner::ExplainPlanned& plan) { return RunExplain(plan); },
          [&](const planner::PreparePlan& plan) { return RunPrepare(plan); },
          [&](const planner::CursorPlan& plan) { return DeclareCursor(plan, caller); },
          [&](const planner::WaitPlan& plan) { return RunWait(plan); },
          [&](const planner::StreamResetPlan& plan) { return RunStreamReset(plan, caller.alone); },
          [&](const planner::AdvancePlan& plan) { return RunAdvance(plan, caller.alone); },
          [&](const planner::SessionPlan& plan) { return RunSession(plan, caller); }},
      bound.plan);
}

Result<Answer> Session::Impl::RunPrepare(const planner::PreparePlan& plan) {
  if (statements.contains(plan.name)) {
    return Fail(State("42P05"), "prepared statement \"" + plan.name + "\" already exists");
  }
  if (auto room = CheckRoomForStatement(); !room) return std::unexpected(room.error());
  Prepared prepared;
  prepared.parsed = {plan.statement, std::make_shared<const std::string>()};
  prepared.parameters = plan.described->parameters;
  for (const Type& type : prepared.parameters) prepared.declared.push_back({type, {}});
  prepared.fields = FieldsOf(*plan.described);
  statements[plan.name] = std::move(prepared);
  return Answer{.rows = nullptr, .tag = "PREPARE"};
}

Result<storage::ReadView> Session::Impl::OpenRead(const std::vector<ObjectId>& objects) {
  const auto open = [&](bool all) {
    return all ? engine.OpenSnapshot(objects, last_write, *cancel)
               : engine.OpenRead(objects, last_write, *cancel);
  };
  Result<storage::ReadView> view = storage::ReadView{};
  if (!in_transaction()) {
    view = open(AnyVirtual(objects));
    if (!view) return view;
    AddEmpty(objects, false, *view);
    return AddMadeRows(objects, *std::move(view));
  }
  transaction.has_read = true;
  const storage::CatalogRef catalog = Context().catalog;
  for (const ObjectId object : objects) {
    const ObjectId owner = storage::OwnerOf(object);
    const storage::ObjectRef made =
        transaction.created.contains(owner) ? catalog->Find(owner) : nullptr;
    if (made == nullptr || made->kind != ObjectKind::kMaterializedView) continue;
    return Fail(sqlstate::kFeatureNotSupported,
                "reading a materialized view in the transaction that creates it is not supported "
                "yet");
  }
  const bool repeatable = settings.Value("transaction_isolation") == "repeatable read";
  if (repeatable) {
    if (!transaction.repeatable) {
      view = open(true);
      if (!view) return view;
      transaction.repeatable = *view;
    }
    view = *transaction.repeatable;
  } else {
    view = open(AnyVirtual(objects));
    if (!view) return view;
  }
  view->overlay = &transaction.writes;
  AddEmpty(objects, repeatable, *view);
  return AddMadeRows(objects, *std::move(view));
}

// Made by this transaction, or behind the epoch it reads: empty but for its own writes. The errors
// of a stream without a connector: none.
void Session::Impl::AddEmpty(const std::vector<ObjectId>& objects, bool repeatable,
                             storage::ReadView& view) {
  storage::CatalogRef catalog;
  for (const ObjectId id : objects) {
    if (storage::IsVirtual(id) || view.versions.contains(id)) continue;
    if (catalog == nullptr) catalog = Context().catalog;
    const storage::ObjectRef object = catalog->Find(storage::OwnerOf(id));
    if (object == nullptr || !IsFedByJournal(*object)) continue;
    storage::ViewLayout layout;
    if (storage::IsErrors(id)) {
      layout = ErrorLayoutOf(*object);
    } else if (transaction.created.contains(id) || repeatable) {
      const auto relation = RelationOf(*object);
      CHECK(relation.has_value() && relation->has_value());
      layout = (*relation)->layout;
    } else {
      continue;
    }
    view.versions[id] = EmptyContent(id, std::move(layout), view.epoch);
  }
}

storage::ReadView Session::Impl::AddMadeRows(const std::vector<ObjectId>& objects,
                                             storage::ReadView view) {
  if (!AnyVirtual(objects)) return view;
  Moment moment{.view = view,
                .sources = engine.Sources(view),
                .late = engine.Late(),
                .progress = engine.Progress(),
                .search_path = settings.search_path()};
  moment.view.catalog = Context().catalog;
  view.made = MakeRowsOf(objects, moment, &budget);
  return view;
}

std::vector<ObjectId> Session::Impl::ErrorsToWarnOf(const std::vector<ObjectId>& objects) {
  std::vector<ObjectId> errors;
  const storage::CatalogRef catalog = engine.catalog();
  for (const ObjectId id : objects) {
    const storage::ObjectRef object = catalog->Find(id);
    if (object == nullptr || object->kind != ObjectKind::kMaterializedView) continue;
    if (!warned.contains(id)) errors.push_back(storage::ErrorsOf(id));
  }
  return errors;
}

void Session::Impl::WarnOfErrors(const std::vector<ObjectId>& errors, const storage::ReadView& view,
                                 Client& client) {
  for (const ObjectId id : errors) {
    const auto version = view.versions.find(id);
    const int64_t failed = version == view.versions.end() ? 0 : SizeOf(*version->second).rows;
    const storage::ObjectRef object = engine.catalog()->Find(storage::OwnerOf(id));
    if (failed == 0 || object == nullptr) continue;
    warned.insert(object->id);
    const std::string rows = failed == 1 ? "1 row" : std::to_string(failed) + " rows";
    Tell(client, Severity::kWarning,
         {State("01000"), rows + " failed in materialized view \"" + object->name + "\"", {},
          "SELECT * FROM " + storage::ErrorRelationOf(*object)->name + " says which and why."});
  }
}

Result<std::unique_ptr<RowStream>> Session::Impl::OpenQuery(const planner::BoundQuery& query,
                                                            Client& client) {
  const Micros now = in_transaction() ? transaction.begin : engine.clock().Now();
  planner::LoweredQuery lowered = planner::PlanQuery(query, {});
  std::vector<ObjectId> objects = query.reads;
  const std::vector<ObjectId> errors = ErrorsToWarnOf(objects);
  objects.insert(objects.end(), errors.begin(), errors.end());
  auto view = OpenRead(objects);
  if (!view) return std::unexpected(view.error());
  if (auto all = CheckAllThere(*view, query.reads); !all) return std::unexpected(all.error());
  WarnOfErrors(errors, *view, client);
  const auto open_outside = [this,
                             catalog = Context().catalog](const executor::SourceSpec& source) {
    const storage::ObjectRef object = catalog->Find(source.object);
    if (object == nullptr || !IsConnected(*object)) return std::unique_ptr<executor::BatchSource>();
    auto rows = engine.OpenStream(*object, source.columns);
    return rows ? *std::move(rows) : executor::MakeFailedRows(rows.error());
  };
  return RunQuery(
      {std::move(lowered), *std::move(view), settings.settings(), now, &budget, open_outside});
}

Result<void> Session::Impl::CheckAllThere(const storage::ReadView& view,
                                          const std::vector<ObjectId>& objects) {
  storage::CatalogRef catalog;
  for (const ObjectId id : objects) {
    if (view.versions.contains(id) || view.made.contains(id)) continue;
    if (catalog == nullptr) catalog = Context().catalog;
    const storage::ObjectRef object = catalog->Find(storage::OwnerOf(id));
    if (object == nullptr) {
      return Fail(sqlstate::kUndefinedTable,
                  "a relation of the statement was dropped by another session");
    }
    if (!IsFedByJournal(*object) && object->kind != ObjectKind::kMaterializedView) continue;
    return Fail(sqlstate::kUndefinedTable,
                "relation \"" + object->name + "\" has no content that this transaction can read");
  }
  return {};
}

Result<Answer> Session::Impl::RunQueryPlan(const planner::QueryPlan& plan,
                                           const ast::Statement& statement, Client& client) {
  if (plan.continuous) {
    return Fail(sqlstate::kFeatureNotSupported, "SELECT ... EMIT CHANGES is not supported yet");
  }
  auto rows = OpenQuery(plan.query, client);
  if (!rows) return std::unexpected(rows.error());
  const bool show = IsShow(statement);
  return Answer{.rows = *std::move(rows), .tag = show ? "SHOW" : "SELECT", .counts_rows = !show};
}

Result<Answer> Session::Impl::RunExplain(const planner::ExplainPlanned& plan) {
  const auto lines = planner::ExplainStatement(*plan.statement);
  if (!lines) {
    return Fail(sqlstate::kFeatureNotSupported, "EXPLAIN of such a statement is not supported");
  }
  std::vector<Batch> rows;
  for (const std::string& line : *lines) rows.push_back(TextRow({line}));
  return Answer{.rows = MakeRows(std::move(rows)), .tag = "EXPLAIN"};
}

Result<Answer> Session::Impl::RunCatalog(std::vector<storage::CatalogChange> changes,
                                         std::string tag, bool alone, uint32_t source_position) {
  Answer answer{.rows = nullptr, .tag = std::move(tag)};
  if (changes.empty()) return answer;
  if (auto may = CheckMayWrite(answer.tag); !may) return std::unexpected(may.error());
  for (storage::CatalogChange& change : changes) {
    auto* create = std::get_if<storage::CreateObject>(&change);
    if (create == nullptr || !IsConnected(*create->object)) continue;
    auto started = engine.WithStarts(*create->object);
    if (!started) {
      throw SqlError(started.error().sqlstate, started.error().text, source_position)
          .WithDetail(started.error().detail)
          .WithHint(started.error().hint);
    }
    create->object = *std::move(started);
  }
  if (!alone) {
    for (storage::CatalogChange& change : changes) {
      if (const auto* create = std::get_if<storage::CreateObject>(&change)) {
        transaction.created.insert(create->object->id);
      }
      transaction.writes.Add(std::move(change));
    }
    return answer;
  }
  storage::WriteSet writes(WriteOptions(/*block=*/false));
  for (storage::CatalogChange& change : changes) writes.Add(std::move(change));
  const auto committed = engine.Commit(writes, CommitDurability(), *cancel);
  if (!committed) return std::unexpected(committed.error());
  if (committed->lsn != 0) last_write = committed->lsn;
  return answer;
}

}  // namespace riverrun::server
