#include "types/column/string_ref.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"

namespace riverrun {
namespace {

TEST(StringRefTest, ShortStringsLieInside) {
  std::string text = "twelve bytes";
  const StringRef inside(text);
  EXPECT_TRUE(inside.is_inline());
  text.assign(12, 'x');
  EXPECT_EQ(inside.view(), "twelve bytes");

  const std::string longer = "thirteen byte";
  const StringRef outside(longer);
  EXPECT_FALSE(outside.is_inline());
  EXPECT_EQ(outside.data(), longer.data());
  EXPECT_EQ(outside.view(), longer);
}

TEST(StringRefTest, TheDefaultIsEmpty) {
  EXPECT_EQ(StringRef().size(), 0u);
  EXPECT_EQ(StringRef(), StringRef(std::string_view()));
}

TEST(StringRefTest, ComparesAsTheBytesDo) {
  testing::RandomData random(1);
  std::vector<std::string> texts;
  for (int i = 0; i < 150; ++i) {
    texts.push_back(random.Bytes(20));
    // Strings that share a beginning of every length.
    texts.push_back(std::string("abcdefghijklmnopqrst").substr(0, random.Below(20)) +
                    random.Bytes(2));
  }
  for (const std::string& a : texts) {
    for (const std::string& b : texts) {
      ASSERT_EQ(StringRef(a) == StringRef(b), a == b);
      ASSERT_EQ(StringRef(a) <=> StringRef(b), a <=> b);
      if (a == b) { ASSERT_TRUE(StringRef(a).SameHead(StringRef(b))); }
    }
  }
}

}  // namespace
}  // namespace riverrun
