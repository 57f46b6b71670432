// BEGIN to COMMIT: what a transaction sees, what it leaves behind, and how it fails.
#include <gmock/gmock.h>

#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class SessionTransactionTest : public SessionTest {
 protected:
  SessionTransactionTest() {
    Run("CREATE TABLE t (k int PRIMARY KEY, n int)");
    Run("INSERT INTO t VALUES (1, 10)");
    second_ = Connect();
  }
  ~SessionTransactionTest() override { second_.reset(); }
  // The rows of t, without the names of its columns.
  static std::string Table(Conversation& of) {
    std::string text = of.Run("SELECT k, n FROM t ORDER BY k");
    return text.substr(text.find(')') + 1);
  }

  std::unique_ptr<Conversation> second_;
};

constexpr const char* kAborted =
    "ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block";

TEST_F(SessionTransactionTest, SeesItsOwnWritesAndOthersDoNot) {
  EXPECT_EQ(Run("BEGIN"), "BEGIN");
  EXPECT_EQ(first_->status(), 'T');
  EXPECT_EQ(Run("INSERT INTO t VALUES (2, 20)"), "INSERT 0 1");
  EXPECT_EQ(Run("UPDATE t SET n = n + 1"), "UPDATE 2");
  EXPECT_EQ(Table(*first_), " | 1, 11 | 2, 21 | SELECT 2");
  EXPECT_EQ(Table(*second_), " | 1, 10 | SELECT 1");
  EXPECT_EQ(Run("COMMIT"), "COMMIT");
  EXPECT_EQ(first_->status(), 'I');
  EXPECT_EQ(Table(*first_), " | 1, 11 | 2, 21 | SELECT 2");
  EXPECT_EQ(Table(*second_), " | 1, 11 | 2, 21 | SELECT 2");
}

TEST_F(SessionTransactionTest, RollbackLeavesNothing) {
  Run("BEGIN; INSERT INTO t VALUES (2, 20); CREATE TABLE u (a int)");
  EXPECT_EQ(Run("ROLLBACK"), "ROLLBACK");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  EXPECT_THAT(Run("SELECT * FROM u"), StartsWith("ERROR 42P01"));
}

TEST_F(SessionTransactionTest, FailedOneTakesOnlyItsEnd) {
  Run("BEGIN");
  EXPECT_EQ(Run("SELECT 1/0"), "ERROR 22012 division by zero");
  EXPECT_EQ(first_->status(), 'E');
  EXPECT_EQ(Run("SELECT 1"), kAborted);
  EXPECT_EQ(Run("SAVEPOINT s"), kAborted);
  EXPECT_EQ(Run("ROLLBACK TO s"), "ERROR 3B001 savepoint \"s\" does not exist");
  EXPECT_EQ(Run("COMMIT"), "ROLLBACK");
  EXPECT_EQ(first_->status(), 'I');
}

TEST_F(SessionTransactionTest, StatementsOfOneTextAreOneTransaction) {
  EXPECT_EQ(Run("INSERT INTO t VALUES (2, 20); SELECT 1/0; SELECT 3"),
            "INSERT 0 1 | ERROR 22012 division by zero");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  EXPECT_EQ(Run("BEGIN; SELECT 1 AS a; COMMIT; SELECT 2 AS b"),
            "BEGIN | (a) | 1 | SELECT 1 | COMMIT | (b) | 2 | SELECT 1");
  // COMMIT ends what the statements before it began, and says that nobody began it.
  EXPECT_EQ(Run("INSERT INTO t VALUES (2, 20); COMMIT; INSERT INTO t VALUES (3, 30); SELECT 1/0"),
            "INSERT 0 1 | WARNING 25P01 there is no transaction in progress | COMMIT | "
            "INSERT 0 1 | ERROR 22012 division by zero");
  EXPECT_EQ(Table(*first_), " | 1, 10 | 2, 20 | SELECT 2");
  // BEGIN takes over what was written before it.
  EXPECT_EQ(Run("INSERT INTO t VALUES (4, 40); BEGIN; INSERT INTO t VALUES (5, 50)"),
            "INSERT 0 1 | BEGIN | INSERT 0 1");
  EXPECT_EQ(first_->status(), 'T');
  Run("ROLLBACK");
  EXPECT_EQ(Table(*first_), " | 1, 10 | 2, 20 | SELECT 2");
}

