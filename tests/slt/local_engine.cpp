#include "tests/slt/local_engine.h"

#include <algorithm>
#include <numeric>

#include "executor/runtime/local_driver.h"
#include "executor/view_source.h"
#include "parser/parser.h"
#include "planner/bind/settings_text.h"
#include "planner/explain.h"
#include "planner/overloaded.h"
#include "server/relations/registry.h"
#include "server/session/write_rows.h"
#include "storage/commit/table_layout.h"
#include "tests/slt/script.h"
#include "types/codec/key.h"
#include "types/text/text_format.h"

namespace riverrun::slt {
namespace {

using planner::Overloaded;

std::string StateText(const SqlState& state) { return {state.begin(), state.end()}; }

Answer Failed(const Error& error) {
  return {0, {}, Failure{StateText(error.sqlstate), error.text, error.hint}};
}
Answer NotHere(const std::string& what) {
  return {0, {}, Failure{"0A000", what + " needs a server", ""}};
}

std::string CellText(TextWriter& writer, const Column& column, uint32_t row) {
  if (column.IsNull(row)) return slt::CellText(std::nullopt);
  return slt::CellText(writer.ToText(column, row));
}

// Appends the rows of batches as texts, each as often as its weight says.
void AddRows(const std::vector<Batch>& batches, const Settings& settings, Answer& answer) {
  TextWriter writer(settings);
  for (const Batch& batch : batches) {
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      std::vector<std::string> texts;
      for (const Column& column : batch.columns) texts.push_back(CellText(writer, column, row));
      for (Weight i = 0; i < batch.WeightOf(row); ++i) answer.rows.push_back(texts);
    });
  }
}

class BatchList : public executor::BatchSource {
 public:
  explicit BatchList(Result<std::vector<Batch>> batches) : batches_(std::move(batches)) {}
  Result<std::optional<Batch>> Next() override {
    if (!batches_) return std::unexpected(batches_.error());
    if (next_ == batches_->size()) return std::nullopt;
    return (*batches_)[next_++];
  }

 private:
  const Result<std::vector<Batch>> batches_;
  size_t next_ = 0;
};

// Rows that fail are left out, as a continuous query leaves them out.
class DropFailing : public executor::ErrorSink {
 public:
  void Add(OperatorId, const Batch&, const ErrorLane&) override {}
};

std::vector<Batch> OneByOne(const std::vector<Batch>& batches) {
  std::vector<Batch> out;
  for (const Batch& batch : batches) {
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      const uint16_t only[] = {static_cast<uint16_t>(row)};
      out.push_back(TakeRows(batch, only));
    });
  }
  return out;
}

}  // namespace

// Goes on with every look, so that whoever waits for a time gets there.
class LocalEngine::TickingClock : public Clock {
 public:
  Micros Now() override { return now_ += 500; }

 private:
  Micros now_ = 1'780'000'000'000'000;
};

LocalEngine::LocalEngine(std::string mode, const RuntimeOptions& options)
    : mode_(std::move(mode)),
      options_(options),
      clock_(std::make_unique<TickingClock>()),
      files_(std::make_unique<simulation::MemoryFileSystem>(options.seed)) {
  runtime_ = std::make_unique<LocalRuntime>(*files_, *clock_, options_);
}

LocalEngine::~LocalEngine() = default;

bool LocalEngine::IsCalled(std::string_view name) const { return name == "local" || name == mode_; }

planner::BindContext LocalEngine::Context() {
  planner::BindContext context;
  context.catalog = runtime_->committer().catalog();
  context.virtual_relations = &server::SystemRelations();
  context.principal = {storage::CatalogSnapshot::kFirstRole, true};
  context.settings = settings_;
  context.search_path = search_path_;
  context.now = clock_->Now();
  context.next_object = [this] { return runtime_->committer().AllocateObject(); };
  return context;
}

Answer LocalEngine::Run(const std::string& sql) {
  views_to_check_.clear();
  try {
    Answer answer;
    for (const parser::ast::Statement& statement : parser::ParseStatements(sql)) {
      answer = RunStatement(statement);
      if (answer.failure) break;
    }
    return answer;
  } catch (const SqlError& error) {
    return {0, {}, Failure{StateText(error.error.sqlstate), error.error.text, error.hint}};
  }
}

