// The records of a stream of which no row could be made: what NAME_errors shows.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "executor/source_reader.h"
#include "storage/view/view_store.h"
#include "types/message.h"

namespace riverrun::executor {

/// What the rows of a stream's error collection look like: at timestamptz (the epoch's time),
/// sqlstate text, reason text, topic text, partition integer, offset bigint, key bytea, raw bytea.
storage::ViewLayout SourceErrorLayout();

/// Collects the failed records that one worker reads of a stream. That worker calls all methods.
///
/// What is kept is bounded: the oldest records go, by age and by bytes.
class SourceErrors {
 public:
  struct Retention {
    Micros age = Micros{7} * 24 * 3600 * 1'000'000;
    size_t bytes = size_t{256} << 20;
  };

  /// Writes to the worker's shard of `store`, which has SourceErrorLayout.
  SourceErrors(std::string topic, std::shared_ptr<storage::ViewStore> store, int worker,
               Retention retention);

  void Add(int32_t partition, std::vector<FailedRecord> failed);
  /// The epoch is complete: makes its failures readable.
  void Complete(const EpochInfo& epoch);

 private:
  // The rows of one epoch that are kept.
  struct Kept {
    Micros at;
    size_t bytes;
    std::vector<Batch> rows;
  };
  struct Failed {
    int32_t partition;
    FailedRecord record;
  };

  Kept Build(Micros at);
  void DropOld(Micros now, std::vector<Batch>& delta);

  const std::string topic_;
  const std::shared_ptr<storage::ViewStore> store_;
  storage::ViewWriter& shard_;
  const Retention retention_;
  std::vector<Failed> open_;  // of the epoch that is open
  std::deque<Kept> kept_;
  size_t bytes_ = 0;  // of kept_
};

}  // namespace riverrun::executor
