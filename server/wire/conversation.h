// The protocol of one connection, once its session has begun: messages in, answers out. No sockets.
//
// A Query is answered by its results and one ReadyForQuery. The messages of the extended protocol
// are answered one by one; after an error all are skipped until Sync, which is answered by one
// ReadyForQuery whatever happened.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/session/session.h"
#include "server/wire/frame.h"
#include "server/wire/message.h"

namespace riverrun::server {

/// Where a conversation's bytes go.
class Output {
 public:
  virtual ~Output() = default;
  /// Takes bytes for the client, in order. Waits while too many wait for a client that reads
  /// slowly; does nothing once the client is gone.
  virtual void Send(std::string_view bytes) = 0;
  /// True once the server is stopping: the next error is the last thing the client is told.
  virtual bool stopping() const = 0;
};

/// One thread at a time.
class Conversation {
 public:
  /// Session and output outlive it.
  Conversation(Session& session, Output& output);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  /// What follows authentication: the settings, the key for cancel requests, the first
  /// ReadyForQuery.
  void Greet(int32_t process_id, uint32_t cancel_key);
  /// Handles one whole message. `next` is the type of the message behind it, NUL if that is not
  /// there yet.
  void Handle(std::string_view frame, char next);
  /// Tells the client, as the last thing, why the connection ends.
  void End(Error error);
  /// True after Terminate and after a fatal error: the connection is to be closed.
  bool ended() const { return ended_; }

 private:
  class Answers;  // the session's Client
  using Outcome = Session::Outcome;

  // One for each message; an outcome that fails is told and the messages up to Sync are skipped.
  void Run(const QueryMessage& message);
  void Run(const SyncMessage& message);
  void Run(const FlushMessage& message);
  void Run(const TerminateMessage& message);
  void Run(const FunctionCallMessage& message);
  void Run(const CopyMessage& message);
  void Run(const ParseMessage& message);
  void Run(const BindMessage& message);
  void Run(const DescribeMessage& message);
  void Run(const CloseMessage& message);
  void Run(const ExecuteMessage& message);

  Outcome Bind(const BindMessage& message);
  Outcome Describe(const DescribeMessage& message);
  Outcome Execute(const ExecuteMessage& message);
  /// Fails if a column would be sent in a format that there is not.
  Outcome CheckFormats(const std::string& portal);

  /// Tells an error of the protocol, which fails the transaction too.
  void Refuse(Error error, bool extended);
  /// Tells a failed outcome of the extended protocol and begins to skip.
  void Conclude(const Outcome& outcome);
  void Tell(const Report& report);
  void Ready();
  void Flush();
  void FlushIfLarge();

  Session& session_;
  Output& output_;
  std::string buffer_;
  bool sync_follows_ = false;
  bool skipping_ = false;
  bool ended_ = false;
};

}  // namespace riverrun::server
