// Simple queries: what each kind of statement answers, and where errors are.
#include <gmock/gmock.h>

#include <thread>

#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using SessionStatementTest = SessionTest;

TEST_F(SessionStatementTest, TellsColumnsRowsAndTag) {
  EXPECT_EQ(Run("SELECT 1 AS a, 'x' AS b"), "(a, b) | 1, x | SELECT 1");
  EXPECT_EQ(Run("VALUES (1), (2)"), "(column1) | 1 | 2 | SELECT 2");
  EXPECT_EQ(Run("SELECT 1 AS a WHERE false"), "(a) | SELECT 0");
}

TEST_F(SessionStatementTest, EmptyTextsAreSaidToBeEmpty) {
  for (const char* text : {"", ";;", " -- hi\n", "/* */"}) EXPECT_EQ(Run(text), "empty") << text;
}

TEST_F(SessionStatementTest, SessionFunctions) {
  EXPECT_THAT(Value("SELECT version()"), StartsWith("PostgreSQL 15.0 (Riverrun "));
  EXPECT_EQ(Run("SELECT current_user, current_database(), current_schema()"),
            "(current_user, current_database, current_schema) | riverrun, riverrun, public | "
            "SELECT 1");
  auto other = Connect({.process_id = 4711});
  EXPECT_EQ(other->Value("SELECT pg_backend_pid()"), "4711");
  EXPECT_EQ(other->Run("SET TimeZone = 'Europe/Rome'"), "SET | TimeZone := Europe/Rome");
  EXPECT_EQ(other->Value("SELECT current_setting('timezone')"), "Europe/Rome");
  EXPECT_EQ(other->Run("SELECT current_setting('a')"),
            "ERROR 42704 unrecognized configuration parameter \"a\" @8");
  EXPECT_EQ(other->Value("SELECT current_setting('a.b', true) IS NULL"), "t");
  EXPECT_EQ(other->Value("SELECT pg_is_in_recovery()"), "f");
  // What a pool says before it gives a connection to somebody else.
  EXPECT_EQ(other->Run("SELECT pg_advisory_unlock_all(); CLOSE ALL; UNLISTEN *; RESET ALL;"),
            "(pg_advisory_unlock_all) |  | SELECT 1 | CLOSE CURSOR ALL | UNLISTEN | RESET | "
            "TimeZone := UTC");
}

TEST_F(SessionStatementTest, PositionsCountCharacters) {
  EXPECT_EQ(Run("SELECT 'ü', nothing"),
            "ERROR 42703 column \"nothing\" does not exist @13");
  EXPECT_EQ(Run("selec 1"), "ERROR 42601 syntax error at or near \"selec\" @1");
  EXPECT_EQ(Run("SELECT 1; SELECT *\n FROM nowhere"),
            "(?column?) | 1 | SELECT 1 | ERROR 42P01 relation \"nowhere\" does not exist @26");
}

TEST_F(SessionStatementTest, SyntaxErrorAnywhereRunsNothing) {
  EXPECT_EQ(Run("CREATE TABLE t (a int); selec"),
            "ERROR 42601 syntax error at or near \"selec\" @25");
  EXPECT_EQ(Run("SELECT * FROM t"), "ERROR 42P01 relation \"t\" does not exist @15");
}

TEST_F(SessionStatementTest, WritesAnswerWithTheirNumberOfRows) {
  EXPECT_EQ(Run("CREATE TABLE t (k int PRIMARY KEY, v text)"), "CREATE TABLE");
  EXPECT_EQ(Run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, NULL)"), "INSERT 0 3");
  EXPECT_EQ(Run("UPDATE t SET v = v || '!' WHERE k < 3"), "UPDATE 2");
  EXPECT_EQ(Run("DELETE FROM t WHERE k = 2 RETURNING k, v"), "(k, v) | 2, b! | DELETE 1");
  EXPECT_EQ(Run("INSERT INTO t VALUES (4, 'd') RETURNING k + 1 AS next"),
            "(next) | 5 | INSERT 0 1");
  EXPECT_EQ(Run("SELECT * FROM t ORDER BY k"), "(k, v) | 1, a! | 3, NULL | 4, d | SELECT 3");
  EXPECT_EQ(Run("TRUNCATE t"), "TRUNCATE TABLE");
  EXPECT_EQ(Value("SELECT count(*) FROM t"), "0");
}

