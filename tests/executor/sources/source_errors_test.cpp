// The failed records of a stream: what is readable at which epoch, and what goes first.
#include "executor/sources/source_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/view/read_view.h"

namespace riverrun::executor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SourceErrorsTest : public ::testing::Test {
 protected:
  SourceErrors Collect(SourceErrors::Retention retention) {
    return SourceErrors("clicks", store_, 0, retention);
  }
  static std::vector<FailedRecord> Failed(std::vector<int64_t> offsets, size_t bytes = 1) {
    std::vector<FailedRecord> records;
    for (const int64_t offset : offsets) {
      FailedRecord& record = records.emplace_back();
      record.offset = offset;
      record.value = std::string(bytes, 'x');
      record.error = {sqlstate::kInvalidTextRepresentation, "no JSON"};
    }
    return records;
  }
  // The offsets that are readable at an epoch.
  std::vector<int64_t> At(Epoch epoch) const {
    constexpr int kOffset = 5;
    auto cursor = storage::OpenScan(store_->At(epoch), {}, std::vector<int>{kOffset}, {}, false);
    std::vector<int64_t> offsets;
    while (const std::optional<Batch> rows = (*cursor)->Next().value()) {
      ForEachRow(rows->rows, rows->selection,
                 [&](uint32_t row) { offsets.push_back(rows->columns[0].At<int64_t>(row)); });
    }
    return offsets;
  }

  std::shared_ptr<storage::ViewStore> store_ =
      std::make_shared<storage::ViewStore>(ObjectId{1}, SourceErrorLayout(), 1, nullptr);
};

TEST_F(SourceErrorsTest, AreReadableWithTheirEpoch) {
  SourceErrors errors = Collect({});
  errors.Add(0, Failed({7}));
  errors.Complete({1, 100});
  errors.Add(0, Failed({9}));
  EXPECT_THAT(At(1), ElementsAre(7));
  errors.Complete({2, 200});
  EXPECT_THAT(At(2), UnorderedElementsAre(7, 9));
}

TEST_F(SourceErrorsTest, TheOldestGoByAge) {
  SourceErrors errors = Collect({.age = 100});
  errors.Add(0, Failed({1, 2}));
  errors.Complete({1, 1000});
  errors.Add(0, Failed({3}));
  errors.Complete({2, 1100});
  EXPECT_THAT(At(2), UnorderedElementsAre(1, 2, 3)) << "not older than the age";
  errors.Complete({3, 1101});
  EXPECT_THAT(At(3), ElementsAre(3));
  errors.Complete({4, 2000});
  EXPECT_THAT(At(4), IsEmpty());
}

TEST_F(SourceErrorsTest, TheOldestGoByBytes) {
  SourceErrors errors = Collect({.bytes = 3000});
  for (Epoch epoch = 1; epoch <= 3; ++epoch) {
    errors.Add(0, Failed({static_cast<int64_t>(epoch)}, 1200));
    errors.Complete({epoch, 1});
  }
  EXPECT_THAT(At(2), UnorderedElementsAre(1, 2));
  EXPECT_THAT(At(3), UnorderedElementsAre(2, 3));
}

}  // namespace
}  // namespace riverrun::executor
