#include "executor/runtime/pipeline.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace riverrun::executor {
namespace {

const std::vector<Type> kTypes = {Type::Int8()};

Batch Rows(const std::vector<int64_t>& values) {
  BatchBuilder builder(kTypes);
  for (const int64_t value : values) {
    builder.column(0).Append(value);
    builder.EndRow();
  }
  return builder.Finish();
}

std::string Describe(const Message& message) {
  if (const auto* batch = std::get_if<Batch>(&message)) {
    std::string text = "rows";
    ForEachRow(batch->rows, batch->selection, [&](uint32_t row) {
      text += " " + std::to_string(batch->columns[0].At<int64_t>(row));
    });
    return text;
  }
  if (const auto* open = std::get_if<EpochOpen>(&message)) {
    return "open " + std::to_string(open->info.epoch);
  }
  if (const auto* mark = std::get_if<Watermark>(&message)) {
    return "watermark " + std::to_string(mark->time);
  }
  return "barrier " + std::to_string(std::get<Barrier>(message).info.epoch);
}

// What a test gives to a pipeline.
class ScriptedInput : public PipelineInput {
 public:
  explicit ScriptedInput(std::deque<Message>& script) : script_(script) {}
  std::optional<Message> Poll() override {
    if (script_.empty()) return std::nullopt;
    Message message = std::move(script_.front());
    script_.pop_front();
    return message;
  }

 private:
  std::deque<Message>& script_;
};

// A sink that has room for some messages until the test makes more.
class BoundedSink : public PipelineSink {
 public:
  BoundedSink(std::vector<std::string>& out, size_t& room) : out_(out), room_(room) {}
  void Put(Message message) override { waiting_.push_back(std::move(message)); }
  bool Flush() override {
    for (; room_ > 0 && !waiting_.empty(); --room_) {
      out_.push_back(Describe(waiting_.front()));
      waiting_.pop_front();
    }
    return waiting_.empty();
  }

 private:
  std::vector<std::string>& out_;
  size_t& room_;
  std::deque<Message> waiting_;
};

class IgnoredErrors : public ErrorSink {
 public:
  void Add(OperatorId, const Batch&, const ErrorLane&) override {}
};

class RecordedErrors : public ErrorSink {
 public:
  explicit RecordedErrors(std::vector<std::string>& out) : out_(out) {}
  void Add(OperatorId made_by, const Batch& rows, const ErrorLane& errors) override {
    for (const EvalError& e : errors) {
      out_.push_back(std::to_string(made_by.value) + ": " + ToString(e.error) + " weight " +
                     std::to_string(rows.WeightOf(e.row)));
    }
  }

 private:
  std::vector<std::string>& out_;
};

class PassOn : public Operator {
 public:
  Step OnBatch(int, Batch batch, Output& out) override {
    out.Emit(std::move(batch));
    return out.Full() ? Step::kMore : Step::kDone;
  }
};

// Emits each row `times` in a batch of its own, and one row at the barrier.
class Multiply : public Operator {
 public:
  explicit Multiply(int times) : times_(times) {}
  Step OnBatch(int, Batch batch, Output& out) override {
    batch_ = std::move(batch);
    left_ = times_;
    return Resume(out);
  }
  Step Resume(Output& out) override {
    while (left_ > 0) {
      --left_;
      out.Emit(batch_);
      if (out.Full()) return Step::kMore;
    }
    return Step::kDone;
  }
  Step OnBarrier(const Barrier&, Output& out) override {
    out.Emit(Rows({-1}));
    return out.Full() ? Step::kMore : Step::kDone;
  }

 private:
  const int times_;
  int left_ = 0;
  Batch batch_;
};

class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest()
      : pipeline_(std::make_unique<Pipeline>(eval_, std::make_unique<IgnoredErrors>())) {}

  void RunUntilIdle() {
    while (pipeline_->Step()) {
    }
  }
  int AddNode(std::unique_ptr<Operator> op) {
    return pipeline_->AddNode({next_id_++}, std::move(op), false);
  }
  std::unique_ptr<PipelineSink> Sink() { return std::make_unique<BoundedSink>(out_, room_); }

  EvalContext eval_;
  std::deque<Message> left_, right_;
  std::vector<std::string> out_;
  size_t room_ = SIZE_MAX;
  uint32_t next_id_ = 1;
  std::unique_ptr<Pipeline> pipeline_;
};

TEST_F(PipelineTest, CarriesAnEpochThroughAChain) {
  const int first = AddNode(std::make_unique<PassOn>());
  const int second = AddNode(std::make_unique<Multiply>(2));
  pipeline_->Connect(first, second, 0);
  pipeline_->AddInput(std::make_unique<ScriptedInput>(left_), first, 0);
  pipeline_->AddSink(second, Sink());
  pipeline_->Start(StartMode::kFresh);
  left_ = {EpochOpen{{1, 10}}, Rows({5}), Barrier{.info = {1, 10}}};
  RunUntilIdle();
  EXPECT_EQ(out_, (std::vector<std::string>{"open 1", "rows 5", "rows 5", "rows -1", "barrier 1"}));
  EXPECT_EQ(pipeline_->completed()->info.epoch, 1u);
  EXPECT_EQ(eval_.epoch.now, 10);
  EXPECT_TRUE(pipeline_->Quiet());
}

