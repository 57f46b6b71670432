// That the runner complains about what is wrong: answers, states, messages, views.
#include "tests/slt/runner.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/slt/local_engine.h"

namespace riverrun::slt {
namespace {

// Runs a script of one test from a file of its own.
FileReport RunText(const std::string& text, const RunnerOptions& options = {}) {
  const std::string path = ::testing::TempDir() + "slt_runner_test.slt";
  std::ofstream(path) << text;
  return RunFile(
      path, [] { return std::make_unique<LocalEngine>("default", RuntimeOptions{}); }, options);
}

TEST(Runner, PassesWhatIsRight) {
  const FileReport report = RunText(
      "statement ok\nCREATE TABLE t (a int PRIMARY KEY, b text)\n\n"
      "feed t\n1\tx\n2\tNULL\n\n"
      "query IT rowsort\nSELECT a, b FROM t\n----\n1\tx\n2\tNULL\n\n"
      "statement error 23505\nINSERT INTO t VALUES (1, 'y')\n\n"
      "restart\n\n"
      "query I\nSELECT count(*) FROM t\n----\n2\n");
  EXPECT_EQ(report.problems, std::vector<std::string>{});
  EXPECT_EQ(report.records, 6);
}

TEST(Runner, ComplainsAboutAnswers) {
  EXPECT_EQ(RunText("query I\nSELECT 1\n----\n2\n").problems.size(), 1U);
  EXPECT_EQ(RunText("query II\nSELECT 1\n----\n1\n").problems.size(), 1U);
  EXPECT_EQ(RunText("query I\nSELECT 1/0\n----\n").problems.size(), 1U);
}

TEST(Runner, ComplainsAboutErrors) {
  EXPECT_EQ(RunText("statement ok\nSELECT a\n").problems.size(), 1U);
  EXPECT_EQ(RunText("statement error\nSELECT 1\n").problems.size(), 1U);
  EXPECT_EQ(RunText("statement error 42P01\nSELECT a\n").problems.size(), 1U);
  EXPECT_EQ(RunText("statement error 42703 table\nSELECT a\n").problems.size(), 1U);
  EXPECT_EQ(RunText("statement error 42703 column .a. does not exist\nSELECT a\n").problems.size(),
            0U);
}

TEST(Runner, SkipsWhatIsForOthers) {
  EXPECT_EQ(RunText("onlyif server\nstatement ok\nSELECT nonsense\n").records, 0);
  EXPECT_EQ(RunText("skipif local\nstatement ok\nSELECT nonsense\n").records, 0);
  EXPECT_EQ(RunText("halt\n\nstatement ok\nSELECT nonsense\n").records, 0);
}

TEST(Runner, ChangesAreThoseSinceTheLastLook) {
  const FileReport report = RunText(
      "statement ok\nCREATE TABLE t (a int, b int)\n\n"
      "statement ok\nCREATE MATERIALIZED VIEW v AS SELECT a, sum(b) AS s FROM t GROUP BY a\n\n"
      "statement ok\nINSERT INTO t VALUES (1, 2), (2, 3)\n\n"
      "changes v\n----\n+1\t1\t2\n+1\t2\t3\n\n"
      "statement ok\nUPDATE t SET b = 5 WHERE a = 1\n\n"
      "changes v\n----\n-1\t1\t2\n+1\t1\t5\n\n"
      "statement ok\nDELETE FROM t WHERE a = 2\n\n"
      "changes v\n----\n-1\t2\t3\n\n");
  EXPECT_EQ(report.problems, std::vector<std::string>{});
}

TEST(Runner, AViewMadeOverRowsHasThem) {
  const FileReport report = RunText(
      "statement ok\nCREATE TABLE t (a int)\n\n"
      "statement ok\nINSERT INTO t VALUES (1), (1), (2)\n\n"
      "statement ok\nCREATE MATERIALIZED VIEW v AS SELECT a, count(*) AS n FROM t GROUP BY a\n\n"
      "query II rowsort\nSELECT * FROM v\n----\n1\t2\n2\t1\n\n");
  EXPECT_EQ(report.problems, std::vector<std::string>{});
}

}  // namespace
}  // namespace riverrun::slt
