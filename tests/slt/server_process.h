// The real program as a child of this one.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace riverrun::slt {

/// `riverrun serve` on one data directory, on a port of 127.0.0.1 that was free.
class ServerProcess {
 public:
  /// Makes a directory; no process yet.
  explicit ServerProcess(std::string binary);
  /// Kills the process and removes the directory.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// Starts it on the directory and returns when clients can connect. The failure is a sentence.
  std::optional<std::string> Start(int workers);
  /// As kill -9 does; nothing if none runs.
  void Kill();
  /// SIGTERM. What went wrong if it does not end within ten seconds with exit code 0.
  std::optional<std::string> Stop();
  int port() const { return port_; }
  /// Whether it has ended by itself and how, and the end of what it logged.
  std::string Account();

 private:
  std::string Log() const;
  bool WaitForEnd(int millis);

  const std::string binary_;
  std::string directory_;
  pid_t process_ = -1;
  int status_ = 0;  // of one that has ended
  int port_ = 0;
};

}  // namespace riverrun::slt
