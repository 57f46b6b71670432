"""psycopg 3: the extended protocol, prepared statements, binary values, pipelines, cursors."""

import datetime
import decimal
import sys
import uuid

import psycopg
from riverrun_server import Server, equal, run_cases


def main(binary):
    with Server(binary) as server:

        def connect(**more):
            return psycopg.connect(server.dsn(), autocommit=True, **more)

        def parameters():
            with connect() as connection:
                row = connection.execute(
                    "SELECT %s::int, %s::text, %s::boolean, %s::numeric, %s::float8, %s::date",
                    (7, "é'", True, decimal.Decimal("1.50"), 2.5,
                     datetime.date(2024, 2, 29))).fetchone()
                equal(row, (7, "é'", True, decimal.Decimal("1.50"), 2.5,
                            datetime.date(2024, 2, 29)), "values there and back")
                equal(connection.execute("SELECT %s::int", (None,)).fetchone(), (None,), "NULL")

        def binary_values():
            with connect() as connection:
                cursor = connection.cursor(binary=True)
                key = uuid.UUID("12345678-1234-5678-1234-567812345678")
                moment = datetime.datetime(2024, 2, 29, 1, 2, 3, 500000)
                cursor.execute("SELECT %b::int8, %b::float8, %b::bytea, %b::uuid, %b::timestamp, "
                               "%t::text, %b::boolean",
                               (1 << 40, -0.25, b"\x00\xff", key, moment, "text", False))
                equal(cursor.fetchone(), (1 << 40, -0.25, b"\x00\xff", key, moment, "text", False),
                      "binary values there and back")

        def prepared():
            with connect() as connection:
                connection.execute("CREATE TABLE items (id int PRIMARY KEY, name text)")
                for i in range(20):
                    connection.execute("INSERT INTO items VALUES (%s, %s)", (i, f"item {i}"),
                                       prepare=True)
                for i in range(20):
                    row = connection.execute("SELECT name FROM items WHERE id = %s", (i,),
                                             prepare=True).fetchone()
                    equal(row, (f"item {i}",), "a prepared query")

        def many():
            with connect() as connection:
                connection.execute("CREATE TABLE numbers (n int)")
                with connection.cursor() as cursor:
                    cursor.executemany("INSERT INTO numbers VALUES (%s)",
                                       [(i,) for i in range(100)])
                    equal(cursor.rowcount, 100, "rows of executemany")
                equal(connection.execute("SELECT count(*), sum(n) FROM numbers").fetchone(),
                      (100, 4950), "after executemany")

        def pipeline():
            with connect() as connection:
                connection.execute("CREATE TABLE piped (n int)")
                with connection.pipeline():
                    for i in range(10):
                        connection.execute("INSERT INTO piped VALUES (%s)", (i,))
                    last = connection.execute("SELECT count(*) FROM piped")
                equal(last.fetchone(), (10,), "a query at the end of a pipeline")
                try:
                    with connection.pipeline() as pipe:
                        connection.execute("INSERT INTO piped VALUES (10)")
                        connection.execute("SELECT 1/0")
                        pipe.sync()
                    raise AssertionError("the pipeline's error was lost")
                except psycopg.errors.DivisionByZero:
                    pass
                equal(connection.execute("SELECT 1").fetchone(), (1,), "after a failed pipeline")

        def transactions():
            with connect() as connection:
                connection.execute("CREATE TABLE kept (n int)")
                with connection.transaction():
                    connection.execute("INSERT INTO kept VALUES (1)")
                try:
                    with connection.transaction():
                        connection.execute("INSERT INTO kept VALUES (2)")
                        raise KeyError
                except KeyError:
                    pass
                equal(connection.execute("SELECT n FROM kept").fetchall(), [(1,)],
                      "one transaction kept, one rolled back")

        def server_cursor():
            with psycopg.connect(server.dsn()) as connection:
                connection.execute("CREATE TABLE long (n int)")
                connection.execute("INSERT INTO long VALUES " +
                                   ",".join(f"({i})" for i in range(1000)))
                connection.commit()
                with connection.cursor(name="reader") as cursor:
                    cursor.itersize = 100
                    cursor.execute("SELECT n FROM long ORDER BY n")
                    equal([n for n, in cursor], list(range(1000)), "a cursor of the server")

        def views():
            with connect() as connection:
                connection.execute("CREATE TABLE events (kind text, n int)")
                connection.execute("CREATE MATERIALIZED VIEW sums AS "
                                   "SELECT kind, sum(n) AS total FROM events GROUP BY kind")
                for i in range(10):
                    connection.execute("INSERT INTO events VALUES (%s, %s)", ("ab"[i % 2], i))
                    total = connection.execute("SELECT sum(total) FROM sums").fetchone()[0]
                    equal(total, sum(range(i + 1)), "a view right after the INSERT")

        def errors():
            with connect() as connection:
                try:
                    connection.execute("SELECT %s::int + nothing", (1,))
                    raise AssertionError("an unknown column was read")
                except psycopg.errors.UndefinedColumn as error:
                    equal(error.diag.severity, "ERROR", "severity")
                    equal(error.diag.statement_position is not None, True, "a position")

        return run_cases([parameters, binary_values, prepared, many, pipeline, transactions,
                          server_cursor, views, errors], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
