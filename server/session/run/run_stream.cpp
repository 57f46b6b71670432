// WAIT FOR STREAM, ALTER STREAM.
#include <algorithm>
#include <limits>

#include "server/engine/stream_connections.h"
#include "server/session/session_impl.h"

namespace riverrun::server {
namespace {

constexpr int64_t kOffsetMax = std::numeric_limits<int64_t>::max() - 1;

}  // namespace

// A stream without connector has an LSN for each row; all that was committed before is in the next
// read already.
Result<Answer> Session::Impl::RunWait(const planner::WaitPlan& plan) {
  const storage::ObjectRef stream = Context().catalog->Find(plan.stream);
  if (stream != nullptr && IsConnected(*stream)) {
    const bool exists = std::ranges::any_of(stream->starts, [&](const storage::StreamStart& start) {
      return start.partition == plan.partition &&
             start.generation == stream->starts.back().generation;
    });
    if (!exists) {
      return Fail(
          sqlstate::kInvalidParameterValue,
          "stream \"" + stream->name + "\" has no partition " + std::to_string(plan.partition));
    }
    const Position behind{.source = plan.stream,
                          .partition = plan.partition,
                          .generation = stream->starts.back().generation,
                          .offset = std::min(plan.offset, kOffsetMax) + 1};
    auto waited = engine.WaitForPositions(std::span(&behind, 1), *cancel);
    if (!waited) return std::unexpected(waited.error());
    return Answer{.rows = nullptr, .tag = "WAIT"};
  }
  return Fail(sqlstate::kFeatureNotSupported,
              "WAIT FOR STREAM of a stream without connector is not supported yet");
}

Result<Answer> Session::Impl::RunAdvance(const planner::AdvancePlan& plan, bool alone) {
  if (!alone) {
    return Fail(State("25001"),
                "ALTER STREAM ... ADVANCE WATERMARK cannot run inside a transaction block");
  }
  if (auto may = CheckMayWrite("ALTER STREAM"); !may) return std::unexpected(may.error());
  if (auto advanced = engine.AdvanceWatermark(plan.stream, plan.to, *cancel); !advanced) {
    return std::unexpected(advanced.error());
  }
  return Answer{.rows = nullptr, .tag = "ALTER STREAM"};
}

Result<Answer> Session::Impl::RunStreamReset(const planner::StreamResetPlan& plan, bool alone) {
  Answer answer{.rows = nullptr, .tag = "ALTER STREAM"};
  if (auto may = CheckMayWrite(answer.tag); !may) return std::unexpected(may.error());
  if (!alone) {
    return Fail(State("25001"), "ALTER STREAM ... RESET cannot run inside a transaction block");
  }
  const Result<Committed> committed =
      engine.ResetStream(plan.stream, plan.to, plan.rebuild, *cancel);
  if (!committed) {
    throw SqlError(committed.error().sqlstate, committed.error().text, plan.position)
        .WithDetail(committed.error().detail)
        .WithHint(committed.error().hint);
  }
  last_write = committed->lsn;
  return answer;
}

}  // namespace riverrun::server
