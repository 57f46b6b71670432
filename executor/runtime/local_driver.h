// Runs a dataflow once, to the end of its inputs, on the calling thread: a SELECT.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "executor/batch_source.h"
#include "executor/dataflow.h"
#include "executor/runtime/pipeline.h"
#include "types/cancel.h"
#include "types/settings.h"

namespace riverrun::executor {

/// A reader over the results of a one-shot dataflow. The same operators as in a view, without
/// epochs, exchanges and locks: one final barrier ends every input.
class LocalDriver {
 public:
  struct Environment {
    const Settings* settings = nullptr;
    MemoryBudget* budget = nullptr;
    EpochInfo epoch;        // what now() says
    bool has_clock = true;  // false: the query of a view, which may not ask for it
    std::function<std::unique_ptr<BatchSource>(const SourceSpec&)> open;
    /// How far time has come at the end of a source, by columns of the spec; empty: nothing closes.
    std::function<std::vector<Watermark>(const SourceSpec&)> watermarks = nullptr;
    /// Where failed rows go instead of ending the query; empty means that they do.
    std::function<std::unique_ptr<ErrorSink>()> errors = nullptr;
  };

  /// REQUIRES Validate(spec), and that the last node is not a MaterializeSpec.
  LocalDriver(const DataflowSpec& spec, Environment environment);
  ~LocalDriver();

  /// The next rows of the result, with weights; nothing at the end. An ORDER BY's rows come in its
  /// order. Errors: that of an input, that of the first row that failed, 57014 if cancelled.
  Result<std::optional<Batch>> Next(const Cancel& cancel);

 private:
  struct Run;
  std::unique_ptr<Run> run_;
};

}  // namespace riverrun::executor
