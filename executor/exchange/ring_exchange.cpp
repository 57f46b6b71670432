#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executor/exchange/exchange.h"
#include "executor/exchange/ring.h"
#include "types/codec/batch_codec.h"

namespace riverrun::executor {
namespace {

// The lanes of an edge, source by source; shared by its ends, so that it lives as long as any.
template <class T>
struct Lanes {
  Lanes(int worker_count, uint32_t capacity) : workers(worker_count) {
    for (int i = 0; i < workers * workers; ++i) {
      rings.push_back(std::make_unique<Ring<T>>(capacity));
    }
  }
  Ring<T>& at(int source, int target) { return *rings[source * workers + target]; }

  int workers;
  std::vector<std::unique_ptr<Ring<T>>> rings;
};

class SharedExchange : public Exchange {
 public:
  SharedExchange(std::shared_ptr<Lanes<Message>> lanes, int worker)
      : lanes_(std::move(lanes)), worker_(worker) {}

  bool TrySend(int target, Message&& message) override {
    if (!lanes_->at(worker_, target).TryPush(std::move(message))) return false;
    Note(target);
    return true;
  }
  std::optional<Message> TryReceive(int source) override {
    std::optional<Message> message = lanes_->at(source, worker_).TryPop();
    if (message) Note(source);
    return message;
  }
  int workers() const override { return lanes_->workers; }

 private:
  std::shared_ptr<Lanes<Message>> lanes_;
  int worker_;
};

class SerialisedExchange : public Exchange {
 public:
  SerialisedExchange(std::shared_ptr<Lanes<std::string>> lanes, int worker)
      : lanes_(std::move(lanes)), worker_(worker) {}

  bool TrySend(int target, Message&& message) override {
    std::string bytes;
    AppendMessage(message, bytes);
    if (!lanes_->at(worker_, target).TryPush(std::move(bytes))) return false;
    Note(target);
    return true;
  }
  std::optional<Message> TryReceive(int source) override {
    const std::optional<std::string> bytes = lanes_->at(source, worker_).TryPop();
    if (!bytes) return std::nullopt;
    Note(source);
    Result<Message> message = ParseMessage(*bytes);
    CHECK(message.has_value(), "a message of ours does not decode");
    return std::move(*message);
  }
  int workers() const override { return lanes_->workers; }

 private:
  std::shared_ptr<Lanes<std::string>> lanes_;
  int worker_;
};

template <class End, class T>
std::vector<std::unique_ptr<Exchange>> MakeEnds(int workers, uint32_t capacity) {
  auto lanes = std::make_shared<Lanes<T>>(workers, capacity);
  std::vector<std::unique_ptr<Exchange>> ends;
  for (int worker = 0; worker < workers; ++worker) {
    ends.push_back(std::make_unique<End>(lanes, worker));
  }
  return ends;
}

}  // namespace

std::vector<std::unique_ptr<Exchange>> MakeExchange(int workers, uint32_t capacity,
                                                    Carriage carriage) {
  CHECK(workers >= 1 && capacity >= 1);
  if (carriage == Carriage::kShared) return MakeEnds<SharedExchange, Message>(workers, capacity);
  return MakeEnds<SerialisedExchange, std::string>(workers, capacity);
}

}  // namespace riverrun::executor