TEST_F(SessionStatementTest, ErrorsOfConstraints) {
  Run("CREATE TABLE t (k int PRIMARY KEY, v int NOT NULL)");
  Run("INSERT INTO t VALUES (1, 1)");
  EXPECT_EQ(Run("INSERT INTO t VALUES (1, 2)"),
            "ERROR 23505 duplicate key value violates unique constraint \"t_pkey\"");
  EXPECT_EQ(Run("INSERT INTO t VALUES (2, NULL)"),
            "ERROR 23502 null value in column \"v\" of relation \"t\" violates not-null "
            "constraint");
  EXPECT_EQ(Run("INSERT INTO t VALUES (3, 1), (3, 2)"),
            "ERROR 23505 duplicate key value violates unique constraint \"t_pkey\"");
  EXPECT_EQ(Run("INSERT INTO t VALUES (4, 1/0)"), "ERROR 22012 division by zero");
  EXPECT_EQ(Value("SELECT count(*) FROM t"), "1");
}

TEST_F(SessionStatementTest, OnConflict) {
  Run("CREATE TABLE t (k int PRIMARY KEY, n int)");
  Run("INSERT INTO t VALUES (1, 10), (2, 20)");
  EXPECT_EQ(Run("INSERT INTO t VALUES (1, 0), (3, 30) ON CONFLICT DO NOTHING"), "INSERT 0 1");
  EXPECT_EQ(Run("INSERT INTO t VALUES (1, 5), (4, 40) ON CONFLICT (k) DO UPDATE "
                "SET n = t.n + excluded.n RETURNING k, n"),
            "(k, n) | 1, 15 | 4, 40 | INSERT 0 2");
  EXPECT_THAT(Run("INSERT INTO t VALUES (7, 1), (7, 2) ON CONFLICT (k) DO UPDATE SET n = 0"),
              StartsWith("ERROR 21000"));
  EXPECT_EQ(Run("SELECT * FROM t ORDER BY k"),
            "(k, n) | 1, 15 | 2, 20 | 3, 30 | 4, 40 | SELECT 4");
}

TEST_F(SessionStatementTest, ViewContainsTheSessionsOwnWrites) {
  Run("CREATE TABLE t (g int, n int)");
  Run("INSERT INTO t VALUES (1, 1)");
  EXPECT_EQ(Run("CREATE MATERIALIZED VIEW v AS SELECT g, sum(n) AS n FROM t GROUP BY g"),
            "CREATE MATERIALIZED VIEW");
  for (int i = 2; i < 20; ++i) {
    Run("INSERT INTO t VALUES (1, 1)");
    ASSERT_EQ(Value("SELECT n FROM v WHERE g = 1"), std::to_string(i));
  }
  EXPECT_EQ(Run("DROP MATERIALIZED VIEW v"), "DROP MATERIALIZED VIEW");
}

TEST_F(SessionStatementTest, NoticesOfWhatIsThereAlready) {
  Run("CREATE TABLE t (k int)");
  EXPECT_EQ(Run("CREATE TABLE IF NOT EXISTS t (k int)"),
            "NOTICE 42P07 relation \"t\" already exists, skipping | CREATE TABLE");
  EXPECT_EQ(Run("DROP TABLE IF EXISTS u"),
            "NOTICE 00000 table \"u\" does not exist, skipping | DROP TABLE");
  Run("SET client_min_messages = warning");
  EXPECT_EQ(Run("DROP TABLE IF EXISTS u"), "DROP TABLE");
}

