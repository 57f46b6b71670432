#include "types/text/utf8.h"

#include <gtest/gtest.h>

#include "tests/random_data.h"

namespace riverrun {
namespace {

TEST(Utf8Test, EveryScalarValueRoundTrips) {
  for (char32_t c = 0; c <= 0x10ffff; ++c) {
    if (c >= 0xd800 && c < 0xe000) continue;
    std::string text;
    AppendCharacter(c, text);
    ASSERT_EQ(FindInvalidUtf8(text), std::string_view::npos);
    ASSERT_EQ(Utf8CharacterBytes(text[0]), text.size());
    size_t at = 0;
    ASSERT_EQ(NextCharacter(text, at), c);
    ASSERT_EQ(at, text.size());
  }
}

TEST(Utf8Test, FindsTheFirstInvalidByte) {
  struct Bad {
    std::string_view text;
    size_t at;
  };
  const Bad bad[] = {{"\x80", 0},         {"ab\xc0\x80", 2},         {"\xc1\xbf", 0},
                     {"é\xc3", 2},        {"\xe0\x9f\xbf", 0},       {"\xed\xa0\x80", 0},
                     {"\xf0\x8f\xbf\xbf", 0}, {"\xf4\x90\x80\x80", 0}, {"\xf5\x80\x80\x80", 0},
                     {"12345678\xff", 8}, {"123456789abcde\xe2\x82", 14}, {"\xe2\x28\xa1", 0}};
  for (const Bad& b : bad) {
    EXPECT_EQ(FindInvalidUtf8(b.text), b.at);
    EXPECT_FALSE(CheckText(b.text).has_value());
  }
  EXPECT_EQ(FindInvalidUtf8(""), std::string_view::npos);
  EXPECT_EQ(FindInvalidUtf8(std::string_view("\0", 1)), std::string_view::npos);
  EXPECT_FALSE(CheckText(std::string_view("\0", 1)).has_value());
}

TEST(Utf8Test, CountsAndSkipsCharacters) {
  testing::RandomData random(1);
  for (int i = 0; i < 500; ++i) {
    const std::string text = random.Utf8(60);
    size_t count = 0, at = 0;
    while (at < text.size()) {
      EXPECT_EQ(SkipCharacters(text, count), at);
      NextCharacter(text, at);
      ++count;
    }
    EXPECT_EQ(CountCharacters(text), count);
    EXPECT_EQ(SkipCharacters(text, count), text.size());
    EXPECT_EQ(SkipCharacters(text, SIZE_MAX), text.size());
    EXPECT_EQ(IsAscii(text), count == text.size());
  }
}

}  // namespace
}  // namespace riverrun
