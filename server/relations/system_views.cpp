// sys.views: the stored queries, and how those that run are doing.
#include <set>

#include "server/engine/relation.h"
#include "server/relations/virtual_relation.h"
#include "storage/catalog/derived_object.h"

namespace riverrun::server {
namespace {

using storage::CatalogObject;
using storage::ObjectKind;
using storage::ObjectRef;

// What a view reads, through other views too, itself not among it.
std::set<ObjectId> InputsOf(const storage::CatalogSnapshot& catalog, const CatalogObject& view) {
  std::set<ObjectId> inputs;
  std::vector<ObjectId> open = view.dependencies;
  while (!open.empty()) {
    const ObjectId id = open.back();
    open.pop_back();
    const ObjectRef object = catalog.Find(id);
    if (object == nullptr || !inputs.insert(id).second) continue;
    open.insert(open.end(), object->dependencies.begin(), object->dependencies.end());
  }
  return inputs;
}

// The inputs of a view that are streams with a connector, and their partitions.
struct Sources {
  bool any = false;       // it reads such a stream
  bool failed = false;    // one cannot go on
  bool complete = false;  // all that is known to be there has been read
};

Sources SourcesOf(const Moment& moment, const CatalogObject& view) {
  Sources sources{.complete = true};
  for (const ObjectId id : InputsOf(*moment.view.catalog, view)) {
    const ObjectRef object = moment.view.catalog->Find(id);
    if (object->kind != ObjectKind::kStream || IsFedByJournal(*object)) continue;
    sources.any = true;
    bool known = false;
    for (const SourceStatus& status : moment.sources) {
      if (status.object != id) continue;
      known = true;
      sources.failed |= status.state == SourceStatus::State::kFailed;
      sources.complete &= status.next_offset && status.end_offset &&
                          *status.next_offset >= *status.end_offset;
    }
    sources.complete &= known;
  }
  return sources;
}

void AddStored(const Moment& moment, const CatalogObject& view, RowWriter& rows) {
  rows.Text(moment.NameOf(view)).Text(storage::KindName(view.kind)).Text("stored");
  rows.Float({}).Int({}).Int({}).Int({}).Int({}).Int({}).Span({}).Text({});
  rows.EndRow();
}

void AddRunning(const Moment& moment, const CatalogObject& view, RowWriter& rows) {
  const Sources sources = SourcesOf(moment, view);
  const auto content = moment.view.versions.find(view.id);
  const auto errors = moment.view.versions.find(storage::ErrorsOf(view.id));
  const bool filled = content != moment.view.versions.end();
  const char* state = sources.failed ? "stalled" : filled ? "running" : "filling";
  std::optional<storage::ContentSize> size, failed;
  if (filled) size = SizeOf(*content->second);
  if (errors != moment.view.versions.end()) failed = SizeOf(*errors->second);

  rows.Text(moment.NameOf(view)).Text(storage::KindName(view.kind)).Text(state);
  std::optional<double> progress;
  if (const auto known = moment.progress.find(view.id); known != moment.progress.end()) {
    progress = known->second;
  }
  rows.Float(filled ? 1 : progress);
  rows.Int(filled ? std::optional(static_cast<int64_t>(moment.view.epoch)) : std::nullopt);
  rows.Int(size ? std::optional(size->rows) : std::nullopt);
  rows.Int(size ? std::optional(static_cast<int64_t>(size->bytes + (failed ? failed->bytes : 0)))
                : std::nullopt);
  const auto late = moment.late.find(view.id);
  const int64_t dropped = late == moment.late.end() ? 0 : static_cast<int64_t>(late->second);
  rows.Int(filled ? std::optional(dropped) : std::nullopt);
  rows.Int(failed ? std::optional(failed->rows) : std::nullopt);
  rows.Span(filled && sources.complete ? std::optional(Interval{}) : std::nullopt);
  rows.Text(sources.any ? std::nullopt : std::optional<std::string_view>("earliest"));
  rows.EndRow();
}

void MakeSystemViews(const Moment& moment, RowWriter& rows) {
  for (const auto& [id, object] : moment.view.catalog->objects()) {
    if (object->kind == ObjectKind::kView) AddStored(moment, *object, rows);
    if (object->kind == ObjectKind::kMaterializedView) AddRunning(moment, *object, rows);
  }
}

}  // namespace

VirtualRelation SystemViews() {
  return {.schema = "sys",
          .name = "views",
          .columns = {NotNull("name", Type::Text()), NotNull("kind", Type::Text()),
                      NotNull("state", Type::Text()), MayBeNull("progress", Type::Float8()),
                      MayBeNull("epoch", Type::Int8()), MayBeNull("rows", Type::Int8()),
                      MayBeNull("bytes", Type::Int8()), MayBeNull("late", Type::Int8()),
                      MayBeNull("errors", Type::Int8()), MayBeNull("lag", Type::Interval()),
                      MayBeNull("start", Type::Text())},
          .make = MakeSystemViews};
}

}  // namespace riverrun::server
