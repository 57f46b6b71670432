// sys.sources: the partitions of streams.
#include <algorithm>

#include "server/relations/virtual_relation.h"

namespace riverrun::server {
namespace {

std::string StateText(const SourceStatus& status) {
  switch (status.state) {
    case SourceStatus::State::kRunning: return "running";
    case SourceStatus::State::kDisconnected:
      return "disconnected: " + status.reason;
    case SourceStatus::State::kFailed: return "failed: " + status.reason;
  }
  return "";
}

void MakeSystemSources(const Moment& moment, RowWriter& rows) {
  for (const SourceStatus& status : moment.sources) {
    const storage::ObjectRef stream = moment.view.catalog->Find(status.object);
    if (stream == nullptr) continue;  // dropped in the meantime
    std::optional<int64_t> lag;
    if (status.next_offset && status.end_offset) {
      lag = std::max<int64_t>(*status.end_offset - *status.next_offset, 0);
    }
    rows.Text(moment.NameOf(*stream)).Int(status.partition).Text(StateText(status));
    rows.Int(status.next_offset).Int(status.end_offset).Int(lag).Time(status.watermark);
    rows.Int(status.rows).Int(status.errors).Int(status.late).Int(status.late_idle);
    rows.EndRow();
  }
}

}  // namespace

VirtualRelation SystemSources() {
  return {.schema = "sys",
          .name = "sources",
          .columns = {NotNull("name", Type::Text()), NotNull("partition", Type::Int4()),
                      NotNull("state", Type::Text()), MayBeNull("next_offset", Type::Int8()),
                      MayBeNull("end_offset", Type::Int8()), MayBeNull("lag", Type::Int8()),
                      MayBeNull("watermark", Type::TimestampTz()), MayBeNull("rows", Type::Int8()),
                      MayBeNull("errors", Type::Int8()), MayBeNull("late", Type::Int8()),
                      MayBeNull("late_idle", Type::Int8())},
          .make = MakeSystemSources};
}

}  // namespace riverrun::server
