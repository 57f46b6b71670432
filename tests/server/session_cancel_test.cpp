// Ends from outside: cancel, timeout, a client that is gone.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class SessionCancelTest : public SessionTest {
 protected:
  SessionCancelTest() {
    Run("CREATE TABLE t (k int)");
    std::string insert = "INSERT INTO t VALUES (0)";
    for (int k = 1; k < 1000; ++k) insert += ", (" + std::to_string(k) + ")";
    Run(insert);
    EXPECT_EQ(Run("INSERT INTO t " + Repeated(7, "SELECT k")), "INSERT 0 128000");
  }
  // Over the rows of t, each 2^times times.
  static std::string Repeated(int times, const std::string& select) {
    std::string text = "WITH c0 AS (SELECT k FROM t)";
    for (int i = 1; i <= times; ++i) {
      const std::string below = "c" + std::to_string(i - 1);
      text += ", c" + std::to_string(i) + " AS (SELECT k FROM " + below +
              " UNION ALL SELECT k FROM " + below + ")";
    }
    return text + " " + select + " FROM c" + std::to_string(times);
  }
  // A billion rows: seconds, unless it is ended.
  const std::string kEndless = Repeated(13, "SELECT count(*)");
};

TEST_F(SessionCancelTest, CancelEndsTheStatementThatRuns) {
  std::atomic<bool> done = false;
  std::thread canceller([&] {
    // Cancels that come before the statement runs are lost: they meant no statement.
    while (!done) {
      first_->session->RequestCancel();
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const std::string answer = Run(kEndless);
  done = true;
  canceller.join();
  EXPECT_EQ(answer, "ERROR 57014 canceling statement due to user request");
  EXPECT_EQ(Run("SELECT 1 AS a"), "(a) | 1 | SELECT 1");
}

TEST_F(SessionCancelTest, CancelOfNothingDoesNotHitTheNextStatement) {
  first_->session->RequestCancel();
  EXPECT_EQ(Run("SELECT 1 AS a"), "(a) | 1 | SELECT 1");
}

TEST_F(SessionCancelTest, CancelFailsTheBlock) {
  Run("BEGIN");
  Run("SET statement_timeout = '20ms'");
  EXPECT_EQ(Run(kEndless), "ERROR 57014 canceling statement due to statement timeout");
  EXPECT_EQ(first_->status(), 'E');
  Run("ROLLBACK");
  EXPECT_EQ(Value("SHOW statement_timeout"), "0");
}

TEST_F(SessionCancelTest, TimeoutEndsPortalsToo) {
  Run("SET statement_timeout = 20");
  EXPECT_EQ(first_->Extended(kEndless),
            "ERROR 57014 canceling statement due to statement timeout");
  Run("RESET statement_timeout");
  EXPECT_EQ(first_->Extended("SELECT 1"), "1 | SELECT 1");
}

TEST_F(SessionCancelTest, WriteThatTimesOutLeavesNothing) {
  Run("CREATE TABLE u (n bigint)");
  Run("SET statement_timeout = 20");
  EXPECT_THAT(Run("INSERT INTO u " + Repeated(13, "SELECT k")),
              StartsWith("ERROR 57014"));
  EXPECT_EQ(Value("SELECT count(*) FROM u"), "0");
}

TEST_F(SessionCancelTest, CommitIsNotTimed) {
  Run("SET statement_timeout = 1");
  // Staging looks at no clock; filling the tables, at the end, takes longer than the time.
  std::string text, tags;
  for (int i = 0; i < 5; ++i) {
    text += "CREATE TABLE u" + std::to_string(i) + " (a int);";
    tags += std::string(i > 0 ? " | " : "") + "CREATE TABLE";
  }
  EXPECT_EQ(Run(text), tags);
  Run("RESET statement_timeout");
  EXPECT_EQ(Run("SELECT * FROM u4"), "(a) | SELECT 0");
}

TEST_F(SessionCancelTest, TerminateEndsThisAndEveryLaterStatement) {
  std::thread terminator([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    first_->session->Terminate();
  });
  EXPECT_THAT(Run(kEndless), StartsWith("ERROR 57014"));
  terminator.join();
  EXPECT_THAT(Run(kEndless), StartsWith("ERROR 57014"));
}

}  // namespace
}  // namespace riverrun::server
