// A feed: the changes of one table, stream or view on one worker, handed to every dataflow that
// reads it there. One decode, one delta, any number of readers.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "executor/runtime/pipeline.h"

namespace riverrun::executor {

/// Copies messages to bounded queues. Batches are shared, not copied. One worker calls it.
///
/// A subscriber that has not taken its messages makes the feed full for all: the slowest reader of
/// a source slows the source, and nothing is dropped. One that follows outside the running epochs
/// does not: what it has not taken is kept for it.
class Feed : public PipelineSink {
 public:
  /// `capacity`: messages per subscriber, at least 1.
  explicit Feed(uint32_t capacity) : capacity_(capacity) {}

  /// A new reader of the given columns, from the next message on. REQUIRES the feed stands between
  /// two epochs. The reader must not outlive the feed.
  /// `behind`: true while the reader may stay behind without slowing the others; null: never.
  /// `generation`: rows of earlier ones are left out.
  std::unique_ptr<PipelineInput> Subscribe(std::vector<int> columns,
                                           std::shared_ptr<const bool> behind = nullptr,
                                           uint32_t generation = 0);
  /// The rows that follow are of this generation of their source.
  void BeginGeneration(uint32_t generation) { generation_ = generation; }

  void Put(Message message) override;
  bool Flush() override;
  bool HasReaders() const override { return !queues_.empty(); }
  /// True when a message would find room with every subscriber.
  bool HasRoom() const;
  size_t subscribers() const { return queues_.size(); }
  /// The columns that any of them reads, ascending.
  std::vector<int> Columns() const;
  /// True when a subscriber reads the column.
  bool Reads(int column) const;

 private:
  class Subscription;
  struct Queue {
    std::vector<int> columns;
    std::shared_ptr<const bool> behind;
    uint32_t generation = 0;
    std::deque<Message> messages;

    bool HasRoom(uint32_t capacity) const {
      return messages.size() < capacity || (behind != nullptr && *behind);
    }
  };

  const uint32_t capacity_;
  uint32_t generation_ = 0;
  std::vector<std::unique_ptr<Queue>> queues_;
};

}  // namespace riverrun::executor
