// The extended protocol, prepared statements and cursors.
#include <gmock/gmock.h>

#include "tests/server/session_case.h"

namespace riverrun::server {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SessionPortalTest : public SessionTest {
 protected:
  SessionPortalTest() {
    Run("CREATE TABLE t (k int PRIMARY KEY, v text)");
    Run("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd'), (5, 'e')");
  }
  Conversation& c() { return *first_; }
  std::vector<std::string> TypesOf(const std::string& statement) {
    const auto description = c().session->DescribeStatement(statement);
    std::vector<std::string> names;
    if (!description) return {Transcript::TextOf(description.error())};
    for (const Type& type : description->parameters) names.push_back(TypeName(type));
    names.push_back(description->fields ? std::to_string(description->fields->size()) : "none");
    return names;
  }
};

constexpr const char* kFive = "SELECT k FROM t ORDER BY k";

TEST_F(SessionPortalTest, ParametersAreInferredOrDeclared) {
  EXPECT_EQ(c().Parse("a", "SELECT $1 + 1, $2 || 'a', v FROM t WHERE k = $3"), "");
  EXPECT_THAT(TypesOf("a"), ElementsAre("integer", "text", "integer", "3"));
  EXPECT_EQ(c().Parse("b", "SELECT $1, $2::int", {705, 0}), "");
  EXPECT_THAT(TypesOf("b"), ElementsAre("text", "integer", "2"));
  EXPECT_EQ(c().Parse("c", "INSERT INTO t VALUES ($1, $2)"), "");
  EXPECT_THAT(TypesOf("c"), ElementsAre("integer", "text", "none"));
  EXPECT_EQ(c().Parse("d", "SELECT $1", {20}), "");
  EXPECT_THAT(TypesOf("d"), ElementsAre("bigint", "1"));
  EXPECT_EQ(c().Parse("e", "SHOW TimeZone"), "");
  EXPECT_THAT(TypesOf("e"), ElementsAre("1"));
  EXPECT_EQ(c().Parse("f", ""), "");
  EXPECT_THAT(TypesOf("f"), ElementsAre("none"));
  EXPECT_EQ(c().Parse("g", "SELECT $1", {999999}),
            "ERROR 42704 type with OID 999999 does not exist");
}

TEST_F(SessionPortalTest, ErrorsOfNamesAndCounts) {
  EXPECT_EQ(c().Parse("a", "SELECT 1"), "");
  EXPECT_EQ(c().Parse("a", "SELECT 1"), "ERROR 42P05 prepared statement \"a\" already exists");
  EXPECT_EQ(c().Parse("", "SELECT 1; SELECT 2"),
            "ERROR 42601 cannot insert multiple commands into a prepared statement");
  EXPECT_EQ(c().Parse("", "SELECT 'ü', x"), "ERROR 42703 column \"x\" does not exist @13");
  c().Sync();
  EXPECT_EQ(c().Bind("", "nope"), "ERROR 26000 prepared statement \"nope\" does not exist");
  EXPECT_EQ(c().Bind("", ""), "ERROR 26000 unnamed prepared statement does not exist");
  EXPECT_EQ(c().Execute("nope"), "ERROR 34000 portal \"nope\" does not exist");
  c().Parse("", "SELECT $1::int");
  EXPECT_EQ(c().Bind("", ""),
            "ERROR 08P01 bind message supplies 0 parameters, but prepared statement \"\" requires "
            "1");
  c().Sync();
  EXPECT_EQ(c().Bind("", "", {"1"}, {Format::kText, Format::kText, Format::kText}),
            "ERROR 08P01 bind message has 3 parameter formats but 1 parameters");
  EXPECT_EQ(c().Bind("", "", {"zz"}),
            "ERROR 22P02 invalid input syntax for type integer: \"zz\"");
  c().Sync();
  EXPECT_EQ(c().Bind("p", "", {"1"}), "");
  EXPECT_EQ(c().Bind("p", "", {"1"}), "ERROR 42P03 cursor \"p\" already exists");
  // Closing what is not there is no error.
  c().session->CloseStatement("nope");
  c().session->ClosePortal("nope");
}

TEST_F(SessionPortalTest, ValuesReachTheStatement) {
  EXPECT_EQ(c().Extended("SELECT v FROM t WHERE k = $1", {"2"}), "b | SELECT 1");
  EXPECT_EQ(c().Extended("SELECT $1::int, $2", {std::nullopt, "x"}), "NULL, x | SELECT 1");
  EXPECT_EQ(c().Extended("INSERT INTO t VALUES ($1, $2) RETURNING k", {"6", "f"}),
            "6 | INSERT 0 1");
  EXPECT_EQ(c().Extended(""), "empty");
  c().Parse("", "SELECT $1::int + 1");
  EXPECT_EQ(c().Bind("", "", {std::string("\0\0\0\7", 4)}, {Format::kBinary}), "");
  EXPECT_EQ(c().Execute(""), "8 | SELECT 1");
}

TEST_F(SessionPortalTest, LimitsSuspendAndResume) {
  Run("BEGIN");
  c().Parse("s", kFive);
  c().Bind("p", "s");
  EXPECT_EQ(c().Execute("p", 2), "1 | 2 | suspended");
  EXPECT_EQ(c().Execute("p", 2), "3 | 4 | suspended");
  EXPECT_EQ(c().Execute("p", 2), "5 | SELECT 1");
  EXPECT_EQ(c().Execute("p", 2), "SELECT 0");
  // Exactly as many as there are: nobody knows yet that they are all.
  c().Bind("q", "s");
  EXPECT_EQ(c().Execute("q", 5), "1 | 2 | 3 | 4 | 5 | suspended");
  EXPECT_EQ(c().Execute("q", 5), "SELECT 0");
  c().Parse("", "INSERT INTO t VALUES (6, 'f'), (7, 'g'), (8, 'h') RETURNING k");
  c().Bind("", "");
  EXPECT_EQ(c().Execute("", 2), "6 | 7 | suspended");
  EXPECT_EQ(c().Execute("", 0), "8 | INSERT 0 3");
  Run("ROLLBACK");
}

TEST_F(SessionPortalTest, PortalsLiveAsLongAsTheirTransaction) {
  Run("BEGIN");
  c().Parse("s", kFive);
  c().Bind("p", "s");
  c().Bind("q", "s");
  EXPECT_EQ(c().Execute("p", 1), "1 | suspended");
  EXPECT_EQ(c().Execute("q", 2), "1 | 2 | suspended");
  c().Bind("", "s");
  EXPECT_EQ(c().Execute("", 1), "1 | suspended");
  c().Sync();
  EXPECT_EQ(c().Execute("", 1), "2 | suspended");
  EXPECT_EQ(c().Execute("p", 1), "2 | suspended");
  EXPECT_EQ(Run("INSERT INTO t VALUES (9, 'i'); SELECT 99 AS n"),
            "INSERT 0 1 | (n) | 99 | SELECT 1");
  // It reads what there was when it was opened.
  EXPECT_EQ(c().Execute("q"), "3 | 4 | 5 | SELECT 3");
  EXPECT_EQ(c().Execute("p", 1), "3 | suspended");
  Run("COMMIT");
  EXPECT_EQ(c().Execute("p", 1), "ERROR 34000 portal \"p\" does not exist");
  c().Sync();
  // Outside a block Sync is the end.
  c().Bind("p", "s");
  EXPECT_EQ(c().Execute("p", 1), "1 | suspended");
  c().Sync();
  EXPECT_EQ(c().Execute("p", 1), "ERROR 34000 portal \"p\" does not exist");
  c().Sync();
}

TEST_F(SessionPortalTest, SimpleQueryEndsTheUnnamedStatement) {
  c().Parse("", "SELECT 1");
  c().Bind("", "");
  EXPECT_EQ(Run("SELECT 9 AS n"), "(n) | 9 | SELECT 1");
  EXPECT_EQ(c().Bind("", ""), "ERROR 26000 unnamed prepared statement does not exist");
}

TEST_F(SessionPortalTest, EverythingUpToSyncIsOneTransaction) {
  c().Parse("i", "INSERT INTO t VALUES ($1, 'x')");
  c().Sync();
  c().Bind("", "i", {"10"});
  EXPECT_EQ(c().Execute(""), "INSERT 0 1");
  c().Parse("", "SELECT 1/0");
  EXPECT_EQ(c().Bind("", ""), "");
  EXPECT_EQ(c().Execute(""), "ERROR 22012 division by zero");
  EXPECT_EQ(c().Sync(), "");
  EXPECT_EQ(Value("SELECT count(*) FROM t"), "5");
  c().Bind("", "i", {"10"});
  c().Execute("");
  c().Bind("", "i", {"11"});
  c().Execute("");
  auto other = Connect();
  EXPECT_EQ(other->Value("SELECT count(*) FROM t"), "5");
  EXPECT_EQ(c().Sync(), "");
  EXPECT_EQ(other->Value("SELECT count(*) FROM t WHERE k > 5"), "2");
}

TEST_F(SessionPortalTest, CommitOfTheImplicitTransactionMayFailAtSync) {
  c().Parse("i", "INSERT INTO t VALUES (20, 'x')");
  c().Bind("", "i");
  EXPECT_EQ(c().Execute(""), "INSERT 0 1");
  auto other = Connect();
  other->Run("INSERT INTO t VALUES (20, 'y')");
  EXPECT_THAT(c().Sync(), StartsWith("ERROR 40001"));
  EXPECT_EQ(c().status(), 'I');
}

// With Sync behind it a write is a transaction of its own, which sees the newest rows.
TEST_F(SessionPortalTest, WriteBeforeSyncIsAutocommit) {
  EXPECT_EQ(c().Parse("u", "UPDATE t SET v = v || 'x' WHERE k = 1"), "");
  EXPECT_EQ(c().Bind("", "u"), "");
  Connect()->Run("UPDATE t SET v = 'new' WHERE k = 1");
  EXPECT_EQ(c().Execute("", 0, true), "UPDATE 1");
  EXPECT_EQ(Connect()->Value("SELECT v FROM t WHERE k = 1"), "newx");
  EXPECT_EQ(c().Sync(), "");
}

TEST_F(SessionPortalTest, BlocksThroughTheExtendedProtocol) {
  EXPECT_EQ(c().Extended("BEGIN"), "BEGIN");
  EXPECT_EQ(c().status(), 'T');
  EXPECT_EQ(c().Extended("INSERT INTO t VALUES (30, 'x')"), "INSERT 0 1");
  EXPECT_EQ(c().Extended("SELECT 1/0"), "ERROR 22012 division by zero");
  EXPECT_EQ(c().status(), 'E');
  EXPECT_THAT(c().Extended("SELECT 1"), StartsWith("ERROR 25P02"));
  EXPECT_EQ(c().Extended("ROLLBACK"), "ROLLBACK");
  EXPECT_EQ(c().status(), 'I');
  EXPECT_EQ(c().Extended("COMMIT"), "WARNING 25P01 there is no transaction in progress | COMMIT");
  EXPECT_EQ(c().Extended("DECLARE c CURSOR FOR SELECT 1"),
            "ERROR 25P01 DECLARE CURSOR can only be used in transaction blocks");
  EXPECT_EQ(c().Extended("DISCARD ALL"), "DISCARD ALL");
}

TEST_F(SessionPortalTest, PortalOfAFailedTransactionDoesNotRun) {
  Run("BEGIN");
  c().Parse("s", kFive);
  c().Bind("p", "s");
  Run("SELECT 1/0");
  EXPECT_THAT(c().Execute("p"), StartsWith("ERROR 25P02"));
  Run("ROLLBACK");
}

TEST_F(SessionPortalTest, StatementWhoseResultHasChangedIsRefused) {
  Run("CREATE TABLE u (a int)");
  c().Parse("s", "SELECT * FROM u");
  c().Sync();
  EXPECT_EQ(Run("PREPARE q AS SELECT * FROM u"), "PREPARE");
  Run("DROP TABLE u; CREATE TABLE u (a text)");
  EXPECT_EQ(c().Bind("", "s"), "ERROR 0A000 cached plan must not change result type");
  EXPECT_EQ(Run("EXECUTE q"), "ERROR 0A000 cached plan must not change result type");
  Run("DROP TABLE u; CREATE TABLE u (a int); INSERT INTO u VALUES (1)");
  EXPECT_EQ(Run("EXECUTE q"), "(a) | 1 | SELECT 1");
}

TEST_F(SessionPortalTest, PreparedInSql) {
  EXPECT_EQ(Run("PREPARE p (int) AS SELECT v FROM t WHERE k = $1"), "PREPARE");
  EXPECT_EQ(Run("PREPARE p AS SELECT 1"),
            "ERROR 42P05 prepared statement \"p\" already exists");
  EXPECT_EQ(Run("EXECUTE p (1 + 1)"), "(v) | b | SELECT 1");
  EXPECT_EQ(Run("EXECUTE p"),
            "ERROR 42601 wrong number of parameters for prepared statement @1");
  EXPECT_EQ(Run("PREPARE i AS INSERT INTO t VALUES ($1, $2)"), "PREPARE");
  EXPECT_EQ(Run("EXECUTE i (40, 'x')"), "INSERT 0 1");
  // The place at fault is not in this text.
  Run("CREATE TABLE u (a int); PREPARE q AS SELECT a FROM u; DROP TABLE u");
  EXPECT_EQ(Run("EXECUTE q"), "ERROR 42P01 relation \"u\" does not exist");
  // Names are shared with the protocol.
  EXPECT_EQ(c().Bind("", "p", {"3"}), "");
  EXPECT_EQ(c().Execute(""), "c | SELECT 1");
  c().Sync();
  EXPECT_EQ(Run("DEALLOCATE p"), "DEALLOCATE");
  EXPECT_EQ(Run("EXECUTE p"), "ERROR 26000 prepared statement \"p\" does not exist");
  EXPECT_EQ(Run("DEALLOCATE ALL"), "DEALLOCATE ALL");
  EXPECT_EQ(Run("DEALLOCATE i"), "ERROR 26000 prepared statement \"i\" does not exist");
}

TEST_F(SessionPortalTest, Cursors) {
  EXPECT_EQ(Run("DECLARE c CURSOR FOR SELECT 1"),
            "ERROR 25P01 DECLARE CURSOR can only be used in transaction blocks");
  Run("BEGIN");
  EXPECT_EQ(Run("DECLARE c NO SCROLL CURSOR FOR SELECT k FROM t ORDER BY k"), "DECLARE CURSOR");
  EXPECT_EQ(Run("FETCH c"), "(k) | 1 | FETCH 1");
  EXPECT_EQ(Run("FETCH 2 FROM c"), "(k) | 2 | 3 | FETCH 2");
  EXPECT_EQ(Run("MOVE 1 IN c"), "MOVE 1");
  EXPECT_EQ(Run("FETCH ALL FROM c"), "(k) | 5 | FETCH 1");
  EXPECT_EQ(Run("FETCH ALL FROM c"), "(k) | FETCH 0");
  EXPECT_EQ(Run("DECLARE d CURSOR FOR SELECT 1; DECLARE e CURSOR FOR SELECT 2 AS n"),
            "DECLARE CURSOR | DECLARE CURSOR");
  EXPECT_EQ(Run("CLOSE d"), "CLOSE CURSOR");
  EXPECT_EQ(Run("SAVEPOINT s; DECLARE f CURSOR FOR SELECT 3"), "SAVEPOINT | DECLARE CURSOR");
  EXPECT_EQ(Run("FETCH BACKWARD 1 FROM c"), "ERROR 55000 cursor can only scan forward");
  Run("ROLLBACK TO s");
  EXPECT_EQ(Run("FETCH e"), "(n) | 2 | FETCH 1");
  EXPECT_EQ(Run("FETCH f"), "ERROR 34000 cursor \"f\" does not exist");
  Run("ROLLBACK");
  EXPECT_EQ(Run("FETCH e"), "ERROR 34000 cursor \"e\" does not exist");
  EXPECT_EQ(Run("DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
            "ERROR 0A000 WITH HOLD cursors are not supported yet");
  // Several statements of one text are a transaction too.
  EXPECT_EQ(Run("DECLARE c CURSOR FOR SELECT 7 AS n; FETCH c"),
            "DECLARE CURSOR | (n) | 7 | FETCH 1");
}

TEST_F(SessionPortalTest, CursorDoesNotSeeLaterWritesOfItsTransaction) {
  Run("BEGIN; INSERT INTO t VALUES (50, 'x'); DECLARE c CURSOR FOR SELECT k FROM t ORDER BY k");
  Run("FETCH 1 FROM c");
  Run("DELETE FROM t WHERE k > 2");
  Run("INSERT INTO t VALUES (60, 'y')");
  EXPECT_EQ(Run("FETCH ALL FROM c"), "(k) | 2 | 3 | 4 | 5 | 50 | FETCH 5");
  Run("COMMIT");
  EXPECT_EQ(Run("SELECT k FROM t ORDER BY k"), "(k) | 1 | 2 | 60 | SELECT 3");
}

TEST_F(SessionPortalTest, RowsWithEqualValuesComeAsOftenAsTheyAre) {
  Run("CREATE MATERIALIZED VIEW bag AS SELECT k % 2 AS r FROM t");
  Run("BEGIN");
  c().Parse("s", "SELECT r FROM bag ORDER BY r");
  c().Bind("p", "s");
  EXPECT_EQ(c().Execute("p", 3), "0 | 0 | 1 | suspended");
  EXPECT_EQ(c().Execute("p", 1), "1 | suspended");
  EXPECT_EQ(c().Execute("p"), "1 | SELECT 1");
  Run("COMMIT");
}

TEST_F(SessionPortalTest, NumbersOfStatementsAndPortalsAreLimited) {
  Run("BEGIN");
  c().Parse("s", "SELECT 1");
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(c().Bind("p" + std::to_string(i), "s"), "");
  EXPECT_THAT(c().Bind("one more", "s"), StartsWith("ERROR 53400"));
  Run("ROLLBACK");
}

}  // namespace
}  // namespace riverrun::server
