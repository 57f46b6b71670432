#include "executor/runtime/dataflow_part.h"

#include <algorithm>
#include <numeric>

namespace riverrun::executor {
namespace {

bool ChangesWorker(const InputRef& input) {
  return input.distribution.kind != Distribution::Kind::kAny;
}

std::unique_ptr<Operator> MakeOperator(const OperatorNode& node, const OperatorContext& context,
                                       const PartEnvironment& environment) {
  struct Maker {
    const OperatorNode& node;
    const OperatorContext& context;
    const PartEnvironment& environment;

    std::unique_ptr<Operator> operator()(const SourceSpec&) { return MakeUnion(1); }
    std::unique_ptr<Operator> operator()(const ValuesSpec& s) {
      const bool here = environment.placement.OwnerOf(0) == environment.worker;
      return here ? MakeValues(s, context) : MakeUnion(1);
    }
    std::unique_ptr<Operator> operator()(const FilterSpec& s) { return MakeFilter(s, context); }
    std::unique_ptr<Operator> operator()(const ProjectSpec& s) { return MakeProject(s, context); }
    std::unique_ptr<Operator> operator()(const UnionSpec&) { return MakeUnion(node.inputs.size()); }
    std::unique_ptr<Operator> operator()(const AggregateSpec& s) {
      return MakeAggregate(s, context);
    }
    std::unique_ptr<Operator> operator()(const TopNSpec& s) { return MakeTopN(s, context); }
    std::unique_ptr<Operator> operator()(const LimitSpec& s) { return MakeLimit(s, context); }
    std::unique_ptr<Operator> operator()(const WindowSpec& s) { return MakeWindows(s, context); }
    std::unique_ptr<Operator> operator()(const CloseGroupsSpec& s) {
      return MakeCloseGroups(s, context);
    }
    std::unique_ptr<Operator> operator()(const PartialAggregateSpec& s) {
      return MakePartialAggregate(s, context);
    }
    std::unique_ptr<Operator> operator()(const MaterializeSpec&) {
      return environment.materialize(node, context);
    }
  };
  return std::visit(Maker{node, context, environment}, node.spec);
}

}  // namespace

ExchangeEnds MakeExchanges(const DataflowSpec& spec, int workers, uint32_t capacity,
                           Carriage carriage) {
  ExchangeEnds ends;
  for (const OperatorNode& node : spec.nodes) {
    for (size_t port = 0; port < node.inputs.size(); ++port) {
      if (!ChangesWorker(node.inputs[port])) continue;
      ends[{node.id, static_cast<int>(port)}] = MakeExchange(workers, capacity, carriage);
    }
  }
  return ends;
}

// Divides the nodes into stages and joins them; lives only during construction.
class DataflowPart::Builder {
 public:
  Builder(DataflowPart& part, const DataflowSpec& spec, ExchangeEnds& ends)
      : part_(part), spec_(spec), ends_(ends) {}

  void Build() {
    for (size_t i = 0; i < spec_.nodes.size(); ++i) index_[spec_.nodes[i].id] = i;
    FindStages();
    // Contexts point into types_: it must not move after this.
    part_.types_.reserve(spec_.nodes.size());
    for (const OperatorNode& node : spec_.nodes) part_.types_.push_back(TypesOf(node.output));
    for (size_t i = 0; i < spec_.nodes.size(); ++i) AddNode(i);
    for (size_t i = 0; i < spec_.nodes.size(); ++i) JoinInputs(i);
    JoinOutput();
  }

 private:
  // Where a node runs: its stage, and its number in that stage's pipeline.
  struct Place {
    size_t stage;
    int node;
  };

  Pipeline& PipelineOf(size_t i) { return *part_.stages_[places_[i].stage].pipeline; }
  size_t From(const InputRef& input) const { return index_.at(input.from); }

  void FindStages() {
    const size_t count = spec_.nodes.size();
    level_.assign(count, 0);
    for (size_t i = 0; i < count; ++i) {
      for (const InputRef& input : spec_.nodes[i].inputs) {
        level_[i] = std::max(level_[i], level_[From(input)] + (ChangesWorker(input) ? 1 : 0));
      }
    }
    root_.resize(count);
    std::iota(root_.begin(), root_.end(), size_t{0});
    for (size_t i = 0; i < count; ++i) {
      for (const InputRef& input : spec_.nodes[i].inputs) {
        if (IsCall(i, input)) root_[Root(i)] = Root(From(input));
      }
    }
    std::map<size_t, size_t> stage_of_root;
    for (size_t i = 0; i < count; ++i) {
      const auto [found, fresh] = stage_of_root.try_emplace(Root(i), part_.stages_.size());
      if (fresh) AddStage();
      places_.push_back({found->second, 0});
    }
  }

  size_t Root(size_t i) const {
    while (root_[i] != i) i = root_[i];
    return i;
  }

  // True where the edge is a function call.
  bool IsCall(size_t to, const InputRef& input) const {
    return !ChangesWorker(input) && level_[to] == level_[From(input)];
  }

