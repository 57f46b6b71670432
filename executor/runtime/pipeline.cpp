#include "executor/runtime/pipeline.h"

#include <algorithm>

namespace riverrun::executor {

// What an operator sees of the rest of the pipeline.
class Pipeline::NodeOutput : public Output {
 public:
  NodeOutput(Pipeline& pipeline, Node& node) : pipeline_(pipeline), node_(node) {}
  void Emit(Batch batch) override;
  void Emit(Watermark watermark) override;
  void EmitError(const Batch& rows, const ErrorLane& errors) override;
  bool Full() const override;
  bool Closed() const override;
  bool HasReaders() const override;

 private:
  void Send(Message message);

  Pipeline& pipeline_;
  Node& node_;
};

struct Pipeline::Node {
  Node(Pipeline& pipeline, OperatorId node_id, std::unique_ptr<Operator> node_op, bool keeps_rows)
      : id(node_id), op(std::move(node_op)), stateful(keeps_rows), output(pipeline, *this) {}

  struct Consumer {
    Node* node;
    int port;
  };

  OperatorId id;
  std::unique_ptr<Operator> op;
  bool stateful;
  bool must_be_sound = false;  // a sink or a stateful consumer takes its rows
  bool suspended = false;
  std::vector<Consumer> consumers;
  std::vector<std::unique_ptr<PipelineSink>> sinks;
  std::deque<std::pair<int, Message>> pending;  // arrived while the node was suspended
  NodeOutput output;
};

void Pipeline::NodeOutput::Emit(Batch batch) {
  if (batch.selected() == 0) return;
  Send(std::move(batch));
}

void Pipeline::NodeOutput::Emit(Watermark watermark) { Send(watermark); }

void Pipeline::NodeOutput::EmitError(const Batch& rows, const ErrorLane& errors) {
  pipeline_.errors_->Add(node_.id, rows, errors);
}

// Failed rows go no further than to where rows are kept, or leave the worker.
void Pipeline::NodeOutput::Send(Message message) {
  const auto* batch = std::get_if<Batch>(&message);
  std::optional<Message> sound;
  if (batch != nullptr && !batch->errors.empty() && node_.must_be_sound) {
    sound = pipeline_.WithoutErrors(node_, *batch);
  }
  // The last receiver takes the message itself: on a chain, which most edges are, none is copied.
  Message& kept = sound ? *sound : message;
  const auto take = [](Message& from, bool last) { return last ? std::move(from) : from; };
  const bool sinks_are_last = node_.consumers.empty();
  for (size_t i = 0; i < node_.sinks.size(); ++i) {
    PipelineSink& sink = *node_.sinks[i];
    sink.Put(take(kept, sinks_are_last && i + 1 == node_.sinks.size()));
    if (!sink.Flush()) pipeline_.sinks_waiting_ = true;
  }
  for (size_t i = 0; i < node_.consumers.size(); ++i) {
    const Node::Consumer& consumer = node_.consumers[i];
    Message& given = consumer.node->stateful ? kept : message;
    pipeline_.Deliver(*consumer.node, consumer.port, take(given, i + 1 == node_.consumers.size()));
  }
}

bool Pipeline::NodeOutput::Full() const {
  return pipeline_.sinks_waiting_ || pipeline_.suspended_ > 0 || pipeline_.pending_ > 0;
}

bool Pipeline::NodeOutput::Closed() const {
  if (node_.consumers.empty() && node_.sinks.empty()) return false;
  return std::ranges::all_of(node_.sinks, [](const auto& sink) { return sink->Closed(); }) &&
         std::ranges::all_of(node_.consumers, [](const Node::Consumer& consumer) {
           return consumer.node->op->Closed() || consumer.node->output.Closed();
         });
}

bool Pipeline::NodeOutput::HasReaders() const {
  return !node_.consumers.empty() ||
         std::ranges::any_of(node_.sinks, [](const auto& sink) { return sink->HasReaders(); });
}

Pipeline::Pipeline(EvalContext& eval, std::unique_ptr<ErrorSink> errors)
    : eval_(eval), errors_(std::move(errors)) {}

Pipeline::~Pipeline() = default;

int Pipeline::AddNode(OperatorId id, std::unique_ptr<Operator> op, bool stateful) {
  nodes_.push_back(std::make_unique<Node>(*this, id, std::move(op), stateful));
  return static_cast<int>(nodes_.size()) - 1;
}

void Pipeline::Connect(int from, int to, int port) {
  CHECK(from < to, "nodes are added in topological order");
  nodes_[from]->consumers.push_back({nodes_[to].get(), port});
  nodes_[from]->must_be_sound |= nodes_[to]->stateful;
}

void Pipeline::AddInput(std::unique_ptr<PipelineInput> input, int node, int port) {
  inputs_.push_back({std::move(input), node, port});
}

void Pipeline::AddSink(int node, std::unique_ptr<PipelineSink> sink) {
  nodes_[node]->sinks.push_back(std::move(sink));
  nodes_[node]->must_be_sound = true;
}

void Pipeline::Start(StartMode mode) { start_ = mode; }

bool Pipeline::Step() {
  if (sinks_waiting_ && !Flush()) return false;
  if (suspended_ > 0) return ResumeOne();
  if (pending_ > 0) return DeliverOnePending();
  if (barrier_) return BarrierOneNode();
  return PollOneInput();
}

bool Pipeline::Quiet() const {
  return !sinks_waiting_ && suspended_ == 0 && pending_ == 0 && !barrier_ &&
         inputs_at_barrier_ == 0;
}

bool Pipeline::Closed() const {
  return std::ranges::all_of(inputs_, [this](const Input& input) {
    const Node& node = *nodes_[input.node];
    return node.op->Closed() || node.output.Closed();
  });
}

std::string Pipeline::Describe() const {
  std::string text = "epoch " + std::to_string(eval_.epoch.epoch) + ", " +
                     std::to_string(inputs_at_barrier_) + " of " + std::to_string(inputs_.size()) +
                     " inputs at the barrier";
  if (barrier_) text += ", barrier at node " + std::to_string(barrier_node_);
  if (sinks_waiting_) text += ", a sink has no room";
  if (suspended_ > 0) text += ", " + std::to_string(suspended_) + " suspended";
  if (pending_ > 0) text += ", " + std::to_string(pending_) + " messages pending";
  return text;
}

bool Pipeline::Flush() {
  bool drained = true;
  for (const std::unique_ptr<Node>& node : nodes_) {
    for (const std::unique_ptr<PipelineSink>& sink : node->sinks) drained &= sink->Flush();
  }
  sinks_waiting_ = !drained;
  return drained;
}

// The furthest downstream first: it makes the room that those before it wait for.
bool Pipeline::ResumeOne() {
  for (size_t i = nodes_.size(); i-- > 0;) {
    Node& node = *nodes_[i];
    if (!node.suspended) continue;
    node.suspended = false;
    --suspended_;
    Note(node, node.op->Resume(node.output));
    return true;
  }
  CHECK(false, "a suspended node is counted and not there");
}

bool Pipeline::DeliverOnePending() {
  for (size_t i = nodes_.size(); i-- > 0;) {
    Node& node = *nodes_[i];
    if (node.pending.empty()) continue;
    auto [port, message] = std::move(node.pending.front());
    node.pending.pop_front();
    --pending_;
    Call(node, port, std::move(message));
    return true;
  }
  CHECK(false, "a pending message is counted and not there");
}

bool Pipeline::BarrierOneNode() {
  if (barrier_node_ < nodes_.size()) {
    Node& node = *nodes_[barrier_node_++];
    Note(node, node.op->OnBarrier(*barrier_, node.output));
    return true;
  }
  errors_->OnBarrier(*barrier_);
  for (const std::unique_ptr<Node>& node : nodes_) {
    for (const std::unique_ptr<PipelineSink>& sink : node->sinks) {
      sink->Put(*barrier_);
      if (!sink->Flush()) sinks_waiting_ = true;
    }
  }
  completed_ = *barrier_;
  barrier_.reset();
  return true;
}

bool Pipeline::PollOneInput() {
  for (size_t tried = 0; tried < inputs_.size(); ++tried) {
    Input& input = inputs_[next_input_];
    next_input_ = (next_input_ + 1) % inputs_.size();
    if (input.at_barrier) continue;
    std::optional<Message> message = input.source->Poll();
    if (!message) continue;
    Enter(input, std::move(*message));
    return true;
  }
  return false;
}

void Pipeline::Enter(Input& input, Message message) {
  if (const auto* open = std::get_if<EpochOpen>(&message)) return OpenEpoch(open->info);
  const auto* barrier = std::get_if<Barrier>(&message);
  if (barrier == nullptr) return Deliver(*nodes_[input.node], input.port, std::move(message));
  input.at_barrier = true;
  if (++inputs_at_barrier_ < inputs_.size()) return;
  OpenEpoch(barrier->info);  // an epoch without rows may come without an EpochOpen
  barrier_ = *barrier;
  barrier_node_ = 0;
  inputs_at_barrier_ = 0;
  for (Input& other : inputs_) other.at_barrier = false;
}

void Pipeline::OpenEpoch(const EpochInfo& info) {
  if (opened_ && info.epoch == eval_.epoch.epoch) return;  // another input has said so
  CHECK(!opened_ || info.epoch > eval_.epoch.epoch, "epochs never go back");
  opened_ = true;
  eval_.epoch = info;
  for (const std::unique_ptr<Node>& node : nodes_) {
    for (const std::unique_ptr<PipelineSink>& sink : node->sinks) {
      sink->Put(EpochOpen{info});
      if (!sink->Flush()) sinks_waiting_ = true;
    }
  }
  // Not before: what an operator emits at its start belongs to the first epoch.
  if (!start_) return;
  for (const std::unique_ptr<Node>& node : nodes_) node->op->OnStart(*start_, node->output);
  start_.reset();
}

void Pipeline::Deliver(Node& node, int port, Message message) {
  if (node.suspended || !node.pending.empty()) {
    node.pending.emplace_back(port, std::move(message));
    ++pending_;
    return;
  }
  Call(node, port, std::move(message));
}

void Pipeline::Call(Node& node, int port, Message message) {
  if (const auto* watermark = std::get_if<Watermark>(&message)) {
    return Note(node, node.op->OnWatermark(port, *watermark, node.output));
  }
  Batch& batch = std::get<Batch>(message);
  if (batch.selected() == 0 || (cancel_ != nullptr && cancel_->requested())) return;
  Note(node, node.op->OnBatch(port, std::move(batch), node.output));
}

Batch Pipeline::WithoutErrors(Node& node, Batch batch) {
  errors_->Add(node.id, batch, batch.errors);
  std::vector<uint16_t> failed;
  failed.reserve(batch.errors.size());
  for (const EvalError& entry : batch.errors) failed.push_back(entry.row);
  batch.selection = Without(batch.selection, batch.rows, failed);
  batch.errors.clear();
  return batch;
}

void Pipeline::Note(Node& node, executor::Step step) {
  if (step == Step::kDone) return;
  CHECK(!node.suspended, "an operator was called while suspended");
  node.suspended = true;
  ++suspended_;
}

}  // namespace riverrun::executor
