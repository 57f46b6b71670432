#include "executor/threads/waker.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <ctime>
#include <vector>

#include "types/error.h"

namespace riverrun::executor {

Waker::Waker() : event_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CHECK(event_fd_ >= 0, "the system has no event descriptor left");
}

Waker::~Waker() { close(event_fd_); }

void Waker::Sleep(std::optional<Micros> timeout, std::span<const int> fds) {
  std::vector<pollfd> waits = {{.fd = event_fd_, .events = POLLIN, .revents = 0}};
  for (const int fd : fds) waits.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  if (state_.load() == kSleeping) {
    timespec limit{};
    if (timeout) {
      const Micros micros = *timeout > 0 ? *timeout : 0;
      limit.tv_sec = micros / 1'000'000;
      limit.tv_nsec = micros % 1'000'000 * 1000;
    }
    ppoll(waits.data(), waits.size(), timeout ? &limit : nullptr, nullptr);
  }
  if (state_.exchange(kAwake) != kWoken) return;
  // The waker's write may still be on its way: then the next sleep ends at once, and no harm done.
  uint64_t count;
  [[maybe_unused]] const ssize_t drained = read(event_fd_, &count, sizeof(count));
}

void Waker::Wake() {
  if (state_.exchange(kWoken) != kSleeping) return;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event_fd_, &one, sizeof(one));
}

}  // namespace riverrun::executor
