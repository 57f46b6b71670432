#include "types/column/buffer.h"

#include <gtest/gtest.h>

#include "types/memory_budget.h"

namespace riverrun {
namespace {

TEST(BufferTest, IsAlignedAndPadded) {
  for (const size_t bytes : {0, 1, 63, 64, 1000}) {
    const auto buffer = Buffer::Allocate(bytes);
    EXPECT_EQ(buffer->size(), bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer->as<char>()) % 64, 0u);
    for (size_t i = 0; i < 64; ++i) EXPECT_EQ(buffer->as<char>()[bytes + i], 0);
  }
}

TEST(BufferTest, ZeroedIsZero) {
  const auto buffer = Buffer::AllocateZeroed(777);
  for (uint32_t i = 0; i < buffer->count<uint8_t>(); ++i) EXPECT_EQ(buffer->as<uint8_t>()[i], 0);
}

TEST(BufferTest, CountsAgainstItsBudgetForAsLongAsItLives) {
  MemoryBudget budget("test");
  auto buffer = Buffer::Allocate(1000, &budget);
  EXPECT_GE(budget.used(), 1000u);
  buffer->Truncate(10);
  EXPECT_EQ(buffer->count<uint16_t>(), 5u);
  EXPECT_GE(budget.used(), 1000u);  // the memory is still there
  const BufferRef other = buffer;
  buffer.reset();
  EXPECT_GE(budget.used(), 1000u);
}

TEST(BufferTest, NullBitsAreIndependent) {
  uint64_t words[3] = {};
  EXPECT_EQ(NullBytes(0), 0u);
  EXPECT_EQ(NullBytes(64), 8u);
  EXPECT_EQ(NullBytes(65), 16u);
  for (const uint32_t row : {0u, 63u, 64u, 129u}) SetNullBit(words, row);
  for (uint32_t row = 0; row < 192; ++row) {
    EXPECT_EQ(NullBit(words, row), row == 0 || row == 63 || row == 64 || row == 129);
  }
}

}  // namespace
}  // namespace riverrun
