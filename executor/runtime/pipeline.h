// A pipeline: operators joined by function calls, run by one worker.
//
//   inputs (sources, exchanges) --> node --> node --> sinks (exchanges, the reader of a query)
//                                     \--> node
//
// One message enters at a time and runs to completion through the nodes. Where a sink has no room,
// what was emitted waits in the sink, the emitting operator answers kMore, and nothing enters the
// pipeline until the sinks have drained and every suspended operator has finished. So memory is
// bounded by what one message can make of one batch a node, whatever the speed of the reader.
//
// Barriers are aligned here, once for all operators: an input that has delivered the barrier is
// not polled until the others have delivered theirs. Then the nodes take it in topological order.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "executor/operator.h"
#include "types/cancel.h"
#include "types/id.h"

namespace riverrun::executor {

/// Where a pipeline's messages come from.
class PipelineInput {
 public:
  virtual ~PipelineInput() = default;
  /// The next message, or nothing if there is none now. Never blocks. After a barrier the pipeline
  /// does not poll again before all its inputs have delivered theirs.
  virtual std::optional<Message> Poll() = 0;
};

/// Where a pipeline's messages go.
class PipelineSink {
 public:
  virtual ~PipelineSink() = default;
  /// Takes a message; what does not fit waits inside.
  virtual void Put(Message message) = 0;
  /// Moves on what waits. True when nothing is left waiting.
  virtual bool Flush() = 0;
  /// True when no more rows are wanted.
  virtual bool Closed() const { return false; }
  /// False when nobody takes its messages now.
  virtual bool HasReaders() const { return true; }
};

/// Where the rows of one pipeline go that failed. Weighted: a retraction takes its error back.
class ErrorSink {
 public:
  virtual ~ErrorSink() = default;
  /// Takes those of `rows`, which an operator emitted, that have an entry in `errors`.
  virtual void Add(OperatorId made_by, const Batch& rows, const ErrorLane& errors) = 0;
  /// The epoch is complete.
  virtual void OnBarrier(const Barrier&) {}
};

/// Runs operators. One worker calls all methods.
class Pipeline {
 public:
  /// `eval` is updated with the epoch of the messages and outlives the pipeline; `errors` takes
  /// the rows that fail.
  Pipeline(EvalContext& eval, std::unique_ptr<ErrorSink> errors);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  // Construction: nodes in topological order, then Start.

  /// Adds a node and returns its index. `stateful`: rows with errors leave before it.
  int AddNode(OperatorId id, std::unique_ptr<Operator> op, bool stateful);
  /// Joins the output of one node to an input of a later one.
  void Connect(int from, int to, int port);
  void AddInput(std::unique_ptr<PipelineInput> input, int node, int port);
  void AddSink(int node, std::unique_ptr<PipelineSink> sink);
  /// Ends construction. OnStart of every node is called when the first epoch opens.
  void Start(StartMode mode);

  /// From here on batches are dropped once `cancel` is requested: one message may become very many
  /// on its way, and nobody wants what they become. Null: never. It outlives the steps.
  void DropWhen(const Cancel* cancel) { cancel_ = cancel; }
  /// Does one piece of work: at most one message, one barrier at one node, or one resumption.
  /// False if there is nothing to do now, or a sink has no room.
  bool Step();

  /// The last barrier that has passed every node; nothing before the first.
  const std::optional<Barrier>& completed() const { return completed_; }
  /// True when no sink and no operator holds anything back and no barrier is under way.
  bool Quiet() const;
  /// True when no node that an input feeds wants another row.
  bool Closed() const;
  /// What it waits for, in a few words; for logs and test failures.
  std::string Describe() const;

 private:
  class NodeOutput;
  struct Node;
  struct Input {
    std::unique_ptr<PipelineInput> source;
    int node;
    int port;
    bool at_barrier = false;
  };

  bool Flush();
  bool ResumeOne();
  bool DeliverOnePending();
  bool BarrierOneNode();
  bool PollOneInput();
  void Enter(Input& input, Message message);
  void OpenEpoch(const EpochInfo& info);
  void Deliver(Node& node, int port, Message message);
  void Call(Node& node, int port, Message message);
  Batch WithoutErrors(Node& node, Batch batch);
  void Note(Node& node, executor::Step step);

  EvalContext& eval_;
  const Cancel* cancel_ = nullptr;
  std::unique_ptr<ErrorSink> errors_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<Input> inputs_;
  size_t next_input_ = 0;
  size_t inputs_at_barrier_ = 0;
  int suspended_ = 0;  // nodes that answered kMore
  int pending_ = 0;    // messages that wait in front of nodes
  bool sinks_waiting_ = false;
  std::optional<StartMode> start_;  // OnStart is still to be called
  bool opened_ = false;             // eval_ has an epoch
  std::optional<Barrier> barrier_;  // under way
  size_t barrier_node_ = 0;         // next node to take it
  std::optional<Barrier> completed_;
};

}  // namespace riverrun::executor
