#include "server/serve.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "server/engine/engine.h"
#include "server/log.h"
#include "server/wire/listener.h"
#include "server/system_clock.h"
#include "storage/posix_file_system.h"

namespace riverrun::server {
namespace {

constexpr unsigned kStopSeconds = 4;  // from the signal to the end, at most

// What handlers of signals share with the main thread: lock-free, as they need it. The file is the
// Alarm's, once the server can be stopped in order.
volatile std::sig_atomic_t signal_file = -1;
volatile std::sig_atomic_t signals = 0;

void Notify(int file) {
  const uint64_t one = 1;
  // It can only fail if the counter is full; then there is a notice already.
  static_cast<void>(!write(file, &one, sizeof one));
}

void OnStopSignal(int) {
  const int before = errno;
  signals = signals + 1;
  // While it still starts there is nothing to stop: what is in the journal stays there.
  if (signal_file < 0) _exit(0);
  if (signals > 1) _exit(1);
  Notify(signal_file);
  errno = before;
}

void OnAlarm(int) {
  static constexpr std::string_view kText = "riverrun: stopping took too long; ended without it\n";
  static_cast<void>(!write(STDERR_FILENO, kText.data(), kText.size()));
  _exit(1);
}

void Handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

// Wakes the main thread: from a handler of signals, or from the engine when the disk has failed.
class Alarm {
 public:
  Alarm() : stop_(eventfd(0, EFD_CLOEXEC)), failure_(eventfd(0, EFD_CLOEXEC)) {
    CHECK(stop_ >= 0 && failure_ >= 0, "no file descriptor is left");
  }
  ~Alarm() {
    signal_file = -1;
    close(stop_);
    close(failure_);
  }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  int stop_file() const { return stop_; }
  int failure_file() const { return failure_; }
  /// True when told to stop, false when the engine has failed.
  bool Wait() {
    pollfd files[] = {{failure_, POLLIN, 0}, {stop_, POLLIN, 0}};
    while (poll(files, std::size(files), -1) <= 0) {
    }
    return files[0].revents == 0;
  }

 private:
  const int stop_;
  const int failure_;
};

Uuid RandomUuid() {
  std::random_device random;
  Uuid uuid;
  std::ranges::generate(uuid.bytes, [&] { return static_cast<uint8_t>(random()); });
  uuid.bytes[6] = static_cast<uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

std::string Sentence(const Error& error) {
  std::string text = error.text;
  for (const std::string& more : {error.detail, error.hint}) {
    if (!more.empty()) text += ". " + more;
  }
  return text;
}

EngineOptions OptionsOf(const Configuration& configuration, int failure_file) {
  EngineOptions options;
  options.data_directory = configuration.data_directory;
  options.workers = configuration.workers;
  options.memory_limit = configuration.memory_limit;
  options.new_incarnation = RandomUuid();
  options.on_failure = [failure_file](const Error& error) {
    Log(LogLevel::kError, "the server ends, because it cannot go on: " + Sentence(error));
    Notify(failure_file);
  };
  options.on_waiting = [](const std::string& what) { Log(LogLevel::kInfo, what); };
  return options;
}

std::string ReadyLine(const std::string& address, uint16_t port) {
  return "ready: psql -h " + address + " -p " + std::to_string(port) + " -U riverrun riverrun";
}

// Whether what was to be served was, until a signal came.
bool Run(Engine& engine, const Configuration& configuration, Alarm& alarm,
         const std::function<void(std::string_view)>& say) {
  ListenerOptions options;
  options.address = configuration.listen;
  options.port = configuration.pg_port;
  options.connections_max = configuration.connections_max;
  Result<std::unique_ptr<Listener>> listener = Listener::Listen(engine, std::move(options));
  if (!listener) {
    Log(LogLevel::kError, Sentence(listener.error()));
    return false;
  }
  signal_file = alarm.stop_file();
  Log(LogLevel::kInfo, "ready on " + configuration.listen + " port " +
                           std::to_string((*listener)->port()) + ", " +
                           std::to_string(configuration.workers) + " workers");
  say(ReadyLine(configuration.listen, (*listener)->port()));
  const bool told = alarm.Wait();
  ::alarm(kStopSeconds);
  Log(LogLevel::kInfo, "stopping");
  engine.RefuseWaits();
  (*listener)->Stop();
  return told;
}

}  // namespace

int Serve(const Configuration& configuration, const std::function<void(std::string_view)>& say) {
  SetLogLevel(configuration.log_level);
  Alarm alarm;
  Handle(SIGPIPE, SIG_IGN);
  Handle(SIGALRM, OnAlarm);
  Handle(SIGTERM, OnStopSignal);
  Handle(SIGINT, OnStopSignal);
  Log(LogLevel::kInfo, "opening " + configuration.data_directory);
  Log(LogLevel::kInfo, "HTTP is not served yet: nothing listens on port " +
                           std::to_string(configuration.http_port));
  storage::PosixFileSystem files;
  SystemClock clock;
  bool served = false;
  {
    const Result<std::unique_ptr<Engine>> engine =
        Engine::Open(files, clock, OptionsOf(configuration, alarm.failure_file()));
    if (!engine) {
      Log(LogLevel::kError, Sentence(engine.error()));
      return 1;
    }
    served = Run(**engine, configuration, alarm, say);
  }
  if (served) Log(LogLevel::kInfo, "stopped");
  return served ? 0 : 1;
}

}  // namespace riverrun::server
