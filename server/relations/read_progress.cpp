// sys.read_progress: what the epoch of the statement contains.
#include "server/engine/relation.h"
#include "server/relations/virtual_relation.h"

namespace riverrun::server {
namespace {

using storage::ObjectKind;

// Tables, streams without connector, and views: they contain every commit before the cut.
void AddJournalRow(const Moment& moment, const storage::CatalogObject& object, RowWriter& rows) {
  rows.Text(moment.NameOf(object)).Int({}).Int({});
  rows.Int(static_cast<int64_t>(moment.view.cut->commits_before)).Time({});
  rows.Int(static_cast<int64_t>(moment.view.epoch));
  rows.EndRow();
}

void AddPartitions(const Moment& moment, const storage::CatalogObject& stream, RowWriter& rows) {
  for (const Position& position : moment.view.cut->positions) {
    if (position.source != stream.id) continue;
    rows.Text(moment.NameOf(stream)).Int(position.partition).Int(position.offset).Int({});
    rows.Time(stream.watermark && position.watermark != kNoWatermark
                  ? std::optional(position.watermark)
                  : std::nullopt);
    rows.Int(static_cast<int64_t>(moment.view.epoch));
    rows.EndRow();
  }
}

void MakeReadProgress(const Moment& moment, RowWriter& rows) {
  if (moment.view.cut == nullptr) return;
  for (const auto& [id, object] : moment.view.catalog->objects()) {
    const bool view = object->kind == ObjectKind::kMaterializedView;
    if ((view || IsFedByJournal(*object)) && moment.view.versions.contains(id)) {
      AddJournalRow(moment, *object, rows);
    } else if (object->kind == ObjectKind::kStream) {
      AddPartitions(moment, *object, rows);
    }
  }
}

}  // namespace

VirtualRelation ReadProgress() {
  return {.schema = "sys",
          .name = "read_progress",
          .columns = {NotNull("object", Type::Text()), MayBeNull("partition", Type::Int4()),
                      MayBeNull("offset", Type::Int8()), MayBeNull("lsn", Type::Int8()),
                      MayBeNull("watermark", Type::TimestampTz()), NotNull("epoch", Type::Int8())},
          .make = MakeReadProgress};
}

}  // namespace riverrun::server
