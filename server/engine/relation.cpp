#include "server/engine/relation.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "executor/runtime/error_collection.h"
#include "planner/bind/settings_text.h"
#include "server/engine/stream_connections.h"
#include "storage/catalog/derived_object.h"
#include "storage/commit/table_layout.h"

namespace riverrun::server {
namespace {

using storage::CatalogObject;
using storage::ObjectKind;

// Types of a relation's rows as its source delivers them. Behind the columns of a stream with a
// watermark stands each row's own: what a view that is created later judges old rows by, since
// their order is not kept.
storage::ViewLayout LayoutOfRows(const CatalogObject& object) {
  if (object.kind != ObjectKind::kStream) return storage::LayoutOf(object);
  storage::ViewLayout layout;
  for (const storage::CatalogColumn& column : object.columns) layout.types.push_back(column.type);
  if (object.watermark && !object.dataflow.empty()) layout.types.push_back(Type::TimestampTz());
  return layout;
}

// The rows of a table or stream, kept as they are.
executor::DataflowSpec KeepRows(const CatalogObject& object, const storage::ViewLayout& layout) {
  std::vector<executor::OutputColumn> columns;
  for (size_t i = 0; i < layout.types.size(); ++i) {
    columns.push_back(
        {i < object.columns.size() ? object.columns[i].name : "hidden", layout.types[i]});
  }
  std::vector<int> all(columns.size());
  std::iota(all.begin(), all.end(), 0);
  executor::DataflowSpec spec;
  spec.nodes = {
      {.id = {1}, .spec = executor::SourceSpec{object.id, all}, .inputs = {}, .output = columns},
      {.id = {2},
       .spec = executor::MaterializeSpec{object.id, layout.key_columns},
       .inputs = {{OperatorId{1}, {}}},
       .output = columns}};
  return spec;
}

}  // namespace

bool IsFedByJournal(const CatalogObject& object) {
  return object.kind == ObjectKind::kTable ||
         (object.kind == ObjectKind::kStream && storage::ConnectorOf(object).empty());
}

bool IsContinuousQuery(const CatalogObject& object) {
  return object.kind == ObjectKind::kMaterializedView || object.kind == ObjectKind::kSink;
}

bool KeepsErrors(const CatalogObject& object) {
  return IsContinuousQuery(object) || IsConnected(object);
}

storage::ViewLayout ErrorLayoutOf(const CatalogObject& object) {
  if (object.kind != ObjectKind::kStream) return executor::ErrorLayout();
  storage::ViewLayout layout;
  for (const storage::CatalogColumn& column : storage::ErrorColumns(object)) {
    layout.types.push_back(column.type);
  }
  return layout;
}

storage::VersionRef EmptyContent(ObjectId object, storage::ViewLayout layout, Epoch epoch) {
  auto version = std::make_shared<storage::ViewVersion>();
  version->object = object;
  version->epoch = epoch;
  version->layout = std::make_shared<const storage::ViewLayout>(std::move(layout));
  return version;
}

Result<std::optional<EngineParts::Relation>> RelationOf(const CatalogObject& object) {
  if (IsFedByJournal(object)) {
    storage::ViewLayout layout = LayoutOfRows(object);
    return EngineParts::Relation{.id = object.id,
                                 .dataflow = KeepRows(object, layout),
                                 .layout = layout,
                                 .settings = std::make_shared<const Settings>(),
                                 .is_table = object.kind == ObjectKind::kTable};
  }
  if (!IsContinuousQuery(object)) return std::nullopt;
  auto spec = executor::ParseDataflow(object.dataflow);
  if (!spec) {
    return Fail(sqlstate::kDataCorrupted, "the stored dataflow of \"" + object.name +
                                              "\" does not parse: " + spec.error().text);
  }
  const planner::BindContext context = planner::WithSettings({}, object.settings);
  return EngineParts::Relation{.id = object.id,
                               .dataflow = *std::move(spec),
                               .layout = storage::LayoutOf(object),
                               .settings = std::make_shared<const Settings>(context.settings),
                               .reads_from = {object.reads_from.begin(), object.reads_from.end()},
                               .keeps_rows = object.kind != ObjectKind::kSink};
}

std::vector<ObjectId> SourcesOf(const executor::DataflowSpec& dataflow) {
  std::set<ObjectId> sources;
  for (const executor::OperatorNode& node : dataflow.nodes) {
    const auto* source = std::get_if<executor::SourceSpec>(&node.spec);
    if (source != nullptr) sources.insert(source->object);
  }
  return {sources.begin(), sources.end()};
}

Result<EngineParts::Completion> CompletionOf(const CatalogObject& object) {
  if (object.kind != ObjectKind::kStream || object.dataflow.empty()) return nullptr;
  const auto spec = executor::ParseDataflow(object.dataflow);
  if (!spec) return std::unexpected(spec.error());
  std::optional<int> watermarked;
  if (object.watermark) watermarked = object.watermark->column;
  const planner::BindContext context = planner::WithSettings({}, object.settings);
  // What a commit brings has to be in the commit's epoch: a stream without connector is never idle.
  Micros idle_timeout = 0;
  if (!object.options.empty()) {
    const auto parsed = executor::ParseIdleTimeout(storage::FindOption(object, "idle_timeout"));
    if (!parsed) return std::unexpected(parsed.error());
    idle_timeout = *parsed;
  }
  return executor::CompletionOf(*spec, object.columns.size(), watermarked,
                                std::make_shared<const Settings>(context.settings), idle_timeout);
}

// Ids ascend in the order of creation, and an object depends on older ones only.
CatalogDifference Compare(const storage::CatalogSnapshot& before,
                          const storage::CatalogSnapshot& after) {
  CatalogDifference difference;
  for (const auto& [id, object] : after.objects()) {
    const storage::ObjectRef old = before.Find(id);
    if (old == nullptr) {
      difference.created.push_back(object);
    } else if (!(old->starts == object->starts)) {
      const bool goes_on = !old->starts.empty() && object->starts.front() == old->starts.front();
      (goes_on ? difference.restarted : difference.rebuilt).push_back(object);
    }
  }
  for (const auto& [id, object] : before.objects()) {
    if (after.Find(id) == nullptr) difference.dropped.push_back(object);
  }
  std::ranges::reverse(difference.dropped);
  return difference;
}

}  // namespace riverrun::server
