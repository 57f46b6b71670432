#include "executor/exchange/exchange.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace riverrun::executor {
namespace {

Batch Keys(int64_t from, int64_t to) {
  const std::vector<Type> types = {Type::Int8()};
  BatchBuilder builder(types);
  for (int64_t key = from; key < to; ++key) {
    builder.column(0).Append(key);
    builder.EndRow(key % 3 - 1);
  }
  return builder.Finish();
}

struct Rig {
  Rig(int workers, uint32_t capacity, Carriage carriage, Distribution distribution)
      : ends(MakeExchange(workers, capacity, carriage)) {
    for (int i = 0; i < workers; ++i) {
      sinks.push_back(MakeExchangeSink(*ends[i], distribution, Placement(workers)));
      inputs.push_back(MakeExchangeInput(*ends[i]));
    }
  }
  std::vector<std::unique_ptr<Exchange>> ends;
  std::vector<std::unique_ptr<PipelineSink>> sinks;
  std::vector<std::unique_ptr<PipelineInput>> inputs;
};

class ExchangeTest : public ::testing::TestWithParam<std::tuple<Carriage, uint32_t>> {};

// Every row reaches the owner of its vnode once, with its weight, whatever the capacity.
TEST_P(ExchangeTest, BringsEachRowToTheOwnerOfItsKey) {
  const auto [carriage, capacity] = GetParam();
  Rig rig(3, capacity, carriage, {Distribution::Kind::kHash, {0}});
  for (int sender = 0; sender < 3; ++sender) {
    rig.sinks[sender]->Put(Keys(sender * 100, sender * 100 + 100));
    rig.sinks[sender]->Put(Barrier{.info = {7, 0}});
  }
  std::map<int64_t, Weight> seen;
  std::vector<bool> done(3, false);
  for (int round = 0; round < 1000; ++round) {
    for (int worker = 0; worker < 3; ++worker) {
      rig.sinks[worker]->Flush();
      const std::optional<Message> message = rig.inputs[worker]->Poll();
      if (!message) continue;
      if (const auto* barrier = std::get_if<Barrier>(&*message)) {
        EXPECT_EQ(barrier->info.epoch, 7u);
        EXPECT_FALSE(done[worker]) << "one barrier for all senders";
        done[worker] = true;
        continue;
      }
      const Batch& batch = std::get<Batch>(*message);
      KeyBatch keys;
      keys.Build(batch, std::vector<int>{0});
      uint32_t i = 0;
      ForEachRow(batch.rows, batch.selection, [&](uint32_t row) {
        EXPECT_EQ(Placement(3).OwnerOf(keys.vnode(i++)), worker);
        EXPECT_TRUE(seen.emplace(batch.columns[0].At<int64_t>(row), batch.WeightOf(row)).second);
      });
    }
  }
  EXPECT_EQ(done, std::vector<bool>(3, true));
  ASSERT_EQ(seen.size(), 300u);
  for (const auto& [key, weight] : seen) EXPECT_EQ(weight, key % 3 - 1);
}

INSTANTIATE_TEST_SUITE_P(All, ExchangeTest,
                         ::testing::Combine(::testing::Values(Carriage::kShared,
                                                              Carriage::kSerialised),
                                            ::testing::Values(1u, 2u, 16u)));

TEST(ExchangeInputTest, HoldsBackWhatStandsBehindABarrier) {
  Rig rig(2, 8, Carriage::kShared, {Distribution::Kind::kSingleton, {}});
  rig.sinks[0]->Put(Barrier{.info = {1, 0}});
  rig.sinks[0]->Put(Keys(0, 1));  // of the next epoch
  EXPECT_EQ(rig.inputs[0]->Poll(), std::nullopt);
  EXPECT_EQ(rig.inputs[0]->Poll(), std::nullopt);
  rig.sinks[1]->Put(Keys(5, 6));
  rig.sinks[1]->Put(Barrier{.info = {1, 0}});
  EXPECT_TRUE(std::holds_alternative<Batch>(*rig.inputs[0]->Poll()));
  EXPECT_TRUE(std::holds_alternative<Barrier>(*rig.inputs[0]->Poll()));
  EXPECT_TRUE(std::holds_alternative<Batch>(*rig.inputs[0]->Poll()));
}

TEST(ExchangeInputTest, AWatermarkIsTheSmallestOfAllSenders) {
  Rig rig(2, 8, Carriage::kShared, {Distribution::Kind::kHash, {0}});
  rig.sinks[0]->Put(Watermark{0, 100});
  EXPECT_EQ(rig.inputs[1]->Poll(), std::nullopt);
  rig.sinks[1]->Put(Watermark{0, 50});
  EXPECT_EQ(std::get<Watermark>(*rig.inputs[1]->Poll()), (Watermark{0, 50}));
  rig.sinks[1]->Put(Watermark{0, 200});
  EXPECT_EQ(std::get<Watermark>(*rig.inputs[1]->Poll()), (Watermark{0, 100}));
}

}  // namespace
}  // namespace riverrun::executor
