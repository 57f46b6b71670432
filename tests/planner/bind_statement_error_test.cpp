// What the binder says about statements that are wrong or ask for what is not built.
#include <gtest/gtest.h>

#include "tests/planner/bind_fixture.h"

namespace riverrun::planner::test {
namespace {

struct Refusal {
  std::string_view sql, state, text, at;  // at: what the position points to, up to a blank
  std::string_view hint = "";
};

constexpr std::string_view kRewrite = "You will need to rewrite or cast the expression.";

constexpr Refusal kRefusals[] = {
    {"CREATE TABLE t (a int)", "42P07", "relation \"t\" already exists", "t"},
    {"CREATE TABLE n (a int, a int)", "42701", "column \"a\" specified more than once", "a"},
    {"CREATE TABLE n (a int PRIMARY KEY, b int PRIMARY KEY)", "42P16",
     "multiple primary keys for table \"n\" are not allowed", "b"},
    {"CREATE TABLE n (a int, PRIMARY KEY (b))", "42703", "column \"b\" named in key does not exist",
     "b))"},
    {"CREATE TABLE n (a foo)", "42704", "type \"foo\" does not exist", "foo)"},
    {"CREATE TABLE n (a int DEFAULT 'x')", "22P02", "invalid input syntax for type integer: \"x\"",
     "'x')"},
    {"CREATE TABLE n (a int DEFAULT b)", "0A000",
     "cannot use column reference in DEFAULT expression", "b)"},
    {"CREATE TABLE n (a date DEFAULT 1)", "42804",
     "column \"a\" is of type date but default expression is of type integer", "a", kRewrite},
    {"CREATE TABLE n (a int DEFAULT count(*))", "42803",
     "aggregate functions are not allowed in DEFAULT expressions", "count(*))"},
    {"CREATE TABLE n (a int UNIQUE)", "0A000", "UNIQUE constraints are not supported yet", "a"},
    {"CREATE TABLE n (a int CHECK (a > 0))", "0A000", "CHECK constraints are not supported yet",
     "a"},
    {"CREATE TABLE nn.n (a int)", "3F000", "schema \"nn\" does not exist", "nn.n"},
    {"CREATE TABLE pg_catalog.n (a int)", "42501", "permission denied to create \"pg_catalog.n\"",
     "pg_catalog.n"},
    {"CREATE TABLE n (a json PRIMARY KEY)", "42883",
     "could not identify an ordering operator for type json", "a",
     "Use an explicit ordering operator or modify the query."},
    {"CREATE TABLE n (a int, WATERMARK FOR a)", "42P16", "only a stream can have a watermark",
     "WATERMARK"},
    {"CREATE STREAM n (a int, WATERMARK FOR a)", "42804",
     "the watermark's column must be of type timestamp or timestamp with time zone, not "
     "integer",
     "a)"},
    {"CREATE STREAM n (a int) WITH (connector = 'kafka')", "0A000",
     "connector \"kafka\" is not supported yet", "connector"},
    {"CREATE STREAM n (a int PRIMARY KEY)", "0A000",
     "the primary key of a stream is not supported yet", "a"},
    {"CREATE VIEW v AS SELECT 1", "42P07", "relation \"v\" already exists", "v"},
    {"CREATE OR REPLACE VIEW v AS SELECT 1 AS a", "42P16", "cannot drop columns from view", "v"},
    {"CREATE OR REPLACE VIEW v AS SELECT a, b, a AS nxt FROM t", "42P16",
     "cannot change name of view column \"next\" to \"nxt\"", "v"},
    {"CREATE OR REPLACE VIEW v AS SELECT a, b, b AS next FROM t", "42P16",
     "cannot change data type of view column \"next\" from integer to text", "v"},
    {"CREATE VIEW n AS SELECT a, a FROM t", "42701", "column \"a\" specified more than once", "a",
     "Give the column a name of its own with AS."},
    {"CREATE VIEW n2 (x, y, z) AS SELECT a, b FROM t", "42601",
     "CREATE VIEW specifies more column names than columns", "z)"},
    {"CREATE VIEW n3 AS SELECT $1", "42P16", "a view cannot have parameters", "n3"},
    {"CREATE MATERIALIZED VIEW m2 AS SELECT random()", "0A000",
     "the volatile function random is not supported in a continuous query", "random()"},
    {"CREATE MATERIALIZED VIEW m2 AS SELECT a FROM t WHERE at > now()", "0A000",
     "the function now is not supported yet in a continuous query", "now()"},
    {"DROP TABLE v", "42809", "\"v\" is not a table", "v", "Use DROP VIEW to remove a view."},
    {"DROP VIEW t", "42809", "\"t\" is not a view", "t", "Use DROP TABLE to remove a table."},
    {"DROP TABLE missing", "42P01", "table \"missing\" does not exist", "missing"},
    {"DROP TABLE tt", "42P01", "table \"tt\" does not exist", "tt", "Perhaps you meant \"t\"."},
    {"DROP TABLE t", "2BP01", "cannot drop table t because other objects depend on it", "DROP",
     "Use DROP ... CASCADE to drop the dependent objects too."},
    {"DROP SCHEMA other", "2BP01", "cannot drop schema other because other objects depend on it",
     "DROP", "Use DROP ... CASCADE to drop the dependent objects too."},
    {"DROP SCHEMA nn", "3F000", "schema \"nn\" does not exist", "nn"},
    {"DROP INDEX i", "42704", "index \"i\" does not exist", "i"},
    {"DROP VIEW m", "42P01", "view \"m\" does not exist", "m"},
    {"INSERT INTO t (id, bb) VALUES (1, 'x')", "42703",
     "column \"bb\" of relation \"t\" does not exist", "bb)", "Perhaps you meant \"b\"."},
    {"INSERT INTO t (id, id) VALUES (1, 2)", "42701", "column \"id\" specified more than once",
     "id)"},
    {"INSERT INTO u VALUES (1, 'x', 3)", "42601", "INSERT has more expressions than target columns",
     "3)"},
    {"INSERT INTO u (x, y) VALUES (1)", "42601", "INSERT has more target columns than expressions",
     "y)"},
    {"INSERT INTO u VALUES ('x')", "22P02", "invalid input syntax for type integer: \"x\"", "'x')"},
    {"INSERT INTO u VALUES (true)", "42804",
     "column \"x\" is of type integer but expression is of type boolean", "true)", kRewrite},
    {"INSERT INTO u SELECT b FROM t", "42804",
     "column \"x\" is of type integer but expression is of type text", "b", kRewrite},
    {"INSERT INTO v VALUES (1)", "55000", "cannot insert into view \"v\"", "v",
     "Write to the tables that the view reads."},
    {"INSERT INTO m VALUES (1)", "42P01", "relation \"m\" does not exist", "m"},
    {"INSERT INTO t (id, b) VALUES (1, 'x') ON CONFLICT (a) DO NOTHING", "42P10",
     "there is no unique or exclusion constraint matching the ON CONFLICT specification", "a)"},
    {"INSERT INTO t (id, b) VALUES (1, 'x') ON CONFLICT DO UPDATE SET a = 1", "42601",
     "ON CONFLICT DO UPDATE requires inference specification or constraint name", "t",
     "For example, ON CONFLICT (column_name)."},
    {"INSERT INTO t (id, b) VALUES (1, 'x') ON CONFLICT (id) DO NOTHING RETURNING excluded.a",
     "42P01", "invalid reference to FROM-clause entry for table \"excluded\"", "excluded.a",
     "There is an entry for table \"excluded\", but it cannot be referenced from this part "
     "of the query."},
    {"INSERT INTO t (id, b) VALUES (1, count(*))", "42803",
     "aggregate functions are not allowed in VALUES", "count(*))"},
    {"INSERT INTO t (id, b) VALUES (1, a)", "42703", "column \"a\" does not exist", "a)"},
    {"UPDATE t SET a = 'x'", "22P02", "invalid input syntax for type integer: \"x\"", "'x'"},
    {"UPDATE t SET aa = 1", "42703", "column \"aa\" of relation \"t\" does not exist", "aa",
     "Perhaps you meant \"a\"."},
    {"UPDATE t SET a = 1, a = 2", "42601", "multiple assignments to same column \"a\"", "a"},
    {"UPDATE t SET a = b", "42804",
     "column \"a\" is of type integer but expression is of type text", "b", kRewrite},
    {"UPDATE s SET price = 1", "0A000", "cannot update stream \"s\"", "s"},
    {"DELETE FROM s", "0A000", "cannot delete from stream \"s\"", "s"},
    {"DELETE FROM v", "55000", "cannot delete from view \"v\"", "v",
     "Write to the tables that the view reads."},
    {"UPDATE t SET a = 1 FROM u", "0A000", "UPDATE with FROM is not supported yet", "u"},
    {"REFRESH MATERIALIZED VIEW m", "42P01", "relation \"m\" does not exist", "m"},
    {"COPY t FROM STDIN", "0A000", "COPY is not supported yet", "COPY"},
    {"CREATE INDEX i ON t (a)", "0A000", "CREATE INDEX is not supported yet", "CREATE"},
    {"ALTER TABLE t ADD COLUMN z int", "0A000", "ALTER is not supported yet", "ALTER"},
    {"WAIT FOR STREAM t OFFSET 3", "42809", "\"t\" is not a stream", "t"},
    {"UPDATE t SET (a, b) = (SELECT 1, 'x')", "0A000",
     "assigning the row of a subquery is not supported yet", "SELECT"},
    {"UPDATE t SET (a, b) = (1, 'x', 2)", "42601",
     "number of columns does not match number of values", "(a,"},
    {"DELETE FROM t USING u", "0A000", "DELETE with USING is not supported yet", "u"},
    {"INSERT INTO u VALUES (1, 'abcd') RETURNING z", "42703", "column \"z\" does not exist", "z"},
    {"SUBSCRIBE TO t", "0A000", "SUBSCRIBE is not supported yet", "SUBSCRIBE"},
    {"GRANT SELECT ON t TO x", "0A000", "GRANT and REVOKE are not supported yet", "GRANT"},
    {"DROP ROLE x", "0A000", "DROP ROLE is not supported yet", "DROP"},
    {"EXPLAIN (ANALYZE) SELECT 1", "0A000", "the EXPLAIN option analyze is not supported yet",
     "ANALYZE)"},
    {"CREATE TEMPORARY TABLE n (a int)", "0A000", "temporary relations are not supported yet", "n"},
    {"CREATE TABLE n AS SELECT 1", "0A000", "CREATE TABLE AS is not supported yet", "n"},
    {"CREATE TABLE n (a int GENERATED ALWAYS AS (1))", "0A000",
     "generated columns are not supported yet", "a"},
    {"CREATE TABLE n (LIKE t)", "0A000", "LIKE in a definition is not supported yet", "t)"},
    {"CREATE TABLE n (a int, PRIMARY KEY (a, a))", "42701",
     "column \"a\" appears twice in primary key constraint", "a))"},
    {"CREATE SCHEMA pg_mine", "42939", "unacceptable schema name \"pg_mine\"", "pg_mine"},
};

TEST(BindStatementError, NamesStateTextPlaceAndHint) {
  const BindWorld world;
  for (const Refusal& refusal : kRefusals) {
    const BindError error = world.Refused(refusal.sql);
    EXPECT_EQ(error.state, refusal.state) << refusal.sql;
    EXPECT_EQ(error.text, refusal.text) << refusal.sql;
    EXPECT_EQ(error.at, refusal.at) << refusal.sql;
    EXPECT_EQ(error.hint, refusal.hint) << refusal.sql;
  }
}

}  // namespace
}  // namespace riverrun::planner::test