Answer LocalEngine::RunStatement(const parser::ast::Statement& statement) {
  const planner::BoundStatement bound = planner::Bind(statement, Context());
  return std::visit(
      Overloaded{[&](const planner::QueryPlan& plan) { return Execute(plan); },
                 [&](const planner::WritePlan& plan) { return Execute(plan); },
                 [&](const planner::CatalogPlan& plan) { return Execute(plan); },
                 [&](const planner::MaterializedViewPlan& plan) { return Execute(plan); },
                 [&](const planner::ExplainPlanned& plan) { return Execute(plan); },
                 [&](const planner::SessionPlan& plan) { return Execute(plan); },
                 [](const planner::PreparePlan&) { return NotHere("PREPARE"); },
                 [](const planner::CursorPlan&) { return NotHere("DECLARE CURSOR"); },
                 [](const planner::StreamResetPlan&) { return NotHere("ALTER STREAM"); },
                 [](const planner::WaitPlan&) { return NotHere("WAIT FOR"); },
                 [&](const planner::AdvancePlan& plan) {
                   runtime_->Advance(plan.stream, plan.to);
                   return Answer{};
                 }},
      bound.plan);
}

Answer LocalEngine::Execute(const planner::QueryPlan& plan) {
  if (plan.continuous) return NotHere("EMIT CHANGES");
  const planner::LoweredQuery lowered = planner::PlanQuery(plan.query, {});
  const Result<std::vector<Batch>> rows = RunOnce(lowered, settings_);
  if (!rows) return Failed(rows.error());
  for (const ObjectId object : plan.query.reads) {
    const storage::ObjectRef read = runtime_->committer().catalog()->Find(object);
    if (read != nullptr && read->kind == storage::ObjectKind::kMaterializedView) {
      views_to_check_.insert(object);
    }
  }
  Answer answer{lowered.columns.size(), {}, std::nullopt};
  AddRows(*rows, settings_, answer);
  return answer;
}

Answer LocalEngine::Execute(const planner::WritePlan& plan) {
  const storage::ObjectRef table = runtime_->committer().catalog()->Find(plan.table);
  const Result<std::vector<Batch>> output = RunOnce(planner::PlanQuery(plan.query, {}), settings_);
  if (!output) return Failed(output.error());
  const ObjectId written[] = {plan.table};
  const storage::ReadView stored = runtime_->committer().Newest(written);
  const executor::EvalContext context{
      .epoch = runtime_->epoch(), .settings = &settings_, .budget = nullptr};
  storage::WriteSet writes;
  const Result<server::WrittenRows> rows =
      server::RowsToWrite(plan, *table, *output, stored, context, writes);
  if (!rows) return Failed(rows.error());
  for (const Batch& delta : rows->deltas) {
    if (const Result<void> added = writes.Add(*table, {table->id, 0, delta}); !added) {
      return Failed(added.error());
    }
  }
  if (const Result<void> committed = runtime_->Commit(writes); !committed) {
    return Failed(committed.error());
  }
  Answer answer{plan.returning.size(), {}, std::nullopt};
  const Result<std::vector<Batch>> returned = server::Returned(plan, *rows, context);
  if (!returned) return Failed(returned.error());
  AddRows(*returned, settings_, answer);
  return answer;
}

Answer LocalEngine::CommitCatalog(const std::vector<storage::CatalogChange>& changes) {
  if (changes.empty()) return {};
  storage::WriteSet writes;
  for (const storage::CatalogChange& change : changes) writes.Add(change);
  const Result<void> committed = runtime_->Commit(writes);
  if (!committed) return Failed(committed.error());
  Rebuild();
  return {};
}

Answer LocalEngine::Execute(const planner::CatalogPlan& plan) {
  return CommitCatalog(plan.changes);
}

Answer LocalEngine::Execute(const planner::MaterializedViewPlan& plan) {
  const planner::PlannedView view = planner::PlanMaterializedView(
      plan, [this] { return runtime_->committer().AllocateOperators(1); });
  return CommitCatalog({view.change});
}

