// How the partitions of streams are doing, as far as this process knows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "executor/runtime/shared_source.h"
#include "storage/view/read_view.h"

namespace riverrun::server {

/// One partition of a stream. What is not known is absent.
struct SourceStatus {
  ObjectId object;
  int32_t partition = 0;
  enum class State : uint8_t { kRunning, kDisconnected, kFailed };
  State state = State::kRunning;
  std::string reason = {};                  // unless it is running: why
  std::optional<int64_t> next_offset = {};  // of the next record to read
  std::optional<int64_t> end_offset = {};   // of the next record to be written
  std::optional<int64_t> rows = {};         // read since the stream was created
  std::optional<int64_t> errors = {};       // records of which no row could be made
  std::optional<int64_t> late = {};         // rows behind the watermark of their partition
  std::optional<int64_t> late_idle = {};    // of them, those of a partition that had been idle
  std::optional<Micros> watermark = {};
};

/// The partitions of all streams at the epoch of a view that has every content: those of streams
/// without a connector, whose records are the journal's. Ordered by stream and partition.
std::vector<SourceStatus> JournalSources(const storage::ReadView& view,
                                         std::span<const executor::SourceReport> reports);
/// Appends the partitions of a stream with a connector: where they stand at the epoch of the view,
/// and what the workers reported last.
void AddConnectedSource(const storage::CatalogObject& stream, const storage::ReadView& view,
                        std::span<const executor::SourceReport> reports,
                        std::vector<SourceStatus>& out);

}  // namespace riverrun::server
