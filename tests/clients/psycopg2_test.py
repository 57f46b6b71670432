"""psycopg2: simple queries only, values written into the text by the client."""

import datetime
import decimal
import sys
import threading
import time

import psycopg2
import psycopg2.errors
import psycopg2.extensions
from riverrun_server import LONG_QUERY, Server, equal, make_many, run_cases


def main(binary):
    with Server(binary) as server:

        def connect(autocommit=True, **more):
            connection = psycopg2.connect(server.dsn(), **more)
            connection.autocommit = autocommit
            return connection

        def startup():
            connection = connect()
            equal(connection.server_version // 10000, 15, "server_version")
            equal(connection.get_parameter_status("server_encoding"), "UTF8", "server_encoding")
            equal(connection.get_parameter_status("integer_datetimes"), "on", "integer_datetimes")
            equal(connection.get_transaction_status(),
                  psycopg2.extensions.TRANSACTION_STATUS_IDLE, "transaction status")

        def values():
            cursor = connect().cursor()
            cursor.execute("SELECT 1, 'é''\"', NULL, true, 1.50::numeric, 2.5::float8, "
                           "DATE '2024-02-29', TIMESTAMP '2024-02-29 01:02:03.5', ARRAY[1,2]")
            equal(cursor.fetchall(), [(
                1, "é'\"", None, True, decimal.Decimal("1.50"), 2.5, datetime.date(2024, 2, 29),
                datetime.datetime(2024, 2, 29, 1, 2, 3, 500000), [1, 2])], "values")
            cursor.execute("SELECT %s, %s, %s", (7, "a\\b", None))
            equal(cursor.fetchone(), (7, "a\\b", None), "parameters")

        def tables_and_views():
            cursor = connect().cursor()
            cursor.execute("CREATE TABLE orders (id int PRIMARY KEY, city text, amount int)")
            cursor.execute("CREATE MATERIALIZED VIEW totals AS "
                           "SELECT city, sum(amount) AS total FROM orders GROUP BY city")
            cursor.execute("INSERT INTO orders VALUES (1,'a',5),(2,'b',7),(3,'a',1)")
            equal(cursor.rowcount, 3, "rows inserted")
            cursor.execute("SELECT city, total FROM totals ORDER BY city")
            equal(cursor.fetchall(), [("a", 6), ("b", 7)], "the view after INSERT")
            cursor.execute("UPDATE orders SET amount = 10 WHERE id = 1")
            cursor.execute("DELETE FROM orders WHERE id = 2")
            cursor.execute("SELECT city, total FROM totals ORDER BY city")
            equal(cursor.fetchall(), [("a", 11)], "the view after UPDATE and DELETE")

        def transactions():
            connection = connect(autocommit=False)
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE moves (id int PRIMARY KEY)")
            connection.commit()
            cursor.execute("INSERT INTO moves VALUES (1)")
            connection.rollback()
            cursor.execute("INSERT INTO moves VALUES (2)")
            connection.commit()
            cursor.execute("SELECT id FROM moves")
            equal(cursor.fetchall(), [(2,)], "after one rollback and one commit")
            try:
                cursor.execute("SELECT * FROM nowhere")
                raise AssertionError("a missing table was read")
            except psycopg2.errors.UndefinedTable:
                pass
            try:
                cursor.execute("SELECT 1")
                raise AssertionError("a failed transaction went on")
            except psycopg2.errors.InFailedSqlTransaction:
                connection.rollback()

        def errors():
            cursor = connect().cursor()
            for sql, state in [("SELEC 1", "42601"), ("SELECT x", "42703"),
                               ("SELECT 1/0", "22012"), ("SELECT 'x'::int", "22P02")]:
                try:
                    cursor.execute(sql)
                    raise AssertionError(f"{sql} succeeded")
                except psycopg2.Error as error:
                    equal(error.pgcode, state, sql)
            cursor.execute("SELECT 1")
            equal(cursor.fetchone(), (1,), "after the errors")

        def conflict():
            first, second = connect(False), connect(False)
            one, two = first.cursor(), second.cursor()
            one.execute("CREATE TABLE counters (id int PRIMARY KEY, n int)")
            one.execute("INSERT INTO counters VALUES (1, 0)")
            first.commit()
            try:
                one.execute("INSERT INTO counters VALUES (1, 5)")
                raise AssertionError("a key was inserted twice")
            except psycopg2.errors.UniqueViolation:
                first.rollback()
            two.execute("SELECT n FROM counters")
            equal(two.fetchall(), [(0,)], "after a refused INSERT")

        def cancel():
            connection = connect()
            cursor = connection.cursor()
            timer = threading.Timer(0.5, connection.cancel)
            timer.start()
            begin = time.monotonic()
            try:
                cursor.execute(LONG_QUERY)
                raise AssertionError("the query was not cancelled")
            except psycopg2.errors.QueryCanceled:
                pass
            timer.join()
            if time.monotonic() - begin > 5:
                raise AssertionError("it took more than 5 s to cancel")
            cursor.execute("SELECT 1")
            equal(cursor.fetchone(), (1,), "after the cancel")

        def wrong_database():
            try:
                psycopg2.connect(host="127.0.0.1", port=server.port, user="riverrun",
                                 dbname="other")
                raise AssertionError("a database that is not there was opened")
            except psycopg2.OperationalError as error:
                equal('database "other" does not exist' in str(error), True, str(error))

        make_many(connect().cursor())
        return run_cases([startup, values, tables_and_views, transactions, errors, conflict,
                          cancel, wrong_database], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
