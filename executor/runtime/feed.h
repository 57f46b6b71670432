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
/// a source slows the source, and nothing is dropped.
class Feed : public PipelineSink {
 public:
  /// `capacity`: messages per subscriber, at least 1.
  explicit Feed(uint32_t capacity) : capacity_(capacity) {}

  /// A new reader of the given columns, from the next message on. REQUIRES the feed stands between
  /// two epochs. The reader must not outlive the feed.
  std::unique_ptr<PipelineInput> Subscribe(std::vector<int> columns);

  void Put(Message message) override;
  bool Flush() override;
  /// True when a message would find room with every subscriber.
  bool HasRoom() const;
  size_t subscribers() const { return queues_.size(); }

 private:
  class Subscription;
  struct Queue {
    std::vector<int> columns;
    std::deque<Message> messages;
  };

  const uint32_t capacity_;
  std::vector<std::unique_ptr<Queue>> queues_;
};

}  // namespace riverrun::executor
