// Any bytes of a client are packets and messages, or are refused; nothing is read behind them, and
// where a message ends does not depend on how many bytes have come.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/frame.h"
#include "server/wire/startup.h"
#include "types/error.h"

using namespace riverrun;
using namespace riverrun::server;

namespace {

constexpr size_t kMessageMax = 1 << 16;

// A copy of its own size, so that reading behind it is found.
std::string Exactly(std::string_view bytes) {
  std::string copy(bytes);
  copy.shrink_to_fit();
  return copy;
}

bool Inside(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void TakeMessages(std::string_view bytes) {
  while (true) {
    const FrameHead head = ExamineFrame(bytes, kMessageMax);
    if (head.state != FrameState::kComplete) return;
    CHECK(head.bytes >= 5 && head.bytes <= bytes.size() && head.bytes <= kMessageMax + 1);
    CHECK(ExamineFrame(bytes.substr(0, head.bytes - 1), kMessageMax).state ==
          FrameState::kIncomplete);
    const std::string body = Exactly(bytes.substr(5, head.bytes - 5));
    const auto message = DecodeMessage(bytes[0], body);
    if (!message) CHECK(message.error().sqlstate == State("08P01"));
    if (message && std::holds_alternative<BindMessage>(*message)) {
      for (const auto& value : std::get<BindMessage>(*message).values) {
        CHECK(!value || Inside(*value, body));
      }
    }
    bytes.remove_prefix(head.bytes);
  }
}

void TakePackets(std::string_view bytes) {
  while (true) {
    const FrameHead head = ExamineStartup(bytes);
    if (head.state != FrameState::kComplete) return;
    CHECK(head.bytes >= 8 && head.bytes <= kStartupBytesMax && head.bytes <= bytes.size());
    const auto request = DecodeStartup(Exactly(bytes.substr(0, head.bytes)));
    if (request && std::holds_alternative<SessionRequest>(*request)) {
      const SessionRequest& session = std::get<SessionRequest>(*request);
      CHECK(!session.options.user.empty() && session.options.user.size() <= 63);
    }
    bytes.remove_prefix(head.bytes);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  TakeMessages(bytes);
  TakePackets(bytes);
  return 0;
}
