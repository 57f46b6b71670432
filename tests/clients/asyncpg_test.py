"""asyncpg: named statements, binary values in both directions, cursors by portals."""

import asyncio
import datetime
import decimal
import sys
import uuid

import asyncpg
from riverrun_server import LONG_QUERY, Server, equal, make_many, run_cases


class Simple:
    """make_many wants something with execute()."""

    def __init__(self, run):
        self.execute = run


def main(binary):
    with Server(binary) as server:

        def case(work):
            def run():
                async def inside():
                    connection = await asyncpg.connect(host="127.0.0.1", port=server.port,
                                                       user="riverrun", database="riverrun",
                                                       ssl=False)
                    try:
                        await work(connection)
                    finally:
                        await connection.close()
                asyncio.run(inside())
            run.__name__ = work.__name__
            return run

        @case
        async def values(connection):
            key = uuid.UUID("12345678-1234-5678-1234-567812345678")
            row = await connection.fetchrow(
                "SELECT $1::int4, $2::int8, $3::text, $4::boolean, 1.50::numeric, $5::float8, "
                "$6::date, $7::timestamptz, $8::uuid, $9::bytea",
                7, 1 << 40, "é", True, 2.5,
                datetime.date(2024, 2, 29),
                datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc), key,
                b"\x00\xff")
            equal(tuple(row), (
                7, 1 << 40, "é", True, decimal.Decimal("1.50"), 2.5, datetime.date(2024, 2, 29),
                datetime.datetime(2024, 2, 29, 1, 2, 3, tzinfo=datetime.timezone.utc), key,
                b"\x00\xff"), "values there and back")
            equal(await connection.fetchval("SELECT $1::int4", None), None, "NULL")

        @case
        async def tables_and_views(connection):
            await connection.execute("CREATE TABLE orders (id int PRIMARY KEY, amount int)")
            await connection.execute(
                "CREATE MATERIALIZED VIEW total AS SELECT sum(amount) AS total FROM orders")
            await connection.executemany("INSERT INTO orders VALUES ($1, $2)",
                                         [(i, i * 10) for i in range(50)])
            equal(await connection.fetchval("SELECT total FROM total"), 12250, "a view's sum")

        @case
        async def transactions(connection):
            await connection.execute("CREATE TABLE kept (n int)")
            async with connection.transaction():
                await connection.execute("INSERT INTO kept VALUES ($1)", 1)
            try:
                async with connection.transaction():
                    await connection.execute("INSERT INTO kept VALUES ($1)", 2)
                    raise KeyError
            except KeyError:
                pass
            equal([row["n"] for row in await connection.fetch("SELECT n FROM kept")], [1], "kept")

        @case
        async def cursor(connection):
            await connection.execute("CREATE TABLE long (n int)")
            await connection.execute("INSERT INTO long VALUES " +
                                     ",".join(f"({i})" for i in range(500)))
            async with connection.transaction():
                seen = [row["n"] async for row in
                        connection.cursor("SELECT n FROM long ORDER BY n", prefetch=50)]
            equal(seen, list(range(500)), "a portal read 50 rows at a time")

        @case
        async def errors(connection):
            try:
                await connection.fetch("SELECT 1/$1::int", 0)
                raise AssertionError("a division by zero succeeded")
            except asyncpg.DivisionByZeroError:
                pass
            equal(await connection.fetchval("SELECT 1"), 1, "after an error")

        @case
        async def time_limit(connection):
            statements = []
            make_many(Simple(statements.append))
            for statement in statements:
                await connection.execute(statement)
            try:
                await connection.fetchval(LONG_QUERY, timeout=0.5)
                raise AssertionError("the query was not cancelled")
            except asyncio.TimeoutError:
                pass
            equal(await connection.fetchval("SELECT 1"), 1, "after a cancel")

        return run_cases([values, tables_and_views, transactions, cursor, errors, time_limit], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
