// to_char of timestamps.
#include <memory>
#include <optional>
#include <string>

#include "executor/functions/builtin.h"
#include "executor/functions/kernel_loops.h"
#include "executor/functions/time/time_format.h"

namespace riverrun::executor {
namespace {

Result<Prepared> PrepareFormat(const PrepareInput& input) {
  if (input.constants[1] == nullptr) return Prepared{};
  return std::make_shared<const TimeFormat>(input.constants[1]->BytesAt(0));
}

template <bool kTz>
void ToChar(const KernelInput& in, KernelOutput& out) {
  const auto* prepared = static_cast<const TimeFormat*>(in.prepared);
  const ArgReader<Micros> timestamps(in.args[0]);
  const StringReader formats(in.args[1]);
  ZoneCursor zone(*in.context.settings->time_zone);
  std::string text;
  ForEachValid(in, out, [&](uint32_t row) {
    const Micros timestamp = timestamps[row];
    if (!IsFiniteTimestamp(timestamp) || formats[row].empty()) return out.SetNull(row);
    text.clear();
    const ZoneSpan* span = kTz ? &zone.SpanAt(timestamp) : nullptr;
    const Micros local = kTz ? zone.UtcToLocal(timestamp) : timestamp;
    if (prepared != nullptr) {
      prepared->Append(local, span, text);
    } else {
      TimeFormat(formats[row]).Append(local, span, text);
    }
    out.SetString(row, text);
  });
}

}  // namespace

void RegisterToChar(FunctionRegistry& registry) {
  registry.Scalar("to_char(timestamp, text) -> text", ToChar<false>, {.prepare = PrepareFormat},
                  "printed by a template");
  registry.Scalar("to_char(timestamptz, text) -> text", ToChar<true>,
                  {.volatility = Volatility::kStable, .prepare = PrepareFormat},
                  "printed by a template, on the session's clock");
}

}  // namespace riverrun::executor