TEST_F(SessionTransactionTest, WarnsWhereThereIsNothingToDo) {
  EXPECT_EQ(Run("COMMIT"), "WARNING 25P01 there is no transaction in progress | COMMIT");
  EXPECT_EQ(Run("ROLLBACK"), "WARNING 25P01 there is no transaction in progress | ROLLBACK");
  EXPECT_EQ(Run("START TRANSACTION READ WRITE; COMMIT"), "START TRANSACTION | COMMIT");
  Run("BEGIN");
  EXPECT_EQ(Run("BEGIN"), "WARNING 25001 there is already a transaction in progress | BEGIN");
  EXPECT_EQ(Run("END"), "COMMIT");
  EXPECT_EQ(Run("SAVEPOINT s"),
            "ERROR 25P01 SAVEPOINT can only be used in transaction blocks");
}

TEST_F(SessionTransactionTest, Savepoints) {
  Run("BEGIN; INSERT INTO t VALUES (2, 20)");
  EXPECT_EQ(Run("SAVEPOINT a"), "SAVEPOINT");
  Run("INSERT INTO t VALUES (3, 30); SAVEPOINT b; UPDATE t SET n = 0");
  EXPECT_EQ(Run("ROLLBACK TO b"), "ROLLBACK");
  EXPECT_EQ(Table(*first_), " | 1, 10 | 2, 20 | 3, 30 | SELECT 3");
  EXPECT_THAT(Run("INSERT INTO t VALUES (1, 1)"), StartsWith("ERROR 23505"));
  EXPECT_EQ(first_->status(), 'E');
  EXPECT_EQ(Run("ROLLBACK TO nowhere"), "ERROR 3B001 savepoint \"nowhere\" does not exist");
  EXPECT_EQ(Run("ROLLBACK TO a"), "ROLLBACK");
  EXPECT_EQ(first_->status(), 'T');
  EXPECT_EQ(Run("ROLLBACK TO b"), "ERROR 3B001 savepoint \"b\" does not exist");
  EXPECT_EQ(Run("ROLLBACK TO SAVEPOINT a"), "ROLLBACK");
  EXPECT_EQ(Run("RELEASE a"), "RELEASE");
  EXPECT_EQ(Run("COMMIT"), "COMMIT");
  EXPECT_EQ(Table(*second_), " | 1, 10 | 2, 20 | SELECT 2");
}

TEST_F(SessionTransactionTest, SecondWriterOfARowFailsAtItsCommit) {
  Run("BEGIN");
  EXPECT_EQ(Run("UPDATE t SET n = n + 1 WHERE k = 1"), "UPDATE 1");
  EXPECT_EQ(second_->Run("UPDATE t SET n = n + 100 WHERE k = 1"), "UPDATE 1");
  EXPECT_EQ(Run("COMMIT"), "ERROR 40001 could not serialize access due to concurrent update");
  EXPECT_EQ(first_->status(), 'I');
  EXPECT_EQ(Table(*first_), " | 1, 110 | SELECT 1");

  Run("BEGIN; INSERT INTO t VALUES (7, 1)");
  second_->Run("INSERT INTO t VALUES (7, 2)");
  EXPECT_THAT(Run("COMMIT"), StartsWith("ERROR 40001"));
  EXPECT_EQ(Table(*second_), " | 1, 110 | 7, 2 | SELECT 2");
}

