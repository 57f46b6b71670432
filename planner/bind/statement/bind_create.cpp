// CREATE TABLE, CREATE STREAM, CREATE SCHEMA.
#include <algorithm>
#include <set>

#include "parser/literal.h"
#include "parser/print.h"
#include "planner/bind/expression/bind_type.h"
#include "planner/bind/query/find_relation.h"
#include "planner/bind/statement/statement_binder.h"
#include "planner/bind/statement/stream_rows.h"
#include "types/text/text_format.h"

namespace riverrun::planner {
namespace {

using storage::CatalogColumn;
using storage::CatalogObject;
using storage::ObjectKind;

constexpr size_t kColumnsMax = 1600;

void RefuseLater(const ast::CreateRelation& create, Position position) {
  const bool table = create.kind == ast::ObjectKind::kTable;
  const std::string what = table ? "TABLE" : "STREAM";
  if (create.temporary) NotYet("temporary relations are", position);
  if (create.query) NotYet("CREATE " + what + " AS is", position);
  if (!create.partition_by.empty()) NotYet("PARTITION BY is", create.partition_by[0].span.begin);
  if (HasConnector(create)) return;
  if (create.format) NotYet("FORMAT is", create.format->format.span.begin);
  for (const ast::Option& option : create.options) {
    NotYet("the option \"" + option.key + "\" is", option.span.begin);
  }
}

// Fills an object from the elements of a definition.
class DefinitionBinder {
 public:
  DefinitionBinder(BindState& state, const ast::CreateRelation& create, CatalogObject& object)
      : state_(state), create_(create), object_(object) {}

  void Bind() {
    for (const auto& element : create_.elements) {
      if (const auto* like = std::get_if<ast::LikeElement>(&element)) Add(*like);
      if (const auto* column = std::get_if<ast::ColumnDefinition>(&element)) AddColumn(*column);
    }
    if (object_.columns.empty()) NotYet("relations without columns are", create_.name.span.begin);
    if (object_.columns.size() > kColumnsMax) {
      throw SqlError(sqlstate::kTooManyColumns,
                     "tables can have at most " + std::to_string(kColumnsMax) + " columns",
                     create_.name.span.begin);
    }
    for (const auto& element : create_.elements) {
      std::visit([&](const auto& node) { Add(node); }, element);
    }
    for (const int32_t position : object_.primary_key) Column(position).not_null = true;
    if (object_.kind == ObjectKind::kStream) BindStreamRows(state_, create_, object_);
  }

 private:
  CatalogColumn& Column(int32_t position) { return object_.columns[static_cast<size_t>(position)]; }

  void AddColumn(const ast::ColumnDefinition& definition) {
    const Position position = definition.name.span.begin;
    if (storage::FindColumn(object_, definition.name.text) >= 0) {
      throw SqlError(sqlstate::kDuplicateColumn,
                     "column \"" + definition.name.text + "\" specified more than once", position);
    }
    if (definition.metadata && !HasConnector(create_)) {
      throw SqlError(sqlstate::kInvalidTableDefinition,
                     "only a stream with a connector has METADATA columns", position);
    }
    if (definition.identity != ast::ColumnDefinition::Identity::kNone) {
      NotYet("identity columns are", position);
    }
    if (definition.unique) NotYet("UNIQUE constraints are", position);
    if (!definition.checks.empty()) NotYet("CHECK constraints are", position);
    if (definition.collation && definition.collation->Last().text != "C") {
      NotYet("the collation \"" + definition.collation->Last().text + "\" is", position);
    }
    CatalogColumn column;
    column.name = definition.name.text;
    if (definition.generated) NoteGenerated(definition, object_, column);
    column.type = BindType(*definition.type);
    column.not_null = definition.not_null;
    if (definition.metadata) {
      column.generated = storage::GeneratedColumn::kMetadata;
      column.generated_from = definition.metadata->key.value_or(definition.name.text);
    }
    if (definition.default_value) column.default_sql = BindDefault(definition, column);
    object_.columns.push_back(std::move(column));
    if (definition.primary_key) {
      RefuseNotEnforced(definition.primary_key_not_enforced, position);
      SetKey({static_cast<int32_t>(object_.columns.size()) - 1}, std::nullopt, position);
    }
  }

