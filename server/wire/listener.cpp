#include "server/wire/listener.h"

#include <sys/random.h>

#include <array>
#include <condition_variable>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/wire/connection.h"
#include "server/wire/statement_threads.h"

namespace riverrun::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

// Connections without a session, beyond those that sessions could have. The oldest makes room.
constexpr size_t kUnreadyMax = 64;
// After an error of accept that would come again at once: too many open files.
constexpr milliseconds kAcceptPause{100};
constexpr milliseconds kThreadIdleMax{10'000};
constexpr std::chrono::seconds kStopMax{3};

uint32_t RandomKey() {
  uint32_t key = 0;
  CHECK(getrandom(&key, sizeof(key), 0) == sizeof(key), "the system has no random numbers");
  return key;
}

}  // namespace

struct Listener::Impl final : public ConnectionHost {
  Impl(Engine& given_engine, ListenerOptions given_options)
      : engine_(given_engine),
        options_(std::move(given_options)),
        acceptor_(io_),
        accept_timer_(io_),
        threads_(static_cast<size_t>(options_.connections_max), kThreadIdleMax) {}
  ~Impl() override { Stop(); }

  Result<void> Open();
  void Stop();

  Engine& engine() override { return engine_; }
  void RunStatement(std::function<void()> work) override { threads_.Run(std::move(work)); }
  std::span<char> read_buffer() override { return read_buffer_; }
  size_t message_bytes_max() const override { return options_.message_bytes_max; }
  bool Admit(Connection& connection) override;
  void Ready(Connection& connection) override;
  void Cancel(const CancelRequest& request) override;
  void Ended(Connection& connection, Ending ending) override;

  // On the network thread.
  void Accept();
  void Take(tcp::socket socket);
  void StopAll();
  void CloseAll();

  void Count(uint64_t ConnectionCounts::*what) {
    const std::scoped_lock lock(mutex_);
    ++(counts_.*what);
  }

  Engine& engine_;
  const ListenerOptions options_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer accept_timer_;
  uint16_t port_ = 0;

  // The network thread's.
  struct Place {
    std::shared_ptr<Connection> connection;
    std::list<Connection*>::iterator unready;
    bool ready = false;
  };
  std::array<char, 64 << 10> read_buffer_;
  std::map<const Connection*, Place> connections_;
  std::list<Connection*> unready_;                 // the oldest first
  std::map<int32_t, Connection*> sessions_;        // admitted, by process id
  int32_t last_process_id_ = 0;
  bool stopping_ = false;

  mutable std::mutex mutex_;  // for the rest
  std::condition_variable changed_;
  ConnectionCounts counts_;
  bool none_left_ = false;

  // Its threads use what stands above.
  StatementThreads threads_;
  std::thread network_;
};

Result<void> Listener::Impl::Open() {
  const auto fail = [this](const std::string& why) {
    return Fail(sqlstate::kIoError, "cannot listen on " + options_.address + " port " +
                                        std::to_string(options_.port) + ": " + why);
  };
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options_.address, error);
  if (error) return fail("it is no address");
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) return fail(error.message());
  Accept();
  network_ = std::thread([this] {
    const auto work = asio::make_work_guard(io_);
    io_.run();
  });
  return {};
}

void Listener::Impl::Accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || stopping_) return;
    if (!error) {
      Take(std::move(socket));
      return Accept();
    }
    accept_timer_.expires_after(kAcceptPause);
    accept_timer_.async_wait([this](const error_code& cancelled) {
      if (!cancelled && !stopping_) Accept();
    });
  });
}

void Listener::Impl::Take(tcp::socket socket) {
  Count(&ConnectionCounts::accepted);
  const auto connection = std::make_shared<Connection>(*this, io_, std::move(socket));
  connections_[connection.get()] = {connection, unready_.insert(unready_.end(), connection.get())};
  connection->Start(options_.authentication_timeout);
  if (unready_.size() > static_cast<size_t>(options_.connections_max) + kUnreadyMax) {
    const std::shared_ptr<Connection> oldest = connections_.at(unready_.front()).connection;
    oldest->Close(Ending::kRefused);
  }
}

bool Listener::Impl::Admit(Connection& connection) {
  if (sessions_.size() >= static_cast<size_t>(options_.connections_max)) return false;
  do {
    last_process_id_ = last_process_id_ == INT32_MAX ? 1 : last_process_id_ + 1;
  } while (sessions_.contains(last_process_id_));
  sessions_[last_process_id_] = &connection;
  connection.SetCancelKey(last_process_id_, RandomKey());
  return true;
}

void Listener::Impl::Ready(Connection& connection) {
  Place& place = connections_.at(&connection);
  if (std::exchange(place.ready, true)) return;
  unready_.erase(place.unready);
  Count(&ConnectionCounts::sessions);
}

void Listener::Impl::Cancel(const CancelRequest& request) {
  const auto found = sessions_.find(request.process_id);
  if (found == sessions_.end() || !found->second->HasCancelKey(request.key)) return;
  found->second->RequestCancel();
}

void Listener::Impl::Ended(Connection& connection, Ending ending) {
  switch (ending) {
    case Ending::kLeft: Count(&ConnectionCounts::left); break;
    case Ending::kRefused: Count(&ConnectionCounts::refused); break;
    case Ending::kTimedOut: Count(&ConnectionCounts::timed_out); break;
    case Ending::kBroken: Count(&ConnectionCounts::broken); break;
    case Ending::kStopped: Count(&ConnectionCounts::stopped); break;
  }
  const auto found = connections_.find(&connection);
  if (!found->second.ready) unready_.erase(found->second.unready);
  if (connection.process_id() != 0) sessions_.erase(connection.process_id());
  connections_.erase(found);
  if (!stopping_ || !connections_.empty()) return;
  const std::scoped_lock lock(mutex_);
  none_left_ = true;
  changed_.notify_all();
}

void Listener::Impl::StopAll() {
  stopping_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  accept_timer_.cancel();
  std::vector<std::shared_ptr<Connection>> all;
  for (const auto& [key, place] : connections_) all.push_back(place.connection);
  for (const auto& connection : all) connection->Stop();
  if (!connections_.empty()) return;
  const std::scoped_lock lock(mutex_);
  none_left_ = true;
  changed_.notify_all();
}

void Listener::Impl::CloseAll() {
  while (!connections_.empty()) {
    const std::shared_ptr<Connection> one = connections_.begin()->second.connection;
    one->Close(Ending::kStopped);
  }
}

void Listener::Impl::Stop() {
  if (!network_.joinable()) return;
  asio::post(io_, [this] { StopAll(); });
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kStopMax, [this] { return none_left_; });
  }
  asio::post(io_, [this] {
    CloseAll();
    io_.stop();
  });
  network_.join();
  threads_.WaitForAll();
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::Listen(Engine& engine, ListenerOptions options) {
  auto impl = std::make_unique<Impl>(engine, std::move(options));
  if (Result<void> opened = impl->Open(); !opened) return std::unexpected(opened.error());
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

uint16_t Listener::port() const { return impl_->port_; }

ConnectionCounts Listener::counts() const {
  const std::scoped_lock lock(impl_->mutex_);
  return impl_->counts_;
}

void Listener::Stop() { impl_->Stop(); }

}  // namespace riverrun::server
