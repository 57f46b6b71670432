// The rows that failed in a continuous query: a second Z-set output beside the view.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "executor/dataflow.h"
#include "executor/runtime/pipeline.h"
#include "storage/view/view_store.h"
#include "types/settings.h"
#include "types/text/text_format.h"

namespace riverrun::executor {

/// What the rows of an error collection look like: operator integer, sqlstate text, reason text,
/// and the row that failed as a jsonb object. A bag: the multiplicity counts equal failures, and
/// the retraction of a row takes its failure back.
storage::ViewLayout ErrorLayout();

/// The failures of one dataflow on one worker. That worker calls all methods.
///
/// The pipelines of a dataflow pass an epoch's barrier at different times; an epoch is published
/// when the last of them has.
class ErrorCollection {
 public:
  /// `shard` has ErrorLayout and outlives the collection.
  ErrorCollection(const DataflowSpec& spec, const Settings& settings,
                  storage::ViewWriter& shard);

  /// The sink of one more pipeline. REQUIRES no epoch has begun.
  std::unique_ptr<ErrorSink> NewSink();

 private:
  class Sink;
  struct OpenEpoch {
    std::vector<Batch> rows;
    int pipelines_done = 0;
  };

  void AppendJson(const std::vector<std::string>& names, const Batch& rows, uint32_t row,
                  std::string& out);
  void Complete(Epoch epoch, std::vector<Batch> rows);

  storage::ViewWriter& shard_;
  std::map<OperatorId, std::vector<std::string>> names_;  // quoted, of each operator's output
  TextWriter text_;
  int pipelines_ = 0;
  std::map<Epoch, OpenEpoch> epochs_;
};

}  // namespace riverrun::executor
