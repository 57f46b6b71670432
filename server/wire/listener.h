// Where clients of PostgreSQL's protocol connect.
//
//   listener.h           accepts connections; one network thread for all sockets
//   connection.h         one socket: reads ahead, hands messages to a statement thread
//   statement_threads.h  the threads that statements run on
//   conversation.h       what messages mean, without sockets
//   startup.h, frame.h   what clients send; message.h, binary_value.h what the server says
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/engine/engine.h"
#include "types/error.h"

namespace riverrun::server {

struct ListenerOptions {
  std::string address = "127.0.0.1";  // of this machine; everybody who reaches it is trusted
  uint16_t port = 5433;               // 0: any that is free
  int connections_max = 100;          // sessions; more are refused with 53300
  /// From accept until the session is ready.
  std::chrono::milliseconds authentication_timeout = std::chrono::seconds(60);
  /// Of one message; what waits before a session has begun is limited to 10,000.
  size_t message_bytes_max = size_t{64} << 20;
};

/// How connections came and went, since the start.
struct ConnectionCounts {
  uint64_t accepted = 0;
  uint64_t sessions = 0;   // began
  // Ended, by reason:
  uint64_t left = 0;       // by the client
  uint64_t refused = 0;    // no session for them: a bad startup packet, too many clients
  uint64_t timed_out = 0;  // before their session was ready
  uint64_t broken = 0;     // the client broke the protocol
  uint64_t stopped = 0;    // by the server's end
};

/// Serves clients until it is stopped.
class Listener {
 public:
  /// Listens and serves from then on. The engine outlives the listener. Errors: 58030, with the
  /// address and port in the text, if they cannot be had.
  static Result<std::unique_ptr<Listener>> Listen(Engine& engine, ListenerOptions options);
  /// Stops first.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  uint16_t port() const;
  ConnectionCounts counts() const;
  /// Accepts nobody any more, cancels what runs, tells every client 57P01, and returns when no
  /// statement runs: a client that does not read is waited for no longer than three seconds, a
  /// statement until it notices.
  void Stop();

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace riverrun::server
