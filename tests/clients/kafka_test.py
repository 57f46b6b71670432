"""Streams over a real Kafka, as a user meets them."""

import json
import os
import re
import subprocess
import sys
import threading
import time

import psycopg2
from kafka_broker import Broker
from riverrun_server import Server, equal, run_cases

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEP = re.compile(r"^```sql kafka\n(.*?)^```\n+(?:[^`\n].*\n|\n)*?^```text\n(.*?)^```$",
                  re.MULTILINE | re.DOTALL)

STREAM = """CREATE STREAM {name} (id bigint, word text, price numeric(10,2), at timestamptz,
    place bigint METADATA FROM 'offset', part int METADATA FROM 'partition',
    key text METADATA FROM 'key')
    WITH (connector = 'kafka', topic = '{topic}', brokers = '{brokers}', format = 'json'{more})"""


def lines_of(text):
    """psql pads with blanks, which a document need not show."""
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def main(binary):
    broker = Broker()
    server = Server(binary, ["--workers", "2"])

    def connect(to=server):
        connection = psycopg2.connect(to.dsn())
        connection.autocommit = True
        return connection.cursor()

    def rows(cursor, sql):
        cursor.execute(sql)
        return cursor.fetchall()

    def refused(cursor, sql):
        try:
            cursor.execute(sql)
        except psycopg2.Error as error:
            return error.pgcode, str(error)
        raise AssertionError(f"accepted: {sql}")

    def create(cursor, name, topic, more=""):
        cursor.execute(STREAM.format(name=name, topic=topic, brokers=broker.address, more=more))

    def numbers(first, count):
        return [json.dumps({"id": i, "word": f"w{i % 3}", "price": i / 4}) for i in
                range(first, first + count)]

    def wait(cursor, stream, offset, partition=0):
        cursor.execute(f"WAIT FOR STREAM {stream} PARTITION {partition} OFFSET {offset}")

    def until(what, expected, seconds=30):
        """For what a broker does in its own time."""
        end = time.monotonic() + seconds
        while True:
            found = what()
            if expected(found):
                return found
            if time.monotonic() > end:
                raise AssertionError(f"still {found!r}")
            time.sleep(0.05)

    def state(cursor, name):
        return rows(cursor, f"SELECT DISTINCT state FROM sys.sources WHERE name = '{name}'")[0][0]

    # ---- what a stream is ----

    def a_topic_is_a_relation():
        topic = broker.new_topic(partitions=3)
        for partition in range(3):
            broker.write(topic, numbers(partition * 100, 100), partition, key=f"k{partition}")
        c = connect()
        create(c, "s1", topic)
        equal(rows(c, "SELECT count(*), sum(id), max(place), min(key), max(key) FROM s1"),
              [(300, 44850, 99, "k0", "k2")], "one-shot")
        c.execute("CREATE MATERIALIZED VIEW v1 AS SELECT word, count(*) AS n, sum(price) AS total "
                  "FROM s1 GROUP BY word")
        once = "SELECT word, count(*) AS n, sum(price) AS total FROM s1 GROUP BY word ORDER BY 1"
        equal(rows(c, "SELECT * FROM v1 ORDER BY word"), rows(c, once), "the view and its query")
        broker.write(topic, numbers(1000, 50), 1)
        wait(c, "s1", 149, partition=1)
        equal(rows(c, "SELECT sum(n) FROM v1"), [(350,)], "after more records")
        equal(rows(c, "SELECT * FROM v1 ORDER BY word"), rows(c, once), "the view and its query")
        equal(rows(c, "SELECT partition, next_offset, end_offset, lag, rows, errors FROM "
                      "sys.sources WHERE name = 's1' ORDER BY partition"),
              [(0, 100, 100, 0, 100, 0), (1, 150, 150, 0, 150, 0), (2, 100, 100, 0, 100, 0)],
              "sys.sources")
        equal(rows(c, "SELECT count(*) FROM (SELECT id FROM s1 LIMIT 5) AS five"), [(5,)], "LIMIT")

    def start_says_where_it_begins():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 10))
        c = connect()
        create(c, "s2", topic, ", start = 'latest'")
        equal(rows(c, "SELECT count(*) FROM s2"), [(0,)], "latest")
        broker.write(topic, numbers(10, 5))
        c.execute("CREATE MATERIALIZED VIEW v2 AS SELECT min(id), count(*) FROM s2")
        wait(c, "s2", 14)
        equal(rows(c, "SELECT * FROM v2"), [(10, 5)], "the view")

    def json_as_the_rules_say():
        topic = broker.new_topic()
        broker.write(topic, ['{"ID": 1, "word": 12.50, "at": 1700000000000, "extra": [1]}',
                             '{"id": 2, "word": {"a": 1}, "at": "2026-01-02 03:04:05"}',
                             '{"id": 3, "word": null}', '{}'])
        c = connect()
        create(c, "s3", topic)
        equal(rows(c, "SELECT id, word, at::text FROM s3 ORDER BY place"),
              [(1, "12.50", "2023-11-14 22:13:20+00"), (2, '{"a": 1}', "2026-01-02 03:04:05+00"),
               (3, None, None), (None, None, None)], "values")

    # ---- what does not decode ----

    def garbage_is_kept_and_harms_nothing():
        topic = broker.new_topic(max_message_bytes="20000000")
        bad = ['{"id": 1', '{"id": "x"}', '{"id": NaN}', '{"id": 1e400}', '{"word": "\\ud800"}',
               '{"word": "\\u0000"}', b'{"word": "\xff"}', '', 'null', '[]', '"text"', '{"id": 1.5}',
               '{"price": 123456789012}', '{"at": "noon"}', '{"id": 1}}', '[' * 10000 + ']' * 10000,
               '{"x": ' * 10000 + '1' + '}' * 10000, None]
        mixed = []
        for i, value in enumerate(bad):
            mixed += [json.dumps({"id": i, "word": "good"}), value]
        broker.write(topic, mixed)
        big = b'{"id": 7, "word": "' + b"x" * 10_000_000
        producer = broker.producer(message_max_bytes=20_000_000)
        producer.produce(topic, big, key="big", partition=0)
        equal(producer.flush(30), 0, "the large record is written")
        c = connect()
        create(c, "s4", topic)
        c.execute("CREATE MATERIALIZED VIEW v4 AS SELECT count(*) AS n, sum(id) AS ids FROM s4")
        wait(c, "s4", len(mixed))
        good = len(bad)
        equal(rows(c, "SELECT * FROM v4"), [(good, good * (good - 1) // 2)], "the good rows")
        errors = rows(c, 'SELECT "offset", raw, key, topic, partition, length(sqlstate), '
                         "length(reason) > 0, at IS NOT NULL FROM s4_errors ORDER BY 1")
        expected = [(2 * i + 1, value.encode() if isinstance(value, str) else value, None)
                    for i, value in enumerate(bad)] + [(len(mixed), big, b"big")]
        found = [(offset, raw and bytes(raw), key and bytes(key))
                 for offset, raw, key, *_ in errors]
        equal([f[0] for f in found], [e[0] for e in expected], "offsets")
        equal(found, expected, "bytes and keys")
        equal({row[3:] for row in errors}, {(topic, 0, 5, True, True)}, "the other columns")
        equal(rows(c, "SELECT rows, errors, state FROM sys.sources WHERE name = 's4'"),
              [(good, good + 1, "running")], "sys.sources")
        equal(rows(c, "SELECT count(*) FROM s4"), [(good,)], "one-shot")

    def not_null_is_kept():
        topic = broker.new_topic()
        broker.write(topic, ['{"id": 1}', '{"id": null}', '{}'])
        c = connect()
        c.execute(f"CREATE STREAM s5 (id bigint NOT NULL) WITH (connector = 'kafka', topic = "
                  f"'{topic}', brokers = '{broker.address}', format = 'json')")
        c.execute("CREATE MATERIALIZED VIEW v5 AS SELECT count(*) FROM s5")
        wait(c, "s5", 2)
        equal(rows(c, "SELECT * FROM v5"), [(1,)], "rows")
        equal(rows(c, "SELECT DISTINCT sqlstate FROM s5_errors"), [("23502",)], "errors")

    # ---- what the cluster does ----

    def transactions_and_gaps():
        topic = broker.new_topic()
        producer = broker.producer(transactional_id="t1")
        producer.init_transactions(30)
        for commit in [True, False, True]:
            producer.begin_transaction()
            for value in numbers(0, 10):
                producer.produce(topic, value, partition=0)
            producer.flush(30)
            (producer.commit_transaction if commit else producer.abort_transaction)(30)
        c = connect()
        create(c, "s6", topic)
        c.execute("CREATE MATERIALIZED VIEW v6 AS SELECT count(*) FROM s6")
        wait(c, "s6", 31)  # two commits of 10 and a marker each, and one that was aborted
        equal(rows(c, "SELECT * FROM v6"), [(20,)], "committed rows")
        producer.begin_transaction()
        producer.produce(topic, "{}", partition=0)
        producer.flush(30)
        producer.abort_transaction(30)
        wait(c, "s6", 33)  # nothing but a gap
        equal(rows(c, "SELECT * FROM v6"), [(20,)], "committed rows")

    def new_partitions_are_read():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 10))
        c = connect()
        create(c, "s7", topic)
        c.execute("CREATE MATERIALIZED VIEW v7 AS SELECT count(*) FROM s7")
        broker.grow_topic(topic, 3)
        broker.write(topic, numbers(10, 10), partition=2)
        until(lambda: rows(c, "SELECT * FROM v7"), lambda found: found == [(20,)])
        equal(rows(c, "SELECT count(*) FROM sys.sources WHERE name = 's7'"), [(3,)], "partitions")
        equal(rows(c, "SELECT count(*) FROM s7"), [(20,)], "one-shot")

    def retention_past_our_offset():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 1000))
        broker.delete_records(topic, 400)
        c = connect()
        create(c, "s8", topic)
        c.execute("CREATE MATERIALIZED VIEW v8 AS SELECT count(*) FROM s8")
        equal(rows(c, "SELECT * FROM v8"), [(600,)], "from the first record still there")
        equal(rows(c, "SELECT count(*) FROM s8"), [(600,)], "one-shot")
        broker.delete_records(topic, 700)
        c.execute("CREATE MATERIALIZED VIEW v8b AS SELECT count(*) FROM s8")
        equal(rows(c, "SELECT * FROM v8b"), [(300,)], "a later view begins later")
        equal(rows(c, "SELECT count(*) FROM s8"), [(300,)], "one-shot")
        equal(rows(c, "SELECT * FROM v8"), [(600,)], "the first keeps what it has")

    def a_topic_made_anew_is_never_skipped():
        for name, before, after in [("s9", 100, 10), ("s10", 10, 100)]:
            topic = broker.new_topic()
            broker.write(topic, numbers(0, before))
            c = connect()
            create(c, name, topic)
            c.execute(f"CREATE MATERIALIZED VIEW v{name} AS SELECT count(*), max(id) FROM {name}")
            wait(c, name, before - 1)
            broker.delete_topic(topic)
            until(lambda: topic in broker.admin.list_topics(timeout=5).topics, lambda t: not t)
            until(lambda: state(c, name), lambda s: s != "running")
            equal(rows(c, f"SELECT * FROM v{name}"), [(before, before - 1)], "still readable")
            broker.new_topic(topic, partitions=2)
            broker.write(topic, numbers(1000, after))
            code, text = refused(c, f"WAIT FOR STREAM {name} OFFSET 1000000")
            equal(code, "55000", text)
            equal(rows(c, f"SELECT * FROM v{name}"), [(before, before - 1)], "nothing is skipped")
            c.execute(f"ALTER STREAM {name} RESET TO earliest")
            wait(c, name, after - 1)
            equal(rows(c, f"SELECT * FROM v{name}"), [(before + after, 1000 + after - 1)],
                  "goes on with the new topic")

    def reset_and_rebuild():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 100))
        c = connect()
        create(c, "s11", topic)
        c.execute("CREATE MATERIALIZED VIEW v11 AS SELECT count(*) AS n FROM s11")
        c.execute("CREATE MATERIALIZED VIEW v11b AS SELECT n + 1 AS m FROM v11")
        wait(c, "s11", 99)
        code, text = refused(c, "ALTER STREAM s11 RESET TO earliest")
        equal((code, "REBUILD" in text), ("55000", True), text)
        c.execute("ALTER STREAM s11 RESET TO 40 REBUILD")
        equal(rows(c, "SELECT n FROM v11") + rows(c, "SELECT m FROM v11b"), [(60,), (61,)], "anew")
        c.execute("ALTER STREAM s11 RESET TO latest")
        broker.write(topic, numbers(100, 5))
        wait(c, "s11", 104)
        equal(rows(c, "SELECT n FROM v11") + rows(c, "SELECT m FROM v11b"), [(65,), (66,)], "more")
        equal(refused(c, "ALTER STREAM s11 RESET TO nowhere")[0], "42601", "a place")
        broker.delete_records(topic, 50)
        for offset, words in [(49, "begins at offset 50"), (1000, "ends at offset 105")]:
            code, text = refused(c, f"ALTER STREAM s11 RESET TO {offset} REBUILD")
            equal((code, words in text), ("22023", True), text)
        c.execute("ALTER STREAM s11 RESET TO 50 REBUILD")
        equal(rows(c, "SELECT n FROM v11"), [(55,)], "the first that is there")

    # ---- windows that close ----

    def minutes(first, last, per_minute=1, word="w"):
        return [json.dumps({"id": minute, "word": word, "at": f"2026-01-01T10:{minute:02}:{i:02}Z"})
                for minute in range(first, last) for i in range(per_minute)]

    def create_closing(cursor, stream, topic, view, delay="0 s"):
        cursor.execute(f"CREATE STREAM {stream} (id bigint, word text, at timestamptz, "
                       f"WATERMARK FOR at AS at - INTERVAL '{delay}') WITH (connector = 'kafka', "
                       f"topic = '{topic}', brokers = '{broker.address}', format = 'json', "
                       "idle_timeout = '0')")
        close(cursor, stream, view)

    def close(cursor, stream, view):
        cursor.execute(f"CREATE MATERIALIZED VIEW {view} AS SELECT window_start, count(*) AS n "
                       f"FROM TUMBLE({stream}, at, INTERVAL '1 minute') GROUP BY window_start "
                       "EMIT ON WINDOW CLOSE")

    def counts(cursor, view):
        return [n for (n,) in rows(cursor, f"SELECT n FROM {view} ORDER BY window_start")]

    def a_rebuilt_view_closes_no_window_early():
        topic = broker.new_topic()
        # The windows are over when the last record says so, and not before.
        broker.write(topic, minutes(0, 10) * 3000 + minutes(59, 60))
        c = connect()
        create_closing(c, "s14", topic, "v14", delay="30 min")
        equal(counts(c, "v14"), [3000] * 10, "closed")
        for _ in range(3):
            c.execute("ALTER STREAM s14 RESET TO earliest REBUILD")
            equal(counts(c, "v14"), [3000] * 10, "closed anew")

    def a_partition_behind_the_others():
        topic = broker.new_topic()
        broker.write(topic, minutes(0, 10, per_minute=5))
        with Server(binary) as own:
            c = connect(own)
            create_closing(c, "s", topic, "v")
            equal(counts(c, "v"), [5] * 9, "before")
            broker.grow_topic(topic, 2)
            until(lambda: rows(c, "SELECT count(*) FROM sys.sources WHERE name = 's'"),
                  lambda found: found == [(2,)])
            broker.write(topic, minutes(3, 12, per_minute=2), partition=1)
            wait(c, "s", 17, partition=1)
            # Minute 9 had begun and was open: its rows count, those before are late.
            equal(counts(c, "v"), [5] * 9, "closed windows stay closed")
            broker.write(topic, minutes(12, 13))
            broker.write(topic, minutes(12, 13), partition=1)
            wait(c, "s", 50)
            wait(c, "s", 18, partition=1)
            expected = [5] * 9 + [7, 2, 2]
            equal(counts(c, "v"), expected, "with the new partition")
            late = rows(c, "SELECT late FROM sys.views WHERE name = 'v'")
            equal(late, [(12,)], "late rows")
            close(c, "s", "later")
            equal(counts(c, "later"), expected, "a view that is created later")
            for workers in ["1", "3"]:
                own.kill()
                own.start("--workers", workers)
                c = connect(own)
                for view in ["v", "later"]:
                    equal(counts(c, view), expected, f"{view} after a kill, {workers} workers")
                equal(rows(c, "SELECT late FROM sys.views WHERE name = 'v'"), late, "late rows")

    def views_are_filled_while_records_come():
        topic = broker.new_topic(partitions=3)
        for partition in range(3):
            broker.write(topic, numbers(0, 20000), partition)
        c = connect()
        create(c, "s15", topic)
        query = "SELECT part, count(*), sum(id) FROM s15 GROUP BY part"
        c.execute(f"CREATE MATERIALIZED VIEW v15 AS {query}")

        def write():
            for batch in range(15):
                broker.write(topic, numbers(20000 + 500 * batch, 500), batch % 3)

        writer = threading.Thread(target=write)
        writer.start()
        created = 0
        while writer.is_alive() or created < 3:
            created += 1
            c.execute(f"CREATE MATERIALIZED VIEW v15_{created} AS {query}")
        writer.join()
        for partition in range(3):
            wait(c, "s15", 20000 + 500 * 5 - 1, partition)
        once = rows(c, query + " ORDER BY part")
        equal(sum(row[1] for row in once), 67500, "all are there")
        equal(rows(c, "SELECT * FROM v15 ORDER BY part"), once, "the first")
        for i in range(1, created + 1):
            equal(rows(c, f"SELECT * FROM v15_{i} ORDER BY part"), once, f"view {i} of {created}")
            c.execute(f"DROP MATERIALIZED VIEW v15_{i}")

    # ---- starts and stops ----

    def views_created_after_a_reset():
        """They have what has been read since, and the same after a restart."""
        topic = broker.new_topic()
        broker.write(topic, minutes(10, 20))
        with Server(binary) as own:
            c = connect(own)
            create_closing(c, "s", topic, "old")
            wait(c, "s", 9)
            c.execute("ALTER STREAM s RESET TO latest")
            broker.write(topic, minutes(5, 8) + minutes(30, 33))
            wait(c, "s", 15)
            close(c, "s", "new")
            c.execute("CREATE MATERIALIZED VIEW total AS SELECT count(*) FROM s")
            broker.write(topic, minutes(40, 41))
            wait(c, "s", 16)

            def check(when):
                equal(rows(c, "SELECT count(*) FROM s"), [(7,)], f"one-shot {when}")
                equal(rows(c, "SELECT * FROM total"), [(7,)], f"total {when}")
                # What is behind the watermark of before the RESET is late for both.
                equal(counts(c, "new"), [1, 1, 1], f"new {when}")
                equal(counts(c, "old"), [1] * 13, f"old {when}")

            check("before")
            for workers in ["3", "1"]:
                own.kill()
                own.start("--workers", workers)
                c = connect(own)
                check(f"after a kill, {workers} workers")
            c.execute("ALTER STREAM s RESET TO earliest REBUILD")
            equal(counts(c, "new"), counts(c, "old"), "rebuilt")
            own.kill()
            own.start()
            c = connect(own)
            equal(len(counts(c, "new")), 13, "rebuilt, and after a kill")

    def an_old_topic_is_not_taken_for_the_new_one():
        """A topic made anew under a stream that went on: no start can read the old records."""
        for before, after in [(100, 10), (10, 100)]:
            topic = broker.new_topic()
            broker.write(topic, numbers(0, before))
            with Server(binary) as own:
                c = connect(own)
                create(c, "s", topic)
                c.execute("CREATE MATERIALIZED VIEW v AS SELECT count(*), max(id) FROM s")
                wait(c, "s", before - 1)
                broker.delete_topic(topic)
                until(lambda: state(c, "s"), lambda s: s != "running")
                broker.new_topic(topic)
                broker.write(topic, numbers(1000, after))
                c.execute("ALTER STREAM s RESET TO latest")
                broker.write(topic, numbers(5000, 3))
                wait(c, "s", after + 2)
                equal(rows(c, "SELECT * FROM v"), [(before + 3, 5002)], "goes on")
                for start in ["first", "second"]:
                    own.kill()
                    own.start()
                    c = connect(own)
                    equal("cannot be told again" in state(c, "s") or "ends before" in state(c, "s"),
                          True, f"the {start} start: {state(c, 's')}")
                    equal(refused(c, "WAIT FOR STREAM s OFFSET 1")[0], "55000", "WAIT")
                    code, text = refused(c, "ALTER STREAM s RESET TO earliest")
                    equal((code, "REBUILD" in text), ("55000", True), text)
                c.execute("ALTER STREAM s RESET TO earliest REBUILD")
                equal(rows(c, "SELECT * FROM v"), [(after + 3, 5002)], "rebuilt")
                own.kill()
                own.start()
                equal(rows(connect(own), "SELECT * FROM v"), [(after + 3, 5002)], "and again")

    def kill_and_restart():
        topic = broker.new_topic(partitions=2)
        for partition in range(2):
            broker.write(topic, numbers(partition * 100, 100), partition)
        with Server(binary) as own:
            c = connect(own)
            create(c, "s", topic)
            c.execute("CREATE MATERIALIZED VIEW v AS SELECT count(*) AS n, sum(id) AS ids FROM s")
            wait(c, "s", 99, partition=1)
            c.execute("ALTER STREAM s RESET TO latest")
            broker.write(topic, numbers(500, 10), 0)
            wait(c, "s", 109)
            before = rows(c, "SELECT * FROM v")
            equal(before, [(210, sum(range(200)) + sum(range(500, 510)))], "before")
            for workers in ["1", "3"]:
                own.kill()
                own.start("--workers", workers)
                c = connect(own)
                equal(rows(c, "SELECT * FROM v"), before, f"after a kill, with {workers} workers")
            broker.write(topic, ['{"id": 1}', "{"], 1)
            wait(c, "s", 101, partition=1)
            own.kill()
            own.start()
            c = connect(own)
            equal(rows(c, "SELECT n FROM v"), [(211,)], "what came last")
            equal(rows(c, 'SELECT "offset" FROM s_errors'), [(101,)], "the error collection")

    def the_broker_goes_away():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 10))
        c = connect()
        create(c, "s12", topic)
        c.execute("CREATE MATERIALIZED VIEW v12 AS SELECT count(*) FROM s12")
        for seconds in [1, 4]:
            broker.stop("--kill")
            time.sleep(seconds)  # the outage itself
            equal(len(rows(c, "SELECT * FROM v12")), 1, "readable while it is away")
            broker.start()
            broker.write(topic, numbers(0, 10))
            until(lambda: rows(c, "SELECT count(*) FROM s12"),
                  lambda found: rows(c, "SELECT * FROM v12") == found)
            until(lambda: state(c, "s12"), lambda found: found == "running")
        equal(rows(c, "SELECT * FROM v12"), [(30,)], "nothing lost, nothing twice")

    def a_start_without_the_broker_waits():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 10))
        with Server(binary) as own:
            c = connect(own)
            create(c, "s", topic)
            c.execute("CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM s")
            own.kill()
            broker.stop("--kill")
            with open(own.log_path, "ab") as log:
                own.process = subprocess.Popen(own.command(), stdout=subprocess.DEVNULL, stderr=log)
            until(own.log, lambda text: 'stream "s" is waited for' in text)
            equal(own.stop()[0], 0, "SIGTERM while it waits")
            broker.start()
            own.start()
            equal(rows(connect(own), "SELECT * FROM v"), [(10,)], "when the broker is back")

    def what_cannot_be_read_again():
        """A topic that went away while the server was down: told, not guessed."""
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 100))
        with Server(binary) as own:
            c = connect(own)
            create(c, "s", topic)
            c.execute("CREATE MATERIALIZED VIEW v AS SELECT count(*) FROM s")
            own.kill()
            broker.delete_records(topic, 50)
            own.start()
            c = connect(own)
            equal("begins at offset 50" in state(c, "s"), True, state(c, "s"))
            equal(refused(c, "WAIT FOR STREAM s OFFSET 99")[0], "55000", "WAIT")
            c.execute("ALTER STREAM s RESET TO earliest REBUILD")
            equal(rows(c, "SELECT * FROM v"), [(50,)], "rebuilt from what is there")
            equal(state(c, "s"), "running", "state")

    def refusals():
        topic = broker.new_topic("orders")
        c = connect()
        with_ = f"topic = '{topic}', brokers = '{broker.address}', format = 'json'"
        cases = [
            (f"topic = 'orderz', brokers = '{broker.address}', format = 'json'", "42P01", '"orders"'),
            ("topic = 'orders', brokers = '127.0.0.1:1', format = 'json'", "08001", "127.0.0.1:1"),
            (with_ + ", properties.no.such = '1'", "22023", "no.such"),
            (with_ + ", properties.sasl.kerberos.kinit.cmd = 'true'", "22023", "kinit"),
            (with_ + ", properties.ssl.engine.location = '/x'", "22023", "ssl.engine"),
            (f"topic = 'orders', brokers = '{broker.address}', format = 'avro'", "0A000", "avro"),
        ]
        for options, code, words in cases:
            found, text = refused(c, f"CREATE STREAM r (id int) WITH (connector = 'kafka', {options})")
            equal((found, words in text, "LINE 1" in text), (code, True, True), text)
        c.execute(f"CREATE STREAM r (id int) WITH (connector = 'kafka', {with_})")
        equal(refused(c, "INSERT INTO r VALUES (1)")[0], "0A000", "INSERT")
        equal(refused(c, "DELETE FROM r")[0], "0A000", "DELETE")
        for partition in [7, 2**32]:
            equal(refused(c, f"WAIT FOR STREAM r PARTITION {partition} OFFSET 1")[0], "22023",
                  "partition")
        c.execute("SET statement_timeout = '200ms'")
        equal(refused(c, "WAIT FOR STREAM r OFFSET 1")[0], "57014", "timeout")
        c.execute("RESET statement_timeout")

        def drop_soon():
            time.sleep(0.3)  # until the other waits
            connect().execute("DROP STREAM r")

        dropper = threading.Thread(target=drop_soon)
        dropper.start()
        equal(refused(c, "WAIT FOR STREAM r OFFSET 9223372036854775807")[0], "42P01", "dropped")
        dropper.join()

    def sinks():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 10))
        c = connect()
        create(c, "s13", topic)
        c.execute("CREATE SINK k1 FROM s13 WITH (connector = 'blackhole')")
        c.execute("CREATE SINK k2 AS SELECT 1 / (id - 3) FROM s13 WITH (connector = 'blackhole')")
        wait(c, "s13", 9)
        equal(rows(c, "SELECT sqlstate FROM k2_errors"), [("22012",)], "its errors")
        equal(refused(c, "SELECT * FROM k1")[0], "42809", "reading a sink")
        equal(refused(c, "DROP STREAM s13")[0], "2BP01", "what it reads")
        c.execute("DROP SINK k1")
        c.execute("DROP STREAM s13 CASCADE")

    def the_document():
        """docs/kafka.md: its records are written, its blocks ```sql kafka executed."""
        with open(os.path.join(ROOT, "docs", "kafka.md"), encoding="utf-8") as file:
            text = file.read()
        records = re.search(r"^```json kafka\n(.*?)^```$", text, re.MULTILINE | re.DOTALL).group(1)
        steps = STEP.findall(text)
        equal((len(steps), text.count("```sql kafka")), (5, 5), "blocks with an answer each")
        broker.new_topic("clicks")
        broker.write("clicks", records.splitlines())
        with Server(binary) as own:
            for sql, answer in steps:
                _, out, errors = own.psql(text=sql.replace("localhost:9092", broker.address),
                                          check=False)
                found = (out.strip("\n") + "\n" + errors).replace(broker.address, "localhost:9092")
                equal(lines_of(found), lines_of(answer), sql)

    def the_readme():
        """The statements of README's chapter on Kafka, as a newcomer pastes them."""
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            text = file.read()
        sql = re.search(r"^```\n(CREATE STREAM clicks .*?)^```$", text,
                        re.MULTILINE | re.DOTALL).group(1)
        topic = broker.new_topic()
        broker.write(topic, ['{"user_id": 1, "page": "/a", "at": "2026-01-01 10:00:01"}',
                             '{"user_id": 2, "page": "/a", "at": "2026-01-01 10:00:02"}'])
        sql = sql.replace("localhost:9092", broker.address).replace("'clicks'", f"'{topic}'")
        with Server(binary) as own:
            code, out, errors = own.psql("-v", "ON_ERROR_STOP=1", "-At", text=sql)
            equal(code, 0, errors)
            equal(out.splitlines(), ["CREATE STREAM", "/a|2", "CREATE MATERIALIZED VIEW"], errors)
            equal(own.psql("-At", "-c", "SELECT page, clicks FROM per_minute")[1], "/a|2\n", "view")

    cases = [the_document, the_readme, a_topic_is_a_relation, start_says_where_it_begins,
             json_as_the_rules_say, garbage_is_kept_and_harms_nothing, not_null_is_kept, transactions_and_gaps,
             new_partitions_are_read, retention_past_our_offset, a_topic_made_anew_is_never_skipped,
             reset_and_rebuild, a_rebuilt_view_closes_no_window_early,
             a_partition_behind_the_others, views_are_filled_while_records_come,
             views_created_after_a_reset, an_old_topic_is_not_taken_for_the_new_one,
             kill_and_restart, what_cannot_be_read_again, refusals, sinks, the_broker_goes_away,
             a_start_without_the_broker_waits]
    wanted = sys.argv[2:]
    with broker, server:
        return run_cases([case for case in cases if not wanted or case.__name__ in wanted], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