  std::string BindDefault(const ast::ColumnDefinition& definition, const CatalogColumn& column) {
    const Scope nothing;
    const ast::Expression& expression = *definition.default_value;
    const Bound bound = ExpressionBinder(state_, nothing, Clause::kDefault).Bind(expression);
    if (!TryCoerce(state_, bound, column.type, CastContext::kAssignment)) {
      throw SqlError(sqlstate::kDatatypeMismatch,
                     "column \"" + column.name + "\" is of type " + TypeText(column.type) +
                         " but default expression is of type " + TypeText(bound.type()),
                     definition.name.span.begin)
          .WithHint("You will need to rewrite or cast the expression.");
    }
    if (!MeansNow(expression, column.type)) return parser::Print(expression);
    // As in PostgreSQL, a word like 'now' means the moment at which the table was made.
    const auto value = TryCoerce(state_, bound, column.type, CastContext::kAssignment);
    if (executor::VolatilityOf(**value) != executor::Volatility::kImmutable) {
      NotYet("a DEFAULT that computes with the moment of its creation is", expression.span.begin);
    }
    const Value constant = EvaluateConstant(state_, *value, expression.span.begin);
    Settings iso = state_.context().settings;
    iso.date_time = {};
    const std::string text = TextWriter(iso).ToText(constant.column(), 0);
    return "CAST(" + parser::QuoteString(text) + " AS " + TypeName(column.type) + ")";
  }

  // True for an expression with a literal that is another value at another moment.
  bool MeansNow(const ast::Expression& expression, const Type& type) {
    BindState state(state_.context(), QueryMode::kOneShot);
    state.ForbidClock();
    const Scope nothing;
    try {
      const Bound bound = ExpressionBinder(state, nothing, Clause::kDefault).Bind(expression);
      static_cast<void>(TryCoerce(state, bound, type, CastContext::kAssignment));
    } catch (const SqlError&) {
      return true;
    }
    return false;
  }

  static void RefuseNotEnforced(bool not_enforced, Position position) {
    if (not_enforced) NotYet("PRIMARY KEY NOT ENFORCED is", position);
  }

  void SetKey(std::vector<int32_t> key, const std::optional<ast::Identifier>& name,
              Position position) {
    if (object_.kind == ObjectKind::kStream) NotYet("the primary key of a stream is", position);
    if (!object_.primary_key.empty()) {
      throw SqlError(sqlstate::kInvalidTableDefinition,
                     "multiple primary keys for table \"" + object_.name + "\" are not allowed",
                     position);
    }
    for (const int32_t column : key) CheckComparable(state_, Column(column).type, true, position);
    object_.primary_key = std::move(key);
    object_.primary_key_name = name ? name->text : object_.name + "_pkey";
  }

  void Add(const ast::ColumnDefinition&) {}

  void Add(const ast::TableConstraint& constraint) {
    const Position position = constraint.span.begin;
    if (constraint.kind == ast::TableConstraint::Kind::kUnique) {
      NotYet("UNIQUE constraints are", position);
    }
    if (constraint.kind == ast::TableConstraint::Kind::kCheck) {
      NotYet("CHECK constraints are", position);
    }
    RefuseNotEnforced(constraint.not_enforced, position);
    std::vector<int32_t> key;
    for (const ast::Identifier& name : constraint.columns) {
      const int column = storage::FindColumn(object_, name.text);
      if (column < 0) {
        throw SqlError(sqlstate::kUndefinedColumn,
                       "column \"" + name.text + "\" named in key does not exist", name.span.begin);
      }
      if (std::ranges::find(key, column) != key.end()) {
        throw SqlError(sqlstate::kDuplicateColumn,
                       "column \"" + name.text + "\" appears twice in primary key constraint",
                       name.span.begin);
      }
      key.push_back(column);
    }
    SetKey(std::move(key), constraint.name, position);
  }

  void Add(const ast::Watermark& watermark) {
    const Position position = watermark.span.begin;
    if (object_.kind != ObjectKind::kStream) {
      throw SqlError(sqlstate::kInvalidTableDefinition, "only a stream can have a watermark",
                     position);
    }
    if (object_.watermark) NotYet("a second watermark is", position);
    const int column = storage::FindColumn(object_, watermark.column.text);
    if (column < 0) {
      throw SqlError(sqlstate::kUndefinedColumn,
                     "column \"" + watermark.column.text + "\" does not exist",
                     watermark.column.span.begin);
    }
    const Type& type = Column(column).type;
    if (type.kind != TypeKind::kTimestamp && type.kind != TypeKind::kTimestampTz) {
      throw SqlError(sqlstate::kDatatypeMismatch,
                     "the watermark's column must be of type timestamp or timestamp with time "
                     "zone, not " +
                         TypeText(type),
                     watermark.column.span.begin);
    }
    object_.watermark = storage::WatermarkDefinition{column, {}};
    if (!watermark.expression) return;
    Scope scope;
    scope.Add(RowOf(state_, object_, object_.name), position);
    const Bound bound =
        ExpressionBinder(state_, scope, Clause::kWatermark).Bind(*watermark.expression);
    if (!TryCoerce(state_, bound, type, CastContext::kAssignment)) {
      throw SqlError(sqlstate::kDatatypeMismatch,
                     "the watermark is of type " + TypeText(bound.type()) +
                         " but its column is of type " + TypeText(type),
                     bound.position);
    }
    object_.watermark->expression_sql = parser::Print(*watermark.expression);
  }

