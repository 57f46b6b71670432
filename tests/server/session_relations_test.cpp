// Relations about relations, from sessions: sys.*, NAME_errors, and the warning that there are
// some.
#include <gmock/gmock.h>

#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::HasSubstr;

class SessionRelationsTest : public SessionTest {
 protected:
  SessionRelationsTest() {
    Run("CREATE TABLE t (n int, d int)");
    Run("CREATE MATERIALIZED VIEW q AS SELECT n / d AS q FROM t");
    Run("CREATE MATERIALIZED VIEW s AS SELECT n FROM t");
  }
};

TEST_F(SessionRelationsTest, TheFirstSelectOfASessionWarns) {
  Run("INSERT INTO t VALUES (6, 2)");
  EXPECT_EQ(Run("SELECT q FROM q"), "(q) | 3 | SELECT 1");
  Run("INSERT INTO t VALUES (6, 0), (7, 0)");
  EXPECT_EQ(Run("SELECT count(*) FROM s"), "(count) | 3 | SELECT 1");
  // The columns come first where a client has asked for all at once.
  const std::string warned = Run("SELECT q FROM q");
  EXPECT_THAT(warned, HasSubstr("WARNING 01000 2 rows failed in materialized view \"q\""));
  EXPECT_THAT(warned, HasSubstr("3 | SELECT 1"));
  EXPECT_EQ(Run("SELECT q FROM q"), "(q) | 3 | SELECT 1");
  Run("DELETE FROM t WHERE n = 7");
  auto other = Connect();
  EXPECT_THAT(other->Extended("SELECT q FROM q"),
              HasSubstr("WARNING 01000 1 row failed in materialized view \"q\""));
  auto third = Connect();
  third->Run("SET client_min_messages = error");
  EXPECT_EQ(third->Run("SELECT q FROM q"), "(q) | 3 | SELECT 1");
}

TEST_F(SessionRelationsTest, ErrorsAreOfTheEpochOfTheTransaction) {
  Run("INSERT INTO t VALUES (6, 0)");
  Run("BEGIN ISOLATION LEVEL REPEATABLE READ");
  EXPECT_EQ(Value("SELECT count FROM q_errors"), "1");
  auto other = Connect();
  other->Run("INSERT INTO t VALUES (7, 0)");
  EXPECT_EQ(other->Value("SELECT count FROM q_errors"), "2");
  EXPECT_EQ(Value("SELECT count FROM q_errors"), "1");
  EXPECT_EQ(Value("SELECT errors FROM sys.views WHERE name = 'q'"), "1");
  EXPECT_EQ(Value("SELECT rows FROM sys.views WHERE name = 's'"), "1");
  EXPECT_EQ(other->Value("SELECT rows FROM sys.views WHERE name = 's'"), "2");
  Run("COMMIT");
  EXPECT_EQ(Value("SELECT rows FROM sys.views WHERE name = 's'"), "2");
}

// The epoch holds what the session has written, and its number never falls.
TEST_F(SessionRelationsTest, ProgressIsThatOfTheStatement) {
  const std::string before = Value("SELECT epoch FROM sys.read_progress WHERE object = 't'");
  const std::string lsn = Value("SELECT lsn FROM sys.read_progress WHERE object = 't'");
  Run("INSERT INTO t VALUES (1, 1)");
  EXPECT_GT(std::stoll(Value("SELECT lsn FROM sys.read_progress WHERE object = 't'")),
            std::stoll(lsn));
  EXPECT_GT(std::stoll(Value("SELECT epoch FROM sys.read_progress WHERE object = 't'")),
            std::stoll(before));
}

TEST_F(SessionRelationsTest, WhatTheTransactionMakesIsThereWithoutContent) {
  Run("BEGIN");
  Run("CREATE TABLE mine (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM mine");
  EXPECT_EQ(Run("SELECT state, progress, rows FROM sys.views WHERE name = 'm'"),
            "(state, progress, rows) | filling, NULL, NULL | SELECT 1");
  EXPECT_THAT(Run("SELECT * FROM m_errors"), HasSubstr("ERROR 0A000"));
  Run("ROLLBACK");
  EXPECT_EQ(Value("SELECT count(*) FROM sys.views WHERE name = 'm'"), "0");
}

TEST_F(SessionRelationsTest, NamesAreThoseThatTheSearchPathNeeds) {
  Run("CREATE SCHEMA other; CREATE MATERIALIZED VIEW other.q AS SELECT n FROM t");
  const std::string names = "SELECT name FROM sys.views ORDER BY name";
  EXPECT_EQ(Run(names), "(name) | other.q | q | s | SELECT 3");
  Run("SET search_path = other");
  EXPECT_EQ(Run(names), "(name) | public.q | public.s | q | SELECT 3");
}

TEST_F(SessionRelationsTest, WritesMayReadThem) {
  Run("INSERT INTO t VALUES (6, 0), (6, 0)");
  EXPECT_EQ(Run("INSERT INTO t SELECT count, 1 FROM q_errors RETURNING n"), "(n) | 2 | INSERT 0 1");
  EXPECT_EQ(Run("BEGIN; INSERT INTO t SELECT errors, 1 FROM sys.views WHERE name = 'q' "
                "RETURNING n; COMMIT"),
            "BEGIN | (n) | 2 | INSERT 0 1 | COMMIT");
}

TEST_F(SessionRelationsTest, CursorsAndPreparedStatements) {
  Run("BEGIN; DECLARE c CURSOR FOR SELECT name FROM sys.views ORDER BY name");
  EXPECT_EQ(Run("FETCH 1 FROM c"), "(name) | q | FETCH 1");
  EXPECT_EQ(Run("FETCH 5 FROM c"), "(name) | s | FETCH 1");
  Run("COMMIT; PREPARE p (text) AS SELECT kind FROM sys.views WHERE name = $1");
  EXPECT_EQ(Run("EXECUTE p ('s')"), "(kind) | materialized view | SELECT 1");
}

TEST_F(SessionRelationsTest, DroppedRelationsAreGone) {
  Run("CREATE STREAM r (a int); INSERT INTO r VALUES (1), (2)");
  EXPECT_EQ(Run("SELECT name, rows FROM sys.sources"), "(name, rows) | r, 2 | SELECT 1");
  Run("DROP STREAM r; DROP MATERIALIZED VIEW q");
  EXPECT_EQ(Value("SELECT count(*) FROM sys.sources"), "0");
  EXPECT_EQ(Run("SELECT name FROM sys.views"), "(name) | s | SELECT 1");
  EXPECT_EQ(Run("SELECT * FROM q_errors"), "ERROR 42P01 relation \"q_errors\" does not exist @15");
}

}  // namespace
}  // namespace riverrun::server
