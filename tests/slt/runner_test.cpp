// That the runner complains about what is wrong: answers, states, messages, views.
#include "tests/slt/runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/slt/local_engine.h"

namespace riverrun::slt {
namespace {

// A file for this process alone: tests run beside each other.
std::string OwnFile() {
  return ::testing::TempDir() + "slt_runner_test_" + std::to_string(getpid()) + ".slt";
}

// Runs a script of one test.
FileReport RunText(const std::string& text, const RunnerOptions& options = {}) {
  const std::string path = OwnFile();
  std::ofstream(path) << text;
  FileReport report = RunFile(
      path, [] { return std::make_unique<LocalEngine>("default", RuntimeOptions{}); }, options);
  std::filesystem::remove(path);
  return report;
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
  EXPECT_EQ(RunText("onlyif local\nhalt\n\nstatement ok\nSELECT nonsense\n").records, 0);
}

TEST(Runner, ComplainsAboutRecordsThatNeverRun) {
  EXPECT_EQ(RunText("halt\n\nstatement ok\nSELECT 1\n").problems.size(), 1U);
  EXPECT_EQ(RunText("statement ok\nSELECT 1\n\nhalt\n").problems.size(), 0U);
  EXPECT_EQ(RunText("# nothing\n").problems.size(), 1U);
}

TEST(Runner, ComplainsAboutAnswersThatAreNotGiven) {
  EXPECT_EQ(RunText("query I\nSELECT 1 LIMIT 0\n").problems.size(), 1U);
  EXPECT_EQ(RunText("explain\nSELECT 1\n").problems.size(), 1U);
}

TEST(Runner, TellsTextsFromNull) {
  EXPECT_EQ(RunText("query T\nSELECT 'NULL'\n----\nNULL\n").problems.size(), 1U);
  EXPECT_EQ(RunText("query TT\nSELECT 'NULL', ''\n----\n'NULL'\t(empty)\n").problems.size(), 0U);
  EXPECT_EQ(RunText("query TT\nSELECT E'a\\tb', E'\\n'\n----\na\\tb\t\\n\n").problems.size(), 0U);
}

// A database that says what the test wants, and remembers what was asked of it.
class Told : public Engine {
 public:
  explicit Told(std::vector<std::string>* asked) : asked_(*asked) {}
  bool IsCalled(std::string_view name) const override { return name == "server"; }
  Answer Run(const std::string& sql) override {
    asked_.push_back(sql);
    if (sql == "BEGIN" || sql == "COMMIT") in_transaction_ = sql == "BEGIN";
    if (sql == "die") return {0, {}, Failure{"08006", "the server is gone", "", true}};
    if (sql == "fail") return {0, {}, Failure{"08001", "no broker", ""}};
    return {};
  }
  Answer Feed(const std::string&, const std::vector<std::string>&) override { return {}; }
  Answer Changes(const std::string&) override { return {}; }
  Answer Explain(const std::string&) override { return {}; }
  Answer Restart() override {
    asked_.push_back("restart");
    return {};
  }
  bool InTransaction() const override { return in_transaction_; }
  std::optional<std::string> Close() override {
    asked_.push_back("close");
    if (closes_badly) return "exit code 66";
    return std::nullopt;
  }
  std::optional<std::string> CheckLaw() override { return std::nullopt; }

  bool closes_badly = false;

 private:
  std::vector<std::string>& asked_;
  bool in_transaction_ = false;
};

FileReport RunTold(const std::string& text, std::vector<std::string>& asked,
                   const RunnerOptions& options = {}, bool closes_badly = false) {
  const std::string path = OwnFile();
  std::ofstream(path) << text;
  asked.clear();
  return RunFile(
      path,
      [&] {
        auto engine = std::make_unique<Told>(&asked);
        engine->closes_badly = closes_badly;
        return engine;
      },
      options);
}

using Asked = std::vector<std::string>;

TEST(Runner, AServerThatDiesIsNoExpectedError) {
  Asked asked;
  const FileReport report = RunTold("statement error\ndie\n\nstatement ok\nafterwards\n", asked);
  EXPECT_EQ(report.problems.size(), 1U);
  EXPECT_EQ(asked, Asked{"die"});
  // Another failure of the same class is.
  EXPECT_EQ(RunTold("statement error 08001\nfail\n\nstatement ok\nafterwards\n", asked).problems,
            Asked{});
  EXPECT_EQ(asked, (Asked{"fail", "afterwards", "close"}));
}

TEST(Runner, ComplainsWhenTheEndIsNotClean) {
  Asked asked;
  EXPECT_EQ(RunTold("statement ok\na\n", asked, {}, /*closes_badly=*/true).problems.size(), 1U);
}

TEST(Runner, RestartsThreeTimesAndNotInATransaction) {
  std::string text;
  for (const char* sql : {"a", "b", "BEGIN", "c", "d", "COMMIT", "e", "f", "g", "h", "i"}) {
    text += std::string("skipif server\nstatement ok\nnever\n\nstatement ok\n") + sql + "\n\n";
  }
  std::set<Asked> ways;
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Asked asked, again;
    const RunnerOptions options{.restarts = 3, .seed = seed};
    EXPECT_EQ(RunTold(text, asked, options).restarts, 3) << seed;
    EXPECT_EQ(std::ranges::count(asked, "restart"), 3) << seed;
    EXPECT_NE(asked.front(), "restart");
    const auto begin = std::ranges::find(asked, "BEGIN"),
               commit = std::ranges::find(asked, "COMMIT");
    EXPECT_EQ(std::count(begin, commit, "restart"), 0) << seed;
    RunTold(text, again, options);
    EXPECT_EQ(asked, again) << seed;
    ways.insert(asked);
  }
  EXPECT_GT(ways.size(), 5U);
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
