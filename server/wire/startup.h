// What a client sends before a session begins: packets without a type byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/session/session.h"
#include "server/wire/frame.h"

namespace riverrun::server {

/// No packet before a session is larger.
inline constexpr size_t kStartupBytesMax = 10'000;

/// Looks at the first packet of `bytes`; never kUnknownType.
FrameHead ExamineStartup(std::string_view bytes);

/// The client wants encryption, and waits for one byte.
struct EncryptionRequest {
  enum class Kind : uint8_t { kTls, kGss } kind;
};
/// The client wants another session's statement to end.
struct CancelRequest {
  int32_t process_id;
  uint32_t key;
};
/// The client wants a session.
struct SessionRequest {
  SessionOptions options;
  /// Options of the protocol that are unknown here, named "_pq_....".
  std::vector<std::string> unknown_options = {};
  /// It spoke of a newer minor version, or of unknown options: it is told what is spoken here.
  bool negotiate = false;
};
using StartupRequest = std::variant<EncryptionRequest, CancelRequest, SessionRequest>;

/// Why a packet asks for nothing that can be had.
struct StartupFailure {
  Error error;
  bool silent = false;  // too old or too strange a client to be told
  bool negotiate = false;                             // as in SessionRequest, to be said first
  std::vector<std::string> unknown_options = {};
};

/// Takes a packet apart; `packet` includes the length. Errors: 28000 no user, 08P01 bad layout,
/// 0A000 another major version or replication, 42601 bad `options`.
std::expected<StartupRequest, StartupFailure> DecodeStartup(std::string_view packet);

/// Settings in the words of the startup parameter `options`: `-c name=value`, `--name=value`, with
/// backslashes before spaces inside a word. Errors: 42601 for any other word.
Result<std::vector<std::pair<std::string, std::string>>> ParseStartupOptions(std::string_view text);

}  // namespace riverrun::server
