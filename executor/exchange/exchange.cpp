#include "executor/exchange/exchange.h"

#include <algorithm>
#include <deque>

#include "executor/watermark_merger.h"

namespace riverrun::executor {
namespace {

// A lane's order is kept by letting a message wait whenever an older one for its target does.
class ExchangeSink : public PipelineSink {
 public:
  ExchangeSink(Exchange& exchange, Distribution distribution, Placement placement)
      : exchange_(exchange),
        distribution_(std::move(distribution)),
        placement_(placement),
        waiting_(exchange.workers()),
        rows_(exchange.workers()) {}

  void Put(Message message) override {
    auto* batch = std::get_if<Batch>(&message);
    if (batch == nullptr) {
      for (int target = 0; target < exchange_.workers(); ++target) Send(target, message);
      return;
    }
    if (distribution_.kind == Distribution::Kind::kSingleton || exchange_.workers() == 1) {
      return Send(placement_.OwnerOf(0), std::move(message));
    }
    Divide(*batch);
  }

  bool Flush() override {
    bool drained = true;
    for (int target = 0; target < exchange_.workers(); ++target) {
      std::deque<Message>& queue = waiting_[target];
      while (!queue.empty() && exchange_.TrySend(target, std::move(queue.front()))) {
        queue.pop_front();
      }
      drained &= queue.empty();
    }
    return drained;
  }

 private:
  void Send(int target, Message message) {
    if (!waiting_[target].empty() || !exchange_.TrySend(target, std::move(message))) {
      waiting_[target].push_back(std::move(message));
    }
  }

  // Every target gets the same columns with a selection of its own: nothing is copied.
  void Divide(const Batch& batch) {
    keys_.Build(batch, distribution_.columns);
    for (std::vector<uint16_t>& rows : rows_) rows.clear();
    uint32_t i = 0;
    ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
      rows_[placement_.OwnerOf(keys_.vnode(i++))].push_back(static_cast<uint16_t>(row));
    });
    for (int target = 0; target < exchange_.workers(); ++target) {
      if (rows_[target].empty()) continue;
      Batch part = batch;
      part.selection = MakeSelection(rows_[target], batch.rows);
      Send(target, std::move(part));
    }
  }

  Exchange& exchange_;
  const Distribution distribution_;
  const Placement placement_;
  std::vector<std::deque<Message>> waiting_;  // by target; at most what one message makes
  KeyBatch keys_;
  std::vector<std::vector<uint16_t>> rows_;
};

class ExchangeInput : public PipelineInput {
 public:
  explicit ExchangeInput(Exchange& exchange)
      : exchange_(exchange),
        at_barrier_(exchange.workers(), false),
        watermarks_(static_cast<size_t>(exchange.workers())) {}

  std::optional<Message> Poll() override {
    int tried = 0;
    while (tried++ < exchange_.workers()) {
      const int source = next_;
      next_ = (next_ + 1) % exchange_.workers();
      // Whatever stands behind a barrier stays in its lane until all lanes are there.
      if (at_barrier_[source]) continue;
      std::optional<Message> message = exchange_.TryReceive(source);
      if (!message) continue;
      if (const auto* watermark = std::get_if<Watermark>(&*message)) {
        const auto merged = watermarks_.Merge(static_cast<size_t>(source), *watermark);
        if (merged) return *merged;
        tried = 0;  // what stands behind it is still to be taken
        continue;
      }
      if (std::holds_alternative<Barrier>(*message) && !Align(source)) continue;
      return message;
    }
    return std::nullopt;
  }

 private:
  bool Align(int source) {
    at_barrier_[source] = true;
    if (++arrived_ < exchange_.workers()) return false;
    arrived_ = 0;
    at_barrier_.assign(at_barrier_.size(), false);
    return true;
  }

  Exchange& exchange_;
  int next_ = 0;
  int arrived_ = 0;
  std::vector<bool> at_barrier_;
  WatermarkMerger watermarks_;
};

}  // namespace

std::unique_ptr<PipelineSink> MakeExchangeSink(Exchange& exchange, Distribution distribution,
                                               Placement placement) {
  return std::make_unique<ExchangeSink>(exchange, std::move(distribution), placement);
}

std::unique_ptr<PipelineInput> MakeExchangeInput(Exchange& exchange) {
  return std::make_unique<ExchangeInput>(exchange);
}

}  // namespace riverrun::executor