TEST_F(SessionTransactionTest, ConstraintsAreToldAtTheStatement) {
  Run("CREATE TABLE u (k int PRIMARY KEY, v int NOT NULL)");
  const auto fails = [&](const char* sql) {
    Run("BEGIN; INSERT INTO u VALUES (1, 1), (2, 2)");
    const std::string answer = Run(sql);
    EXPECT_EQ(first_->status(), 'E') << sql;
    Run("ROLLBACK");
    return answer;
  };
  EXPECT_THAT(fails("INSERT INTO u VALUES (1, 3)"), StartsWith("ERROR 23505"));
  EXPECT_THAT(fails("INSERT INTO u VALUES (3, 3), (3, 4)"), StartsWith("ERROR 23505"));
  EXPECT_THAT(fails("UPDATE u SET k = 2 WHERE k = 1"), StartsWith("ERROR 23505"));
  EXPECT_THAT(fails("UPDATE u SET k = 5"), StartsWith("ERROR 23505"));
  EXPECT_THAT(fails("INSERT INTO u VALUES (3, NULL)"), StartsWith("ERROR 23502"));
  EXPECT_THAT(fails("UPDATE u SET v = NULL"), StartsWith("ERROR 23502"));
  // Each key is taken until its own row has moved on.
  EXPECT_EQ(Run("BEGIN; INSERT INTO u VALUES (1, 1), (2, 2); UPDATE u SET k = k + 1; COMMIT"),
            "BEGIN | INSERT 0 2 | UPDATE 2 | COMMIT");
  EXPECT_EQ(Run("SELECT * FROM u ORDER BY k"), "(k, v) | 2, 1 | 3, 2 | SELECT 2");
}

TEST_F(SessionTransactionTest, ReadCommittedSeesWhatOthersCommit) {
  Run("BEGIN");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  second_->Run("INSERT INTO t VALUES (2, 20)");
  // The other's commit is published within an epoch; its own next read waits for nothing.
  for (int i = 0; i < 1000 && Table(*first_) == " | 1, 10 | SELECT 1"; ++i) {
  }
  EXPECT_EQ(Table(*first_), " | 1, 10 | 2, 20 | SELECT 2");
  Run("COMMIT");
}

TEST_F(SessionTransactionTest, RepeatableReadStaysWhereItBegan) {
  EXPECT_EQ(Run("BEGIN ISOLATION LEVEL REPEATABLE READ"), "BEGIN");
  EXPECT_EQ(Value("SHOW transaction_isolation"), "repeatable read");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  second_->Run("INSERT INTO t VALUES (2, 20)");
  EXPECT_EQ(Table(*second_), " | 1, 10 | 2, 20 | SELECT 2");
  second_->Run("CREATE TABLE later (a int); INSERT INTO later VALUES (1)");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  EXPECT_EQ(Run("SELECT * FROM later"), "(a) | SELECT 0");
  Run("UPDATE t SET n = 0");
  EXPECT_EQ(Table(*first_), " | 1, 0 | SELECT 1");
  EXPECT_EQ(Run("COMMIT"), "COMMIT");
  EXPECT_EQ(Table(*first_), " | 1, 0 | 2, 20 | SELECT 2");
  EXPECT_EQ(Value("SHOW transaction_isolation"), "read committed");
}

