#include "executor/runtime/local_driver.h"

#include <poll.h>

#include <deque>
#include <utility>

#include "executor/runtime/dataflow_part.h"

namespace riverrun::executor {
namespace {

// While an input brings nothing, a cancel is looked for this often.
constexpr int kCancelCheckMilliseconds = 20;

DataflowSpec WithoutExchanges(DataflowSpec spec) {
  for (OperatorNode& node : spec.nodes) {
    for (InputRef& input : node.inputs) input.distribution = {};
  }
  return spec;
}

}  // namespace

struct LocalDriver::Run {
  class Input : public PipelineInput {
   public:
    Input(Run& run, std::unique_ptr<BatchSource> source, std::vector<Watermark> watermarks)
        : run_(run), source_(std::move(source)), watermarks_(std::move(watermarks)) {}
    std::optional<Message> Poll() override {
      if (!opened_) {
        opened_ = true;
        return EpochOpen{run_.epoch};
      }
      if (source_ != nullptr && !run_.closed && !run_.failure) {
        Result<std::optional<Batch>> next = source_->Next();
        if (!next) {
          run_.failure = next.error();
        } else if (*next) {
          return std::move(**next);
        } else if (!source_->AtEnd()) {
          run_.waits_for = source_->ReadyFd();
          return std::nullopt;
        }
      }
      if (!watermarks_.empty()) {
        const Watermark watermark = watermarks_.back();
        watermarks_.pop_back();
        return watermark;
      }
      return Barrier{.info = run_.epoch, .final = true};
    }

   private:
    Run& run_;
    std::unique_ptr<BatchSource> source_;
    std::vector<Watermark> watermarks_;
    bool opened_ = false;
  };

  class Results : public PipelineSink {
   public:
    explicit Results(Run& run) : run_(run) {}
    void Put(Message message) override {
      if (auto* batch = std::get_if<Batch>(&message); batch != nullptr && batch->selected() > 0) {
        run_.results.push_back(std::move(*batch));
      }
    }
    // Operators stop after each batch until the reader has taken it.
    bool Flush() override { return run_.results.empty(); }

   private:
    Run& run_;
  };

  // The first row that fails ends the query.
  class Failure : public ErrorSink {
   public:
    explicit Failure(Run& run) : run_(run) {}
    void Add(OperatorId, const Batch&, const ErrorLane& errors) override {
      if (!run_.failure && !errors.empty()) run_.failure = errors.front().error;
    }

   private:
    Run& run_;
  };

  EpochInfo epoch;
  bool closed = false;
  int waits_for = -1;  // a descriptor of an input that has no rows now
  std::optional<Error> failure;
  std::deque<Batch> results;
  std::unique_ptr<DataflowPart> part;
};

LocalDriver::LocalDriver(const DataflowSpec& spec, Environment environment)
    : run_(std::make_unique<Run>()) {
  run_->epoch = environment.epoch;
  Run& run = *run_;
  ExchangeEnds no_ends;
  PartEnvironment part{
      .settings = environment.settings,
      .has_clock = environment.has_clock,
      .budget = environment.budget,
      .errors = [&]() -> std::unique_ptr<ErrorSink> {
        if (environment.errors) return environment.errors();
        return std::make_unique<Run::Failure>(run);
      },
      .subscribe =
          [&](const SourceSpec& source) {
            return std::make_unique<Run::Input>(
                run, environment.open(source),
                environment.watermarks ? environment.watermarks(source) : std::vector<Watermark>{});
          },
      .epochs =
          [&] { return std::make_unique<Run::Input>(run, nullptr, std::vector<Watermark>{}); },
      .materialize = nullptr,
      .publish = nullptr,
      .output = [&] { return std::make_unique<Run::Results>(run); }};
  run.part = std::make_unique<DataflowPart>(WithoutExchanges(spec), no_ends, std::move(part));
  run.part->Start(StartMode::kFresh);
}

LocalDriver::~LocalDriver() = default;

Result<std::optional<Batch>> LocalDriver::Next(const Cancel& cancel) {
  run_->part->DropWhen(&cancel);
  while (true) {
    if (run_->failure) return std::unexpected(*run_->failure);
    // First: what the rows that were dropped would have made is missing from the results.
    if (cancel.requested()) {
      return FailCanceled();
    }
    if (!run_->results.empty()) {
      Batch batch = std::move(run_->results.front());
      run_->results.pop_front();
      return batch;
    }
    if (run_->part->completed()) return std::nullopt;
    if (!run_->part->Step()) {
      if (run_->waits_for < 0) return std::nullopt;
      pollfd wait{.fd = std::exchange(run_->waits_for, -1), .events = POLLIN, .revents = 0};
      poll(&wait, 1, kCancelCheckMilliseconds);
    }
    run_->closed = run_->part->Closed();
  }
}

}  // namespace riverrun::executor
