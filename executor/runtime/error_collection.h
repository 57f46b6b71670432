// The rows that failed in a continuous query: a second Z-set output beside the view.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "executor/dataflow.h"
#include "executor/functions/json/json_writer.h"
#include "executor/runtime/pipeline.h"
#include "storage/run/bag_hash.h"
#include "storage/view/view_store.h"
#include "types/memory_budget.h"
#include "types/settings.h"
#include "types/text/text_format.h"

namespace riverrun::executor {

/// What the rows of an error collection look like: at timestamptz, sqlstate text, reason text,
/// operator text, and the row that failed as a jsonb object, as to_jsonb makes one. A bag: the
/// multiplicity counts equal failures, and the retraction of a row takes its failure back.
///
/// `at` is no part of what a failure is: equal ones have one `at`, the time of the epoch in which
/// the first of them came that has stood since. (It may differ from worker to worker.)
storage::ViewLayout ErrorLayout();
/// The position of `at`.
inline constexpr size_t kErrorAt = 0;

/// The failures of one dataflow on one worker. That worker calls all methods.
///
/// The pipelines of a dataflow pass an epoch's barrier at different times; an epoch is published
/// when the last of them has.
class ErrorCollection {
 public:
  /// `shard` has ErrorLayout; it and the budget outlive the collection.
  ErrorCollection(const DataflowSpec& spec, const Settings& settings, storage::ViewWriter& shard,
                  MemoryBudget* budget);
  ErrorCollection(const ErrorCollection&) = delete;
  ErrorCollection& operator=(const ErrorCollection&) = delete;
  ~ErrorCollection();

  /// The sink of one more pipeline. REQUIRES no epoch has begun.
  std::unique_ptr<ErrorSink> NewSink();

 private:
  class Sink;
  struct Names {
    std::string of_operator;
    std::vector<std::string> columns;  // quoted, of its output
  };
  struct OpenEpoch {
    std::vector<Batch> rows;
    int pipelines_done = 0;
  };
  // Equal failures that stand.
  struct Standing {
    Micros at = 0;
    Weight count = 0;
  };
  struct HashOfHash {
    size_t operator()(const storage::Hash128& hash) const { return hash.low; }
  };

  void AppendJson(const std::vector<std::string>& names, const Batch& rows, uint32_t row,
                  std::string& out);
  void AppendValue(const Column& column, uint32_t row, std::string& out);
  void Complete(const EpochInfo& epoch, std::vector<Batch> rows);
  std::vector<Batch> WithTimes(const std::vector<Batch>& rows, Micros now);
  void CountMemory();

  storage::ViewWriter& shard_;
  MemoryBudget* const budget_;
  std::map<OperatorId, Names> names_;
  JsonWriter json_;
  TextWriter text_;
  int pipelines_ = 0;
  std::map<Epoch, OpenEpoch> epochs_;
  std::unordered_map<storage::Hash128, Standing, HashOfHash> standing_;  // by the failure's image
  size_t reserved_ = 0;
};

}  // namespace riverrun::executor