TEST_F(PipelineTest, AlignsBarriersOverItsInputs) {
  const int node = AddNode(std::make_unique<PassOn>());
  pipeline_->AddInput(std::make_unique<ScriptedInput>(left_), node, 0);
  pipeline_->AddInput(std::make_unique<ScriptedInput>(right_), node, 1);
  pipeline_->AddSink(node, Sink());
  pipeline_->Start(StartMode::kFresh);
  left_ = {Barrier{.info = {1, 0}}, EpochOpen{{2, 0}}, Rows({2})};
  RunUntilIdle();
  EXPECT_TRUE(out_.empty()) << "rows of the next epoch must wait";
  right_ = {Rows({1}), Barrier{.info = {1, 0}}};
  RunUntilIdle();
  EXPECT_EQ(out_, (std::vector<std::string>{"rows 1", "open 1", "barrier 1", "open 2", "rows 2"}));
}

// Whatever the room, the same messages leave in the same order, and nothing enters while the sink
// is full.
TEST_F(PipelineTest, SuspendsUntilTheSinkDrains) {
  const int first = AddNode(std::make_unique<Multiply>(3));
  const int second = AddNode(std::make_unique<Multiply>(2));
  pipeline_->Connect(first, second, 0);
  pipeline_->AddInput(std::make_unique<ScriptedInput>(left_), first, 0);
  pipeline_->AddSink(second, Sink());
  pipeline_->Start(StartMode::kFresh);
  const std::vector<Message> script = {EpochOpen{{1, 0}}, Rows({7}), Rows({8}),
                                       Barrier{.info = {1, 0}}};
  left_.assign(script.begin(), script.end());
  RunUntilIdle();
  const std::vector<std::string> unbounded = out_;
  EXPECT_EQ(unbounded.size(), 1 + 2 * 6 + 2 + 1 + 1u);

  for (const size_t step : {1u, 2u, 3u}) {
    SCOPED_TRACE(step);
    out_.clear();
    room_ = 0;
    const Epoch epoch = 1 + step;
    left_ = {EpochOpen{{epoch, 0}}, Rows({7}), Rows({8}), Barrier{.info = {epoch, 0}}};
    size_t most_left = left_.size();
    for (int round = 0; round < 100 && out_.size() < unbounded.size(); ++round) {
      RunUntilIdle();
      EXPECT_LE(left_.size(), most_left);
      EXPECT_GE(left_.size() + out_.size(), 1u);
      most_left = left_.size();
      room_ += step;
    }
    RunUntilIdle();
    ASSERT_EQ(out_.size(), unbounded.size());
    for (size_t i = 1; i + 1 < out_.size(); ++i) EXPECT_EQ(out_[i], unbounded[i]);
  }
}

// A node that two branches feed gets the second message while it is suspended by the first.
TEST_F(PipelineTest, KeepsWhatReachesASuspendedNode) {
  const int source = AddNode(std::make_unique<PassOn>());
  const int left = AddNode(std::make_unique<PassOn>());
  const int right = AddNode(std::make_unique<PassOn>());
  const int join = AddNode(std::make_unique<Multiply>(2));
  pipeline_->Connect(source, left, 0);
  pipeline_->Connect(source, right, 0);
  pipeline_->Connect(left, join, 0);
  pipeline_->Connect(right, join, 1);
  pipeline_->AddInput(std::make_unique<ScriptedInput>(left_), source, 0);
  pipeline_->AddSink(join, Sink());
  pipeline_->Start(StartMode::kFresh);
  room_ = 0;
  left_ = {EpochOpen{{1, 0}}, Rows({1}), Barrier{.info = {1, 0}}};
  for (int i = 0; i < 20; ++i) {
    RunUntilIdle();
    ++room_;
  }
  EXPECT_EQ(out_, (std::vector<std::string>{"open 1", "rows 1", "rows 1", "rows 1", "rows 1",
                                            "rows -1", "barrier 1"}));
}

class Fail : public Operator {
 public:
  Step OnBatch(int, Batch batch, Output& out) override {
    batch.errors = {{0, {sqlstate::kDivisionByZero, "division by zero"}}};
    out.Emit(std::move(batch));
    return Step::kDone;
  }
};

TEST_F(PipelineTest, FailedRowsLeaveBeforeASink) {
  std::vector<std::string> errors;
  pipeline_ = std::make_unique<Pipeline>(eval_, std::make_unique<RecordedErrors>(errors));
  const int node = AddNode(std::make_unique<Fail>());
  const int next = AddNode(std::make_unique<PassOn>());
  pipeline_->Connect(node, next, 0);
  pipeline_->AddInput(std::make_unique<ScriptedInput>(left_), node, 0);
  pipeline_->AddSink(next, Sink());
  pipeline_->Start(StartMode::kFresh);
  Batch rows = Rows({1, 2});
  rows.weights = NegatedWeights(rows);
  left_ = {EpochOpen{{1, 0}}, rows, Barrier{.info = {1, 0}}};
  RunUntilIdle();
  EXPECT_EQ(errors, std::vector<std::string>{"2: 22012: division by zero weight -1"});
  EXPECT_EQ(out_, (std::vector<std::string>{"open 1", "rows 2", "barrier 1"}));
}

}  // namespace
}  // namespace riverrun::executor