  void AddStage() {
    auto eval = std::make_unique<EvalContext>();
    eval->settings = part_.environment_.settings;
    eval->budget = part_.environment_.budget;
    eval->has_clock = part_.environment_.has_clock;
    auto pipeline = std::make_unique<Pipeline>(*eval, part_.environment_.errors());
    part_.stages_.push_back({std::move(eval), std::move(pipeline)});
  }

  void AddNode(size_t i) {
    const OperatorNode& node = spec_.nodes[i];
    const size_t first_input = node.inputs.empty() ? i : From(node.inputs.front());
    const OperatorContext context{.eval = part_.stages_[places_[i].stage].eval.get(),
                                  .inputs = &part_.types_[first_input],
                                  .outputs = &part_.types_[i],
                                  .budget = part_.environment_.budget,
                                  .owns_single = OwnsSingle(),
                                  .late = &part_.late_};
    places_[i].node = PipelineOf(i).AddNode(
        node.id, MakeOperator(node, context, part_.environment_), IsStateful(node.spec));
  }

  bool OwnsSingle() const {
    return part_.environment_.placement.OwnerOf(0) == part_.environment_.worker;
  }

  void JoinInputs(size_t i) {
    const OperatorNode& node = spec_.nodes[i];
    if (const auto* source = std::get_if<SourceSpec>(&node.spec)) {
      PipelineOf(i).AddInput(part_.environment_.subscribe(*source), places_[i].node, 0);
    }
    if (std::holds_alternative<ValuesSpec>(node.spec)) {
      PipelineOf(i).AddInput(part_.environment_.epochs(), places_[i].node, 0);
    }
    for (size_t port = 0; port < node.inputs.size(); ++port) {
      const InputRef& input = node.inputs[port];
      const auto number = static_cast<int>(port);
      if (IsCall(i, input)) {
        PipelineOf(i).Connect(places_[From(input)].node, places_[i].node, number);
      } else {
        JoinByQueue(i, number, input);
      }
    }
  }

  void JoinByQueue(size_t to, int port, const InputRef& input) {
    std::unique_ptr<Exchange> end;
    Placement placement = part_.environment_.placement;
    if (ChangesWorker(input)) {
      end = std::move(ends_.at({spec_.nodes[to].id, port})[part_.environment_.worker]);
      end->NoteIn(part_.environment_.touched);
    } else {
      // The rows stay, but the levels differ: a queue to itself keeps the stages a DAG.
      placement = Placement(1);
      end = std::move(
          MakeExchange(1, part_.environment_.queue_capacity, Carriage::kShared).front());
    }
    const size_t from = From(input);
    PipelineOf(from).AddSink(places_[from].node,
                             MakeExchangeSink(*end, input.distribution, placement));
    PipelineOf(to).AddInput(MakeExchangeInput(*end), places_[to].node, port);
    part_.exchanges_.push_back(std::move(end));
  }

  void JoinOutput() {
    const size_t last = spec_.nodes.size() - 1;
    const auto* view = std::get_if<MaterializeSpec>(&spec_.nodes[last].spec);
    std::unique_ptr<PipelineSink> sink =
        view != nullptr ? part_.environment_.publish(*view) : part_.environment_.output();
    if (sink != nullptr) PipelineOf(last).AddSink(places_[last].node, std::move(sink));
  }

  DataflowPart& part_;
  const DataflowSpec& spec_;
  ExchangeEnds& ends_;
  std::map<OperatorId, size_t> index_;
  std::vector<int> level_;    // by node
  std::vector<size_t> root_;  // union-find over nodes joined by calls
  std::vector<Place> places_;
};

DataflowPart::DataflowPart(const DataflowSpec& spec, ExchangeEnds& ends,
                           PartEnvironment environment)
    : environment_(std::move(environment)) {
  Builder(*this, spec, ends).Build();
}

// Pipelines hold references to the exchanges, so they go first.
DataflowPart::~DataflowPart() { stages_.clear(); }

void DataflowPart::Start(StartMode mode) {
  for (Stage& stage : stages_) stage.pipeline->Start(mode);
}

void DataflowPart::DropWhen(const Cancel* cancel) {
  for (Stage& stage : stages_) stage.pipeline->DropWhen(cancel);
}

bool DataflowPart::Step() {
  for (size_t tried = 0; tried < stages_.size(); ++tried) {
    Pipeline& pipeline = *stages_[next_].pipeline;
    next_ = (next_ + 1) % stages_.size();
    if (pipeline.Step()) return true;
  }
  return false;
}

std::optional<Epoch> DataflowPart::completed() const {
  std::optional<Epoch> oldest;
  for (const Stage& stage : stages_) {
    const std::optional<Barrier>& done = stage.pipeline->completed();
    if (!done) return std::nullopt;
    oldest = oldest ? std::min(*oldest, done->info.epoch) : done->info.epoch;
  }
  return oldest;
}

bool DataflowPart::Closed() const {
  return std::ranges::all_of(stages_, [](const Stage& s) { return s.pipeline->Closed(); });
}

std::string DataflowPart::Describe() const {
  std::string text;
  for (const Stage& stage : stages_) text += "  " + stage.pipeline->Describe() + "\n";
  return text;
}

}  // namespace riverrun::executor
