// The server as a process: opens the data directory, listens, and stops when it is told to.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/configuration.h"

namespace riverrun::server {

/// Serves until SIGTERM or SIGINT and returns the exit code of the process: 0 after a signal, 1 if
/// it could not start or its disk failed (the sentence is in the log). `say` is given the line that
/// tells clients how to connect, once they can.
///
/// Takes over the process: the handlers of SIGTERM, SIGINT and SIGALRM are set, SIGPIPE is ignored.
/// A second signal, or five seconds without an orderly end, end the process at once.
int Serve(const Configuration& configuration, const std::function<void(std::string_view)>& say);

}  // namespace riverrun::server