Answer LocalEngine::Execute(const planner::ExplainPlanned& plan) {
  const auto lines = planner::ExplainStatement(*plan.statement);
  if (!lines) return NotHere("EXPLAIN of such a statement");
  Answer answer{1, {}, std::nullopt};
  for (const std::string& line : *lines) answer.rows.push_back({line});
  return answer;
}

Answer LocalEngine::ChangeSetting(const std::string& name, const std::string& text) {
  if (name == "timezone") {
    const auto zone = TimeZone::FindOrAbbreviation(text.empty() ? "UTC" : text);
    if (!zone) {
      return {0,
              {},
              Failure{"22023", "invalid value for parameter \"TimeZone\": \"" + text + "\"", ""}};
    }
    settings_.time_zone = *zone;
  } else if (name == "search_path") {
    search_path_ = {text.empty() ? "public" : text};
  } else if (name == "datestyle") {
    settings_.date_time.style = DateStyle::kIso;
    settings_.date_time.order = DateOrder::kMdy;
    if (!text.empty()) ParseDateStyle(text, settings_.date_time);
  } else if (name == "intervalstyle") {
    ParseIntervalStyle(text.empty() ? "postgres" : text, settings_.date_time.interval);
  } else {
    return NotHere("the setting " + name);
  }
  setting_texts_[name] = text;
  return {};
}

Answer LocalEngine::Execute(const planner::SessionPlan& plan) {
  return std::visit(
      Overloaded{[&](const parser::ast::Set& set) {
                   std::string text;
                   for (const parser::ast::OptionValue& value : set.values) {
                     text += (text.empty() ? "" : ", ") + value.text;
                   }
                   return ChangeSetting(set.name, text);
                 },
                 [&](const parser::ast::Reset& reset) { return ChangeSetting(reset.name, ""); },
                 [&](const parser::ast::ShowSetting& show) {
                   const auto found = setting_texts_.find(show.name);
                   if (found == setting_texts_.end()) return NotHere("SHOW " + show.name);
                   return Answer{1, {{found->second}}, std::nullopt};
                 },
                 [](const auto&) { return NotHere("the statement"); }},
      plan);
}

Answer LocalEngine::Feed(const std::string& relation, const std::vector<std::string>& lines) {
  return Run(InsertOf(relation, lines));
}

Answer LocalEngine::Changes(const std::string& view) {
  const storage::CatalogRef catalog = runtime_->committer().catalog();
  const storage::ObjectRef object = catalog->FindRelation(search_path_, view);
  if (object == nullptr || object->kind != storage::ObjectKind::kMaterializedView) {
    return {0, {}, Failure{"42P01", "there is no materialized view " + view, ""}};
  }
  std::vector<int> all(object->columns.size());
  std::iota(all.begin(), all.end(), 0);
  const Result<std::vector<Batch>> rows = Scan(object->id, all);
  if (!rows) return Failed(rows.error());
  std::vector<Type> types;
  for (const storage::CatalogColumn& column : object->columns) types.push_back(column.type);
  Bag change = BagOf(*rows);
  const Bag after = change;
  for (const auto& [image, weight] : seen_[object->id]) change[image] -= weight;
  seen_[object->id] = after;
  Answer answer{object->columns.size() + 1, {}, std::nullopt};
  for (const auto& [image, weight] : change) {
    if (weight == 0) continue;
    answer.rows.push_back(
        {(weight > 0 ? "+" : "") + std::to_string(weight) + "\t" + RowText(image, types)});
  }
  return answer;
}

Answer LocalEngine::Explain(const std::string& sql) { return Run("EXPLAIN " + sql); }

void LocalEngine::Rebuild() {
  runtime_.reset();
  runtime_ = std::make_unique<LocalRuntime>(*files_, *clock_, options_);
}

Answer LocalEngine::Restart() {
  runtime_.reset();
  files_->Crash(simulation::CrashKind::kPowerLoss);
  options_.workers = options_.workers_later;
  runtime_ = std::make_unique<LocalRuntime>(*files_, *clock_, options_);
  return {};
}

