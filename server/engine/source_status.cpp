#include "server/engine/source_status.h"

#include "server/engine/relation.h"

namespace riverrun::server {

// An epoch contains all commits before its cut: there is never anything left to read.
std::vector<SourceStatus> JournalSources(const storage::ReadView& view) {
  std::vector<SourceStatus> sources;
  for (const storage::ObjectRef& stream : view.catalog->OfKind(storage::ObjectKind::kStream)) {
    if (!IsFedByJournal(*stream)) continue;
    SourceStatus status{.object = stream->id};
    if (view.cut != nullptr) {
      status.next_offset = static_cast<int64_t>(view.cut->commits_before);
      status.end_offset = status.next_offset;
    }
    if (const auto rows = view.versions.find(stream->id); rows != view.versions.end()) {
      status.rows = SizeOf(*rows->second).rows;
    }
    status.errors = 0;
    sources.push_back(std::move(status));
  }
  return sources;
}

}  // namespace riverrun::server
