#include "server/wire/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include <boost/asio/post.hpp>

namespace riverrun::server {
namespace {

using std::chrono::milliseconds;

// Whole messages that wait; more is not read while they do.
constexpr size_t kInboxMax = 256 << 10;
// Answers that wait for the socket; the statement waits while there are more.
constexpr size_t kPendingMax = 1 << 20;
// A client that has gone, or said it goes, may still want what it asked for before: short
// statements end in this time, long ones are cancelled.
constexpr milliseconds kGrace{200};
// How long the last answers may take to reach the client.
constexpr milliseconds kLastWrite{2000};
constexpr milliseconds kWatch{1000};

Error UnknownMessageType(char type) {
  return {State("08P01"), "invalid frontend message type " +
                              std::to_string(static_cast<unsigned char>(type))};
}

}  // namespace

Connection::Connection(ConnectionHost& host, boost::asio::io_context& io, Socket socket)
    : host_(host),
      io_(io),
      socket_(std::move(socket)),
      timer_(io),
      socket_file_(socket_->native_handle()) {}

Connection::~Connection() = default;

// ---- The network thread ----

void Connection::Start(milliseconds authentication_timeout) {
  boost::system::error_code ignored;
  socket_->set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  socket_->set_option(boost::asio::socket_base::keep_alive(true), ignored);
  socket_->non_blocking(true, ignored);
  SetTimer(authentication_timeout, [](Connection& self) { self.Close(Ending::kTimedOut); });
  WaitToRead();
}

void Connection::SetCancelKey(int32_t process_id, uint32_t key) {
  process_id_ = process_id;
  cancel_key_ = key;
}

void Connection::RequestCancel() {
  const std::scoped_lock lock(mutex_);
  if (session_ != nullptr) session_->RequestCancel();
}

void Connection::Stop() {
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kStartup) return Close(Ending::kStopped);
  phase_ = Phase::kEnding;
  std::unique_lock lock(mutex_);
  stopping_ = true;
  if (session_ != nullptr) session_->Terminate();
  written_.notify_all();
  ScheduleWork(lock);
}

void Connection::Close(Ending ending) {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  {
    std::unique_lock lock(mutex_);
    socket_file_ = -1;
    pending_ = {};
    pending_begin_ = 0;
    abandoned_ = true;
    if (session_ != nullptr) session_->Terminate();
    written_.notify_all();
    ScheduleWork(lock);
  }
  boost::system::error_code ignored;
  socket_->shutdown(Socket::shutdown_send, ignored);
  // With bytes left to read, closing would take the last answer away from the client.
  const std::span<char> buffer = host_.read_buffer();
  for (int reads = 0; reads < 16; ++reads) {
    if (recv(socket_->native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT) <= 0) break;
  }
  socket_->close(ignored);
  socket_.reset();
  ++timer_number_;
  timer_.reset();
  input_ = {};
  host_.engine().budget().Release(std::exchange(input_reserved_, 0));
  host_.Ended(*this, ending);
}

void Connection::SetTimer(milliseconds delay, std::function<void(Connection&)> action) {
  const uint64_t number = ++timer_number_;
  timer_->expires_after(delay);
  timer_->async_wait([self = shared_from_this(), number, action = std::move(action)](
                         const boost::system::error_code& error) {
    // An older wait may have ended just before it was replaced.
    if (!error && number == self->timer_number_) action(*self);
  });
}

void Connection::WaitToRead() {
  if (phase_ != Phase::kStartup && phase_ != Phase::kServing) return;
  socket_->async_wait(Socket::wait_read,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error) self->Read();
                      });
}

