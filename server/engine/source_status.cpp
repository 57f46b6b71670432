#include "server/engine/source_status.h"

#include <map>
#include <utility>

#include "server/engine/relation.h"

namespace riverrun::server {
namespace {

// Only a stream with a watermark has late rows.
void AddLate(const executor::SourceReport::Partition& read, SourceStatus& status) {
  status.late = status.late.value_or(0) + static_cast<int64_t>(read.late);
  status.late_idle = status.late_idle.value_or(0) + static_cast<int64_t>(read.late_idle);
}

}  // namespace

// An epoch contains all commits before its cut: there is never anything left to read.
std::vector<SourceStatus> JournalSources(const storage::ReadView& view,
                                         std::span<const executor::SourceReport> reports) {
  std::vector<SourceStatus> sources;
  for (const storage::ObjectRef& stream : view.catalog->OfKind(storage::ObjectKind::kStream)) {
    if (!IsFedByJournal(*stream)) continue;
    SourceStatus status{.object = stream->id};
    if (view.cut != nullptr) {
      status.next_offset = static_cast<int64_t>(view.cut->commits_before);
      status.end_offset = status.next_offset;
      for (const Position& position : view.cut->positions) {
        if (position.source != stream->id || !stream->watermark) continue;
        if (position.watermark != kNoWatermark) status.watermark = position.watermark;
      }
    }
    if (const auto rows = view.versions.find(stream->id); rows != view.versions.end()) {
      status.rows = SizeOf(*rows->second).rows;
    }
    status.errors = 0;
    for (const executor::SourceReport& report : reports) {
      if (report.object != stream->id) continue;
      for (const auto& read : report.partitions) AddLate(read, status);
    }
    sources.push_back(std::move(status));
  }
  return sources;
}

void AddConnectedSource(const storage::CatalogObject& stream, const storage::ReadView& view,
                        std::span<const executor::SourceReport> reports,
                        std::vector<SourceStatus>& out) {
  std::map<int32_t, SourceStatus> partitions;
  for (const storage::StreamStart& start : stream.starts) {
    if (start.generation != stream.starts.back().generation) continue;
    SourceStatus& status = partitions[start.partition];
    status.object = stream.id;
    status.partition = start.partition;
    status.next_offset = start.offset;
    status.rows = status.errors = 0;
  }
  if (view.cut != nullptr) {
    for (const Position& position : view.cut->positions) {
      const auto found = partitions.find(position.partition);
      if (position.source != stream.id || found == partitions.end()) continue;
      found->second.next_offset = position.offset;
      if (stream.watermark && position.watermark != kNoWatermark) {
        found->second.watermark = position.watermark;
      }
    }
  }
  for (const executor::SourceReport& report : reports) {
    if (report.object != stream.id) continue;
    for (const executor::SourceReport::Partition& read : report.partitions) {
      SourceStatus& status = partitions[read.partition];
      status.rows = static_cast<int64_t>(read.rows);
      status.errors = static_cast<int64_t>(read.errors);
      if (read.end >= 0) status.end_offset = read.end;
      if (stream.watermark) AddLate(read, status);
      if (!report.failure) continue;
      status.state = SourceStatus::State::kFailed;
      status.reason = report.failure->text;
    }
  }
  for (auto& [partition, status] : partitions) out.push_back(std::move(status));
}

}  // namespace riverrun::server
