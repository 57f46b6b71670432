// The part of a dataflow that one worker runs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executor/dataflow.h"
#include "executor/exchange/exchange.h"
#include "executor/runtime/pipeline.h"
#include "types/settings.h"

namespace riverrun::executor {

/// An edge of a dataflow, by its downstream end.
using EdgeId = std::pair<OperatorId, int>;  // operator, port

/// The ends of a dataflow's exchanges: [edge][worker]. Made once, divided among the workers.
using ExchangeEnds = std::map<EdgeId, std::vector<std::unique_ptr<Exchange>>>;

/// Makes an exchange for every edge whose rows go to the owner of a key.
ExchangeEnds MakeExchanges(const DataflowSpec& spec, int workers, uint32_t capacity,
                           Carriage carriage);

/// What a part needs from the worker and from whoever attaches the dataflow.
struct PartEnvironment {
  int worker = 0;
  Placement placement{1};
  Touched* touched = nullptr;  // where exchanges note whom they made work for; may be null
  uint32_t queue_capacity = 16;  // messages, for edges inside the worker
  const Settings* settings = nullptr;
  bool has_clock = true;  // as EvalContext has it
  MemoryBudget* budget = nullptr;
  /// Where failed rows go; called once a pipeline.
  std::function<std::unique_ptr<ErrorSink>()> errors;
  /// The input of a SourceSpec.
  std::function<std::unique_ptr<PipelineInput>(const SourceSpec&)> subscribe;
  /// An input without rows, only epochs and barriers: what starts a ValuesSpec.
  std::function<std::unique_ptr<PipelineInput>()> epochs;
  /// The operator of a MaterializeSpec, and where its own delta goes on (null: nowhere).
  std::function<std::unique_ptr<Operator>(const OperatorNode&, const OperatorContext&)> materialize;
  std::function<std::unique_ptr<PipelineSink>(const MaterializeSpec&)> publish;
  /// Where the rows of the last node go if it is not a MaterializeSpec.
  std::function<std::unique_ptr<PipelineSink>()> output;
};

/// Operators of a dataflow on one worker, divided into pipelines where rows change the worker.
///
/// The level of a node is the largest number of exchanges on any way to it from a source. Nodes of
/// one level joined by plain edges form a pipeline; every other edge is an exchange, or a queue
/// inside the worker. So each edge between pipelines leads to a higher level: the pipelines form a
/// DAG, and no cycle of waits can arise (docs/architecture.md has the proof).
class DataflowPart {
 public:
  /// `ends`: this worker's ends are moved out of it. REQUIRES Validate(spec).
  DataflowPart(const DataflowSpec& spec, ExchangeEnds& ends, PartEnvironment environment);
  ~DataflowPart();

  void Start(StartMode mode);
  /// As Pipeline::DropWhen.
  void DropWhen(const Cancel* cancel);
  /// Lets one pipeline do one piece of work, the next one first at the next call. False if none
  /// has any to do.
  bool Step();
  /// The last epoch that all pipelines have completed; nothing before the first.
  std::optional<Epoch> completed() const;
  /// True when no operator that a source feeds wants another row.
  bool Closed() const;
  /// Rows that were late for a window, so far.
  uint64_t late() const { return late_; }
  /// What each pipeline waits for, a line each.
  std::string Describe() const;

 private:
  class Builder;
  struct Stage {
    std::unique_ptr<EvalContext> eval;
    std::unique_ptr<Pipeline> pipeline;
  };

  PartEnvironment environment_;
  std::vector<std::unique_ptr<Exchange>> exchanges_;
  std::vector<std::vector<Type>> types_;  // operator contexts point into it
  std::vector<Stage> stages_;
  size_t next_ = 0;
  uint64_t late_ = 0;  // operators count here
};

}  // namespace riverrun::executor
