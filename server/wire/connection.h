// One client's connection: bytes from the socket to messages, answers back to the socket.
//
// The network thread reads, also while a statement runs, so that a client that goes away ends its
// statement. Whole messages wait in an inbox, from which one statement thread at a time takes them.
// That thread writes its answers to the socket itself; only what the socket does not take at once
// is left to the network thread.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/session/session.h"
#include "server/wire/conversation.h"
#include "server/wire/startup.h"

namespace riverrun::server {

class Connection;

/// Why a connection ended.
enum class Ending : uint8_t { kLeft, kRefused, kTimedOut, kBroken, kStopped };

/// What a connection needs around it. On the network thread, except RunStatement.
class ConnectionHost {
 public:
  virtual ~ConnectionHost() = default;
  virtual Engine& engine() = 0;
  /// Runs work on a statement thread. Any thread.
  virtual void RunStatement(std::function<void()> work) = 0;
  /// Memory for one read.
  virtual std::span<char> read_buffer() = 0;
  virtual size_t message_bytes_max() const = 0;
  /// Takes a place among the sessions; false if there is none.
  virtual bool Admit(Connection& connection) = 0;
  /// The session is ready.
  virtual void Ready(Connection& connection) = 0;
  virtual void Cancel(const CancelRequest& request) = 0;
  /// The socket is closed. The connection lives until its statement thread is done.
  virtual void Ended(Connection& connection, Ending ending) = 0;
};

class Connection final : public std::enable_shared_from_this<Connection>, private Output {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// Host and io_context outlive the connection.
  Connection(ConnectionHost& host, boost::asio::io_context& io, Socket socket);
  ~Connection() override;

  // On the network thread.

  void Start(std::chrono::milliseconds authentication_timeout);
  /// What cancel requests name the session by; set when it is admitted.
  void SetCancelKey(int32_t process_id, uint32_t key);
  bool HasCancelKey(uint32_t key) const { return (key ^ cancel_key_) == 0; }
  int32_t process_id() const { return process_id_; }
  /// Ends the statement that runs now.
  void RequestCancel();
  /// Tells the client that the server stops, and ends.
  void Stop();
  /// Closes the socket at once.
  void Close(Ending ending);

 private:
  // Reading (network thread).
  void WaitToRead();
  void Read();
  bool TakeInput();
  bool TakePackets();
  bool HandlePacket(std::string_view packet);
  bool BeginSession(SessionRequest request);
  bool RefuseSession(const StartupFailure& failure);
  bool SplitFrames();
  bool AppendToInbox(size_t bytes);
  void EndInput(Ending ending, std::optional<Error> last_words = std::nullopt);
  bool ReserveMemory();
  void BecomeReady();
  void Resume();
  void WatchUnread();

  // Working (statement thread).
  void ScheduleWork(std::unique_lock<std::mutex>& lock);
  void Work();
  bool StartSession();
  bool TakeFrames(std::string& frames, size_t& reserved);
  void HandleFrames(std::string_view frames);
  void EndConversation(std::unique_lock<std::mutex> lock);
  void FinishWork(Ending ending);
  bool Interrupted() const;

  // Writing (any thread).
  void Send(std::string_view bytes) override;
  bool stopping() const override;
  size_t TrySend(std::string_view bytes);
  void LoseClient();
  void WaitToWrite();
  void WritePending();
  void CloseWhenWritten(Ending ending);

  void Abandon();
  void SetTimer(std::chrono::milliseconds delay, std::function<void(Connection&)> action);

  ConnectionHost& host_;
  boost::asio::io_context& io_;

  // The network thread's.
  enum class Phase : uint8_t { kStartup, kServing, kEnding, kClosed };
  Phase phase_ = Phase::kStartup;
  std::optional<Socket> socket_;
  std::optional<boost::asio::steady_timer> timer_;
  uint64_t timer_number_ = 0;
  std::string input_;  // the beginning of a message
  size_t input_reserved_ = 0;
  bool tls_asked_ = false, gss_asked_ = false;
  bool ready_ = false;  // the client has been greeted
  int32_t process_id_ = 0;
  uint32_t cancel_key_ = 0;
  std::optional<Ending> closing_;  // once everything is written

  // The statement thread's.
  std::optional<SessionRequest> request_;  // until the session has started
  std::optional<Conversation> conversation_;

  mutable std::mutex mutex_;  // for all that follows
  std::condition_variable written_;
  int socket_file_ = -1;      // -1: closed
  std::string inbox_;         // whole messages
  size_t inbox_reserved_ = 0;
  bool paused_ = false;       // nothing is read until the inbox is taken
  bool input_ended_ = false;
  Ending input_ending_ = Ending::kLeft;
  std::optional<Error> last_words_;  // what the client did wrong
  bool begun_ = false;         // a session was asked for and admitted
  bool working_ = false;
  bool done_ = false;          // no statement thread will have it again
  bool stopping_ = false;
  bool abandoned_ = false;     // what is left in the inbox is not run
  std::unique_ptr<Session> session_;
  std::string pending_;        // bytes that the socket did not take
  size_t pending_begin_ = 0;
  bool waits_to_write_ = false;
};

}  // namespace riverrun::server
