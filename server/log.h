// The server's log: lines on standard error.
#pragma once

#include <cstdint>
#include <string_view>

namespace riverrun::server {

enum class LogLevel : uint8_t { kTrace, kDebug, kInfo, kWarning, kError };

/// Lines below `level` are left out from now on; before the first call, those below kInfo.
void SetLogLevel(LogLevel level);

/// Writes a line with the time in UTC and the level. Control characters are replaced, so that a
/// text of a client cannot forge a line. Any thread.
void Log(LogLevel level, std::string_view text);

}  // namespace riverrun::server