  void Add(const ast::LikeElement& like) {
    NotYet("LIKE in a definition is", like.name.span.begin);
  }

  BindState& state_;
  const ast::CreateRelation& create_;
  CatalogObject& object_;
};

}  // namespace

bool IsSecretOption(std::string_view key) {
  constexpr std::string_view kMarks[] = {"password",   "secret",  "token",
                                         "credential", "key.pem", "oauthbearer.config"};
  return std::ranges::any_of(
      kMarks, [&](std::string_view mark) { return key.find(mark) != std::string_view::npos; });
}

std::string StoredSql(ast::Statement statement) {
  return parser::Print(statement, {.is_secret = IsSecretOption});
}

CatalogObject NewObject(BindState& state, const ast::QualifiedName& name, ObjectKind kind,
                        const std::string& schema) {
  const BindContext& context = state.context();
  CHECK(context.next_object != nullptr, "a CREATE is bound without ids to give");
  CatalogObject object;
  object.id = context.next_object();
  object.kind = kind;
  object.schema = schema;
  object.name = name.Last().text;
  object.owner = context.principal.role;
  return object;
}

bool IsThere(BindState& state, const ast::QualifiedName& name, const std::string& schema,
             bool if_not_exists, std::vector<Notice>& notices) {
  const std::string text = "relation \"" + name.Last().text + "\" already exists";
  const storage::CatalogSnapshot& catalog = *state.context().catalog;
  const std::string path[] = {schema};
  if (catalog.FindRelation(schema, name.Last().text) == nullptr &&
      storage::FindErrorRelation(catalog, path, name.Last().text) == nullptr) {
    return false;
  }
  if (!if_not_exists) throw SqlError(sqlstate::kDuplicateTable, text, name.span.begin);
  notices.push_back({text + ", skipping", {}, sqlstate::kDuplicateTable});
  return true;
}

void CheckChanges(const BindState& state, const std::vector<storage::CatalogChange>& changes,
                  Position position) {
  const Result<storage::CatalogRef> after = state.context().catalog->With(changes);
  if (!after) Throw(after.error(), position);
}

CatalogPlan BindCreate(BindState& state, const ast::CreateRelation& create, ast::Span span) {
  const Position position = create.name.span.begin;
  CatalogPlan plan;
  const std::string schema = CreationSchema(state, create.name)->name;
  if (IsThere(state, create.name, schema, create.if_not_exists, plan.notices)) return plan;
  RefuseLater(create, position);
  const bool connects = HasConnector(create);
  const bool table = create.kind == ast::ObjectKind::kTable && !connects;
  CatalogObject object =
      NewObject(state, create.name, table ? ObjectKind::kTable : ObjectKind::kStream, schema);
  DefinitionBinder(state, create, object).Bind();
  if (connects) BindConnector(state, create, object);
  const auto named = std::ranges::find(create.options, "topic", &ast::Option::key);
  plan.source_position = named == create.options.end() ? position : named->span.begin;
  object.sql = StoredSql({create, span});
  plan.changes.push_back(
      storage::CreateObject{std::make_shared<const CatalogObject>(std::move(object))});
  CheckChanges(state, plan.changes, position);
  return plan;
}

CatalogPlan BindCreate(BindState& state, const ast::CreateSchema& create, ast::Span span) {
  if (create.authorization || !create.name) NotYet("AUTHORIZATION is", span.begin);
  CatalogPlan plan;
  const std::string text = "schema \"" + create.name->text + "\" already exists";
  const bool system = IsSystemSchema(create.name->text) && !create.name->text.starts_with("pg_");
  if (system || state.context().catalog->FindSchema(create.name->text) != nullptr) {
    if (!create.if_not_exists) {
      throw SqlError(sqlstate::kDuplicateSchema, text, create.name->span.begin);
    }
    plan.notices.push_back({text + ", skipping", {}, sqlstate::kDuplicateSchema});
    return plan;
  }
  if (create.name->text.starts_with("pg_")) {
    throw SqlError(sqlstate::kReservedName,
                   "unacceptable schema name \"" + create.name->text + "\"",
                   create.name->span.begin)
        .WithDetail("The prefix \"pg_\" is reserved for system schemas.");
  }
  CatalogObject object =
      NewObject(state, {{*create.name}, create.name->span}, ObjectKind::kSchema, "");
  plan.changes.push_back(
      storage::CreateObject{std::make_shared<const CatalogObject>(std::move(object))});
  CheckChanges(state, plan.changes, create.name->span.begin);
  return plan;
}

}  // namespace riverrun::planner
