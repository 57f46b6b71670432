#include "executor/runtime/feed.h"

#include <algorithm>
#include <set>

#include "storage/commit/write_set.h"

namespace riverrun::executor {
namespace {

// What a message takes that waits.
size_t BytesOf(const Message& message) {
  const auto* batch = std::get_if<Batch>(&message);
  return sizeof(Message) + (batch == nullptr ? 0 : storage::BytesOf(*batch));
}

}  // namespace

class Feed::Subscription : public PipelineInput {
 public:
  Subscription(Feed& feed, Queue& queue) : feed_(feed), queue_(queue) {}
  ~Subscription() override {
    std::erase_if(feed_.queues_, [this](const auto& queue) { return queue.get() == &queue_; });
  }

  std::optional<Message> Poll() override {
    if (queue_.messages.empty()) return std::nullopt;
    Message message = std::move(queue_.messages.front());
    queue_.messages.pop_front();
    if (queue_.behind != nullptr) queue_.bytes -= std::min(queue_.bytes, BytesOf(message));
    return message;
  }

 private:
  Feed& feed_;
  Queue& queue_;
};

std::unique_ptr<PipelineInput> Feed::Subscribe(std::vector<int> columns,
                                               std::shared_ptr<Behind> behind,
                                               uint32_t generation) {
  queues_.push_back(std::make_unique<Queue>(std::move(columns), std::move(behind), generation));
  return std::make_unique<Subscription>(*this, *queues_.back());
}

void Feed::NoteEnd(const std::vector<Position>& end, const std::vector<WatermarkRaise>& raises) {
  for (const std::unique_ptr<Queue>& queue : queues_) {
    if (queue->behind == nullptr || queue->behind->rows) continue;
    queue->behind->end = end;
    queue->behind->raises.insert(queue->behind->raises.end(), raises.begin(), raises.end());
  }
}

void Feed::GiveRows() {
  for (const std::unique_ptr<Queue>& queue : queues_) {
    if (queue->behind != nullptr) queue->behind->rows = true;
  }
}

void Feed::Put(Queue& queue, Message message) {
  if (queue.IsBehind()) {
    if (queue.behind->overflown) return;
    queue.bytes += BytesOf(message);
    if (queue.behind->bounded && queue.bytes > behind_bytes_max_) {
      queue.behind->overflown = true;
      queue.messages.clear();
      return;
    }
  }
  queue.messages.push_back(std::move(message));
}

void Feed::Put(Message message) {
  for (const std::unique_ptr<Queue>& queue : queues_) {
    const auto* batch = std::get_if<Batch>(&message);
    const bool rows = queue->behind == nullptr || queue->behind->rows;
    if (batch == nullptr) {
      // A watermark's column is renumbered as the columns are; one that is not read says nothing.
      if (auto* mark = std::get_if<Watermark>(&message)) {
        const auto at = std::ranges::find(queue->columns, int{mark->column});
        // The first epoch with rows brings one again.
        if (at == queue->columns.end() || !rows) continue;
        const auto column = static_cast<uint16_t>(at - queue->columns.begin());
        Put(*queue, Watermark{column, mark->time});
        continue;
      }
      Put(*queue, message);
      continue;
    }
    if (!rows || generation_ < queue->generation) continue;
    Batch part;
    part.rows = batch->rows;
    part.selection = batch->selection;
    part.weights = batch->weights;
    part.errors = batch->errors;
    for (const int column : queue->columns) part.columns.push_back(batch->columns[column]);
    Put(*queue, std::move(part));
  }
}

bool Feed::HasRoom() const {
  return std::ranges::all_of(queues_,
                             [this](const auto& queue) { return queue->HasRoom(capacity_); });
}

std::vector<int> Feed::Columns() const {
  std::set<int> all;
  for (const auto& queue : queues_) all.insert(queue->columns.begin(), queue->columns.end());
  return {all.begin(), all.end()};
}

bool Feed::Reads(int column) const {
  return std::ranges::any_of(queues_, [column](const auto& queue) {
    return std::ranges::find(queue->columns, column) != queue->columns.end();
  });
}

bool Feed::Flush() { return HasRoom(); }

}  // namespace riverrun::executor
