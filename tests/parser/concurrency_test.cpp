#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "parser/parser.h"
#include "parser/print.h"
#include "types/error.h"

namespace riverrun::parser {
namespace {

std::string LongQuery(int items) {
  std::string text = "SELECT ";
  for (int i = 0; i < items; ++i)
    text += "f(a + " + std::to_string(i) + ") AS c" + std::to_string(i) + ", ";
  return text + "1";
}

TEST(Concurrency, ManyThreadsReadTheSame) {
  const std::vector<std::string> texts = {
      "SELECT a, count(*) FROM t WHERE b = 1 AND c LIKE 'x' GROUP BY a HAVING count(*) > 1",
      "CREATE STREAM s (a int, WATERMARK FOR a) WITH (connector = 'x')",
      "INSERT INTO t VALUES (1, 'a'), (2, 'b')", LongQuery(5000)};
  std::vector<ast::Statement> expected;
  for (const std::string& text : texts) expected.push_back(ParseStatements(text).at(0));
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 40; ++round) {
        const size_t at = static_cast<size_t>(i + round) % (round % 10 == 0 ? 4 : 3);
        if (!(ParseStatements(texts[at]).at(0) == expected[at])) ++wrong;
        try {
          ParseStatements("SELECT FROM FROM");
          ++wrong;
        } catch (const SqlError&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// While long statements are parsed one after the other, short ones get their turn.
TEST(Concurrency, ShortStatementsDoNotWaitForLongOnes) {
  const std::string text = LongQuery(15'000);
  std::atomic<bool> stop = false;
  std::atomic<int> long_parses = 0;
  std::thread parser_of_long([&] {
    while (!stop) {
      ParseStatements(text);
      ++long_parses;
    }
  });
  while (long_parses == 0) std::this_thread::yield();
  const int begin = long_parses;
  constexpr int kShortStatements = 50;
  for (int i = 0; i < kShortStatements; ++i) ParseStatements("SELECT 1");
  const int meanwhile = long_parses - begin;
  stop = true;
  parser_of_long.join();
  // Without turns each short statement would wait for a whole long one.
  EXPECT_LT(meanwhile, kShortStatements / 2);
}

}  // namespace
}  // namespace riverrun::parser