Result<std::vector<Batch>> LocalEngine::Scan(ObjectId object, const std::vector<int>& columns) {
  storage::ReadView view = runtime_->Everything();
  const ObjectId objects[] = {object};
  view.made = server::MakeRowsOf(objects,
                                 {.view = view,
                                  .sources = server::JournalSources(view, runtime_->Sources()),
                                  .late = runtime_->Late(),
                                  .progress = {},
                                  .search_path = search_path_},
                                 nullptr);
  const auto source = executor::OpenSource(view, {object, columns, {}});
  std::vector<Batch> batches;
  while (true) {
    Result<std::optional<Batch>> next = source->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    batches.push_back(std::move(**next));
  }
  return options_.one_row_batches ? OneByOne(batches) : batches;
}

Result<std::vector<Batch>> LocalEngine::RunOnce(const planner::LoweredQuery& query,
                                                const Settings& settings, bool drop_failing_rows) {
  executor::LocalDriver::Environment environment{
      .settings = &settings,
      .budget = nullptr,
      .epoch = runtime_->epoch(),
      .open = [this](const executor::SourceSpec& source) {
        return std::make_unique<BatchList>(Scan(source.object, source.columns));
      }};
  if (drop_failing_rows) {  // the query of a view
    environment.has_clock = false;
    environment.errors = [] { return std::make_unique<DropFailing>(); };
    environment.watermarks = [this](const executor::SourceSpec& source) {
      return runtime_->Watermarks(source);
    };
  }
  executor::LocalDriver driver(query.dataflow, std::move(environment));
  std::vector<Batch> batches;
  const Cancel cancel;
  while (true) {
    Result<std::optional<Batch>> next = driver.Next(cancel);
    if (!next) return std::unexpected(next.error());
    if (!*next) return batches;
    batches.push_back(std::move(**next));
  }
}

Bag LocalEngine::BagOf(const std::vector<Batch>& batches) const {
  Bag bag;
  for (const Batch& batch : batches) simulation::AddRows(batch, bag);
  return bag;
}

std::string LocalEngine::RowText(const std::string& image, const std::vector<Type>& types) const {
  BatchBuilder builder(types);
  DecodeRow(image, 1, builder);
  const Batch row = builder.Finish();
  TextWriter writer(settings_);
  std::string text;
  for (size_t i = 0; i < row.columns.size(); ++i) {
    text += (i > 0 ? "\t" : "") + CellText(writer, row.columns[i], 0);
  }
  return text;
}

// The query of a view run once over what its relations contain, against what the view contains.
std::optional<std::string> LocalEngine::CheckView(const storage::CatalogObject& view) {
  const std::vector<parser::ast::Statement> statements = parser::ParseStatements(view.sql);
  const auto& create = std::get<parser::ast::CreateView>(statements.front().node);
  const planner::BindContext context = planner::WithSettings(Context(), view.settings);
  const planner::LoweredQuery query =
      planner::PlanQuery(planner::BindQuery(create.query, context, planner::QueryMode::kContinuous),
                         {.mode = planner::QueryMode::kContinuous});
  const Result<std::vector<Batch>> expected = RunOnce(query, context.settings, true);
  std::vector<int> all(view.columns.size());
  std::iota(all.begin(), all.end(), 0);
  const Result<std::vector<Batch>> actual = Scan(view.id, all);
  if (!expected) return "    the query fails: " + expected.error().text + "\n";
  if (!actual) return "    the view cannot be read: " + actual.error().text + "\n";
  std::vector<Type> types;
  for (const storage::CatalogColumn& column : view.columns) types.push_back(column.type);
  Bag difference = BagOf(*actual);
  for (const auto& [image, weight] : BagOf(*expected)) difference[image] -= weight;
  std::string text;
  for (const auto& [image, weight] : difference) {
    if (weight == 0) continue;
    text += "    " + view.name + " has " + std::to_string(weight) + " too many of\t" +
            RowText(image, types) + "\n";
  }
  if (text.empty()) return std::nullopt;
  return text;
}

std::optional<std::string> LocalEngine::CheckLaw() {
  for (const ObjectId id : views_to_check_) {
    const storage::ObjectRef view = runtime_->committer().catalog()->Find(id);
    if (std::optional<std::string> broken = CheckView(*view)) return broken;
  }
  return std::nullopt;
}

}  // namespace riverrun::slt