TEST_F(SessionStatementTest, ExplainGivesThePlanLineByLine) {
  EXPECT_THAT(Run("EXPLAIN SELECT 1"), StartsWith("(QUERY PLAN) | "));
  EXPECT_THAT(Run("EXPLAIN SELECT 1"), HasSubstr("| EXPLAIN"));
}

TEST_F(SessionStatementTest, FieldsNameTheColumnTheyComeFrom) {
  Run("CREATE TABLE t (k int PRIMARY KEY, v text)");
  Run("SELECT v AS name, k + 1 AS next, k FROM t WHERE k > 0 ORDER BY k");
  const ObjectId table = engine_->catalog()->FindRelation("public", "t")->id;
  const auto& fields = first_->client.fields;
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(std::pair(fields[0].table, fields[0].column), std::pair(table, int16_t{2}));
  EXPECT_EQ(std::pair(fields[1].table, fields[1].column), std::pair(ObjectId{}, int16_t{0}));
  EXPECT_EQ(std::pair(fields[2].table, fields[2].column), std::pair(table, int16_t{1}));
  Run("INSERT INTO t VALUES (1, 'a') RETURNING v, k * 2 AS twice");
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(std::pair(fields[0].table, fields[0].column), std::pair(table, int16_t{2}));
  EXPECT_EQ(fields[1].table, ObjectId{});
}

// A commit of more rows than a batch holds.
TEST_F(SessionStatementTest, LargeCommitIsVisibleWhole) {
  Run("CREATE TABLE t (k int PRIMARY KEY)");
  Run("CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(k) AS s FROM t");
  std::string insert = "INSERT INTO t VALUES (0)";
  for (int k = 1; k < 10'000; ++k) insert += ", (" + std::to_string(k) + ")";
  EXPECT_EQ(Run(insert), "INSERT 0 10000");
  EXPECT_EQ(Run("SELECT count(*) AS n FROM t"), "(n) | 10000 | SELECT 1");
  EXPECT_EQ(Run("SELECT n FROM v"), "(n) | 10000 | SELECT 1");
  EXPECT_EQ(Run("UPDATE t SET k = k + 20000"), "UPDATE 10000");
  EXPECT_EQ(Run("SELECT n, s FROM v"), "(n, s) | 10000, 249995000 | SELECT 1");
  EXPECT_EQ(Run("DELETE FROM t WHERE k >= 25000"), "DELETE 5000");
  EXPECT_EQ(Run("SELECT n FROM v"), "(n) | 5000 | SELECT 1");
}

TEST_F(SessionStatementTest, WhatIsNotBuiltIsNamed) {
  Run("CREATE STREAM s (a int)");
  EXPECT_EQ(Run("INSERT INTO s VALUES (1), (2)"), "INSERT 0 2");
  EXPECT_THAT(Run("SELECT * FROM s EMIT CHANGES"), StartsWith("ERROR 0A000 "));
  EXPECT_THAT(Run("COPY s FROM STDIN"), StartsWith("ERROR 0A000 COPY is"));
}

// An update that reads what it writes: without the second and third try one of the two would be
// lost or fail.
TEST_F(SessionStatementTest, AutocommitLosesNoUpdateAndNeverFails) {
  Run("CREATE TABLE t (k int PRIMARY KEY, n int)");
  Run("INSERT INTO t VALUES (1, 0)");
  constexpr int kThreads = 3, kUpdates = 40;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      auto session = Connect();
      session->Run("SET synchronous_commit = off");
      for (int n = 0; n < kUpdates; ++n) {
        ASSERT_EQ(session->Run("UPDATE t SET n = n + 1 WHERE k = 1"), "UPDATE 1");
        ASSERT_EQ(session->Run("INSERT INTO t VALUES (2, 1) ON CONFLICT (k) DO UPDATE "
                               "SET n = t.n + 1"),
                  "INSERT 0 1");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Run("SELECT n FROM t ORDER BY k"), "(n) | 120 | 120 | SELECT 2");
}

}  // namespace
}  // namespace riverrun::server