TEST_F(SessionTransactionTest, ModesAreRefusedOrKept) {
  EXPECT_THAT(Run("BEGIN ISOLATION LEVEL SERIALIZABLE"), StartsWith("ERROR 0A000 "));
  EXPECT_EQ(first_->status(), 'I');
  Run("BEGIN");
  EXPECT_EQ(Run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"), "SET");
  Run("SELECT 1");
  EXPECT_EQ(Run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"),
            "ERROR 25001 SET TRANSACTION ISOLATION LEVEL must be called before any query");
  Run("ROLLBACK");
  Run("BEGIN READ ONLY");
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
  EXPECT_EQ(Run("INSERT INTO t VALUES (2, 2)"),
            "ERROR 25006 cannot execute INSERT in a read-only transaction");
  Run("ROLLBACK");
  Run("BEGIN READ ONLY");
  EXPECT_EQ(Run("CREATE TABLE u (a int)"),
            "ERROR 25006 cannot execute CREATE TABLE in a read-only transaction");
  EXPECT_EQ(Run("ROLLBACK AND CHAIN"), "ROLLBACK");
  EXPECT_EQ(first_->status(), 'T');
  EXPECT_EQ(Value("SHOW transaction_read_only"), "on");
  Run("COMMIT");
  Run("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
  EXPECT_THAT(Run("DELETE FROM t"), StartsWith("ERROR 25006 cannot execute DELETE"));
  EXPECT_EQ(Value("SHOW transaction_read_only"), "on");
}

TEST_F(SessionTransactionTest, TableOfTheTransactionIsWrittenAndRead) {
  Run("BEGIN");
  EXPECT_EQ(Run("CREATE TABLE u (k int PRIMARY KEY, v text)"), "CREATE TABLE");
  EXPECT_EQ(Run("SELECT * FROM u"), "(k, v) | SELECT 0");
  EXPECT_EQ(Run("INSERT INTO u VALUES (1, 'a'), (2, 'b')"), "INSERT 0 2");
  EXPECT_EQ(Run("DELETE FROM u WHERE k = 1"), "DELETE 1");
  EXPECT_EQ(Run("SELECT k, v FROM u UNION ALL SELECT n, 'of t' FROM t ORDER BY k"),
            "(k, v) | 2, b | 10, of t | SELECT 2");
  EXPECT_THAT(second_->Run("SELECT * FROM u"), StartsWith("ERROR 42P01"));
  EXPECT_EQ(Run("CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM u"),
            "CREATE MATERIALIZED VIEW");
  EXPECT_EQ(Run("COMMIT"), "COMMIT");
  EXPECT_EQ(second_->Run("SELECT * FROM u"), "(k, v) | 2, b | SELECT 1");
  EXPECT_EQ(Value("SELECT n FROM v"), "1");
}

TEST_F(SessionTransactionTest, ViewOfTheTransactionIsNotReadYet) {
  Run("BEGIN; CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n FROM t");
  EXPECT_THAT(Run("SELECT * FROM v"), StartsWith("ERROR 0A000 reading a materialized view"));
  Run("ROLLBACK");
  EXPECT_THAT(Run("SELECT * FROM v"), StartsWith("ERROR 42P01"));
}

TEST_F(SessionTransactionTest, RelationDroppedByAnotherIsAnErrorNotAnEmptyOne) {
  Run("CREATE TABLE u (a int)");
  Run("BEGIN");
  Run("SELECT * FROM u");
  EXPECT_EQ(Run("PREPARE p AS SELECT * FROM u"), "PREPARE");
  second_->Run("DROP TABLE u");
  EXPECT_EQ(Run("EXECUTE p"), "ERROR 42P01 relation \"u\" does not exist");
}

TEST_F(SessionTransactionTest, NowStandsStill) {
  Run("BEGIN");
  const std::string now = Value("SELECT now()");
  EXPECT_EQ(Value("SELECT now()"), now);
  Run("COMMIT");
  EXPECT_NE(Value("SELECT now()"), now);
}

TEST_F(SessionTransactionTest, TooManyWritesAreRefused) {
  Run("SET transaction_max_bytes = '64kB'");
  std::string insert = "INSERT INTO t VALUES (2, 2)";
  for (int k = 3; k < 10'000; ++k) insert += ", (" + std::to_string(k) + ", 0)";
  EXPECT_THAT(Run(insert), StartsWith("ERROR 53400"));
  EXPECT_EQ(Table(*first_), " | 1, 10 | SELECT 1");
}

TEST_F(SessionTransactionTest, CommitSurvivesAndReadsAreFollowedByOthers) {
  Run("BEGIN; INSERT INTO t VALUES (2, 20)");
  first_.reset();  // the client is gone
  EXPECT_EQ(Table(*second_), " | 1, 10 | SELECT 1");
}

}  // namespace
}  // namespace riverrun::server