void Connection::Read() {
  if (phase_ != Phase::kStartup && phase_ != Phase::kServing) return;
  const std::span<char> buffer = host_.read_buffer();
  const size_t wanted =
      phase_ == Phase::kStartup ? std::min(buffer.size(), kStartupBytesMax) : buffer.size();
  const ssize_t count = recv(socket_->native_handle(), buffer.data(), wanted, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return WaitToRead();
  if (count <= 0) return EndInput(Ending::kLeft);
  input_.append(buffer.data(), static_cast<size_t>(count));
  if (TakeInput()) WaitToRead();
}

// What has been read, so far as it is whole; true if more is to be read now.
bool Connection::TakeInput() {
  if (phase_ == Phase::kStartup && !TakePackets()) return false;
  return phase_ != Phase::kServing || SplitFrames();
}

bool Connection::TakePackets() {
  while (phase_ == Phase::kStartup) {
    const FrameHead head = ExamineStartup(input_);
    if (head.state == FrameState::kIncomplete) return true;
    if (head.state != FrameState::kComplete) {
      Close(Ending::kBroken);
      return false;
    }
    const std::string packet = input_.substr(0, head.bytes);
    input_.erase(0, head.bytes);
    if (!HandlePacket(packet)) return false;
  }
  return true;
}

bool Connection::HandlePacket(std::string_view packet) {
  auto request = DecodeStartup(packet);
  if (!request) return RefuseSession(request.error());
  if (const auto* cancel = std::get_if<CancelRequest>(&*request)) {
    host_.Cancel(*cancel);
    Close(Ending::kLeft);
    return false;
  }
  if (const auto* encryption = std::get_if<EncryptionRequest>(&*request)) {
    const bool tls = encryption->kind == EncryptionRequest::Kind::kTls;
    bool& asked = tls ? tls_asked_ : gss_asked_;
    if (std::exchange(asked, true)) {
      return RefuseSession({.error = {State("08P01"), "encryption was refused already"}});
    }
    Send("N");
    return true;
  }
  return BeginSession(std::get<SessionRequest>(*std::move(request)));
}

bool Connection::RefuseSession(const StartupFailure& failure) {
  if (failure.silent) {
    Close(Ending::kBroken);
    return false;
  }
  std::string reply;
  if (failure.negotiate) AppendNegotiateVersion(failure.unknown_options, reply);
  AppendReport({.severity = Severity::kFatal, .error = failure.error}, reply);
  Send(reply);
  CloseWhenWritten(Ending::kRefused);
  return false;
}

bool Connection::BeginSession(SessionRequest request) {
  if (!host_.Admit(*this)) {
    return RefuseSession({.error = {State("53300"), "sorry, too many clients already"}});
  }
  phase_ = Phase::kServing;
  request.options.process_id = process_id_;
  std::unique_lock lock(mutex_);
  request_ = std::move(request);
  begun_ = true;
  ScheduleWork(lock);
  return true;
}

void Connection::BecomeReady() {
  if (phase_ == Phase::kClosed) return;
  ready_ = true;
  if (phase_ == Phase::kServing) {
    ++timer_number_;
    timer_->cancel();
  }
  host_.Ready(*this);
}

// The statement thread has taken what waited.
void Connection::Resume() {
  if (ready_ && phase_ == Phase::kServing) {
    ++timer_number_;
    timer_->cancel();
  }
  WaitToRead();
}

// While nothing is read, the end of a client that has gone is looked for behind its messages.
void Connection::WatchUnread() {
  if (!ready_ || phase_ != Phase::kServing) return;
  SetTimer(kWatch, [](Connection& self) {
    if (self.phase_ != Phase::kServing) return;
    pollfd file{self.socket_->native_handle(), POLLRDHUP, 0};
    if (poll(&file, 1, 0) > 0) return self.EndInput(Ending::kLeft);
    self.WatchUnread();
  });
}

bool Connection::SplitFrames() {
  size_t whole = 0;
  FrameHead head;
  bool terminated = false;
  while (!terminated) {
    head = ExamineFrame(std::string_view(input_).substr(whole), host_.message_bytes_max());
    if (head.state != FrameState::kComplete) break;
    terminated = input_[whole] == 'X';
    whole += head.bytes;
  }
  const char next = whole < input_.size() ? input_[whole] : '\0';
  const bool paused = AppendToInbox(whole);
  if (terminated) {
    EndInput(Ending::kLeft);
  } else if (head.state == FrameState::kUnknownType) {
    EndInput(Ending::kBroken, UnknownMessageType(next));
  } else if (head.state == FrameState::kBadLength) {
    EndInput(Ending::kBroken);
  } else if (!ReserveMemory()) {
    EndInput(Ending::kBroken, Error{sqlstate::kOutOfMemory, "out of memory for a message"});
  } else if (paused) {
    WatchUnread();
  } else {
    return true;
  }
  return false;
}

// Moves whole messages where the statement thread finds them; true if enough wait there.
bool Connection::AppendToInbox(size_t bytes) {
  std::unique_lock lock(mutex_);
  if (bytes > 0) {
    if (inbox_.empty() && bytes == input_.size()) {
      inbox_.swap(input_);
    } else {
      inbox_.append(input_, 0, bytes);
      input_.erase(0, bytes);
    }
    inbox_reserved_ += std::exchange(input_reserved_, 0);
  }
  const bool paused = paused_ = inbox_.size() > kInboxMax;
  if (bytes > 0) ScheduleWork(lock);
  return paused;
}

// A large message counts against the server's memory while it comes in.
bool Connection::ReserveMemory() {
  if (input_.size() <= std::max(kInboxMax, input_reserved_)) return true;
  const size_t more = input_.size() - input_reserved_;
  if (!host_.engine().budget().TryReserve(more)) return false;
  input_reserved_ += more;
  return true;
}

// Nothing more is read. What came before is still answered, within the grace.
void Connection::EndInput(Ending ending, std::optional<Error> last_words) {
  if (phase_ == Phase::kStartup) return Close(ending);
  phase_ = Phase::kEnding;
  SetTimer(kGrace, [](Connection& self) { self.Abandon(); });
  std::unique_lock lock(mutex_);
  input_ended_ = true;
  input_ending_ = ending;
  last_words_ = std::move(last_words);
  ScheduleWork(lock);
}

void Connection::Abandon() {
  const std::scoped_lock lock(mutex_);
  abandoned_ = true;
  written_.notify_all();
  if (session_ != nullptr) session_->Terminate();
}

// ---- A statement thread ----

// REQUIRES the lock, and releases it.
void Connection::ScheduleWork(std::unique_lock<std::mutex>& lock) {
  const bool needed = begun_ && !working_ && !done_;
  if (needed) working_ = true;
  lock.unlock();
  if (needed) host_.RunStatement([self = shared_from_this()] { self->Work(); });
}

void Connection::Work() {
  if (request_ && !StartSession()) return;
  std::string frames;
  size_t reserved = 0;
  while (TakeFrames(frames, reserved)) HandleFrames(frames);
}

bool Connection::StartSession() {
  SessionRequest request = *std::move(request_);
  request_.reset();
  std::string reply;
  if (request.negotiate) AppendNegotiateVersion(request.unknown_options, reply);
  AppendAuthenticationOk(reply);
  auto session = Session::Start(host_.engine(), std::move(request.options));
  if (!session) {
    AppendReport({.severity = Severity::kFatal, .error = session.error().error}, reply);
    Send(reply);
    FinishWork(Ending::kRefused);
    return false;
  }
  {
    const std::scoped_lock lock(mutex_);
    session_ = *std::move(session);
    if (stopping_ || abandoned_) session_->Terminate();
    conversation_.emplace(*session_, static_cast<Output&>(*this));
  }
  Send(reply);
  conversation_->Greet(process_id_, cancel_key_);
  boost::asio::post(io_, [self = shared_from_this()] { self->BecomeReady(); });
  return true;
}

// Takes what waits in the inbox; false if there is nothing, now or ever again.
bool Connection::TakeFrames(std::string& frames, size_t& reserved) {
  host_.engine().budget().Release(std::exchange(reserved, 0));
  frames.clear();
  if (frames.capacity() > kInboxMax) frames = {};
  std::unique_lock lock(mutex_);
  if (abandoned_ || stopping_ || conversation_->ended() || (inbox_.empty() && input_ended_)) {
    EndConversation(std::move(lock));
    return false;
  }
  if (inbox_.empty()) {
    working_ = false;
    return false;
  }
  frames.swap(inbox_);
  reserved = std::exchange(inbox_reserved_, 0);
  const bool resume = std::exchange(paused_, false);
  lock.unlock();
  if (resume) boost::asio::post(io_, [self = shared_from_this()] { self->Resume(); });
  return true;
}

void Connection::HandleFrames(std::string_view frames) {
  while (!frames.empty() && !conversation_->ended() && !Interrupted()) {
    // They were found whole when they came.
    const FrameHead head = ExamineFrame(frames, host_.message_bytes_max());
    CHECK(head.state == FrameState::kComplete);
    const std::string_view frame = frames.substr(0, head.bytes);
    frames.remove_prefix(head.bytes);
    conversation_->Handle(frame, frames.empty() ? '\0' : frames.front());
  }
}

bool Connection::Interrupted() const {
  const std::scoped_lock lock(mutex_);
  return abandoned_ || stopping_;
}

void Connection::EndConversation(std::unique_lock<std::mutex> lock) {
  const Ending ending = stopping_ ? Ending::kStopped : input_ended_ ? input_ending_ : Ending::kLeft;
  const std::optional<Error> words = stopping_ ? ShutdownError() : last_words_;
  lock.unlock();
  if (words) conversation_->End(*words);
  FinishWork(ending);
}

void Connection::FinishWork(Ending ending) {
  conversation_.reset();
  std::unique_ptr<Session> session;
  size_t reserved = 0;
  {
    const std::scoped_lock lock(mutex_);
    session = std::move(session_);
    done_ = true;
    working_ = false;
    reserved = std::exchange(inbox_reserved_, 0);
    inbox_ = {};
  }
  session.reset();
  host_.engine().budget().Release(reserved);
  boost::asio::post(io_, [self = shared_from_this(), ending] { self->CloseWhenWritten(ending); });
}

// ---- Writing ----

bool Connection::stopping() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void Connection::Send(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (pending_.empty()) bytes.remove_prefix(TrySend(bytes));
  if (bytes.empty() || socket_file_ < 0) return;
  pending_.append(bytes);
  if (!std::exchange(waits_to_write_, true)) {
    boost::asio::post(io_, [self = shared_from_this()] { self->WaitToWrite(); });
  }
  written_.wait(lock, [this] {
    return pending_.size() - pending_begin_ <= kPendingMax || socket_file_ < 0 || stopping_ ||
           abandoned_;
  });
}

// How many bytes the socket takes now. REQUIRES the lock.
size_t Connection::TrySend(std::string_view bytes) {
  size_t sent = 0;
  while (sent < bytes.size() && socket_file_ >= 0) {
    const ssize_t count = send(socket_file_, bytes.data() + sent, bytes.size() - sent,
                               MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent += static_cast<size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      LoseClient();
    }
  }
  return sent;
}

// The socket takes nothing any more. REQUIRES the lock.
void Connection::LoseClient() {
  socket_file_ = -1;
  pending_ = {};
  pending_begin_ = 0;
  abandoned_ = true;
  if (session_ != nullptr) session_->Terminate();
  written_.notify_all();
  boost::asio::post(io_, [self = shared_from_this()] { self->Close(Ending::kLeft); });
}

void Connection::WaitToWrite() {
  if (phase_ == Phase::kClosed) return;
  socket_->async_wait(Socket::wait_write,
                      [self = shared_from_this()](const boost::system::error_code& error) {
                        if (!error) self->WritePending();
                      });
}

void Connection::WritePending() {
  if (phase_ == Phase::kClosed) return;
  {
    const std::scoped_lock lock(mutex_);
    const size_t sent = TrySend(std::string_view(pending_).substr(pending_begin_));
    if (socket_file_ < 0) return;
    pending_begin_ += sent;
    const size_t left = pending_.size() - pending_begin_;
    if (left == 0 || pending_begin_ > kPendingMax) {
      pending_.erase(0, pending_begin_);
      pending_begin_ = 0;
      if (left == 0) pending_ = {};
    }
    if (left <= kPendingMax / 2) written_.notify_all();
    waits_to_write_ = left > 0;
    if (waits_to_write_) return WaitToWrite();
  }
  if (closing_) Close(*closing_);
}

void Connection::CloseWhenWritten(Ending ending) {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kEnding;
  {
    const std::scoped_lock lock(mutex_);
    if (!pending_.empty()) closing_ = ending;
  }
  if (!closing_) return Close(ending);
  SetTimer(kLastWrite, [ending](Connection& self) { self.Close(ending); });
}

}  // namespace riverrun::server
