"""A topic whose records are a function of partition and offset, so that anyone can say what the
views over it contain at any offsets; and a reader who does."""

import collections
import json
import threading
import time

import psycopg2
from confluent_kafka import Producer

PARTITIONS = 3
KEYS = 7
BAD_EVERY = 50
STEP_MS = 40       # of event time, from one record to the next
DELAY_MS = 500     # of the watermark
BASE_MS = 1_700_000_000_000

STREAM = """CREATE STREAM events (n bigint, k bigint, at timestamptz,
    WATERMARK FOR at AS at - INTERVAL '500 milliseconds')
    WITH (connector = 'kafka', topic = '{topic}', brokers = '{brokers}', format = 'json')"""
VIEWS = {
    "events_by_key": "SELECT k, count(*) AS n, sum(n) AS total FROM events GROUP BY k",
    "events_by_second": "SELECT window_start, count(*) AS n FROM TUMBLE(events, at, "
                        "INTERVAL '1 second') GROUP BY window_start",
    "events_closed": "SELECT window_start, count(*) AS n FROM TUMBLE(events, at, INTERVAL "
                     "'1 second') GROUP BY window_start EMIT ON WINDOW CLOSE",
}
# Everything in one statement, so of one epoch, with the offsets that the epoch contains.
READ = """SELECT 'offset' AS what, partition::bigint AS a, "offset" AS b, epoch AS c
        FROM sys.read_progress WHERE object = 'events'
    UNION ALL SELECT 'key', k, n, total::bigint FROM events_by_key
    UNION ALL SELECT 'second', extract(epoch FROM window_start)::bigint, n, 0 FROM events_by_second
    UNION ALL SELECT 'closed', extract(epoch FROM window_start)::bigint, n, 0 FROM events_closed
    UNION ALL SELECT 'error', partition, "offset", 0 FROM events_errors"""


def is_bad(n):
    return n % BAD_EVERY == BAD_EVERY - 1


def second_of(n):
    return (BASE_MS + n * STEP_MS) // 1000


def expected_at(offsets):
    """What READ returns besides the offsets, as a bag."""
    rows = collections.Counter()
    keys = collections.defaultdict(lambda: [0, 0])
    seconds = collections.Counter()
    marks = []
    for partition, end in offsets.items():
        last = None
        for n in range(end):
            if is_bad(n):
                rows["error", partition, n, 0] += 1
                continue
            keys[n % KEYS][0] += 1
            keys[n % KEYS][1] += n
            seconds[second_of(n)] += 1
            last = n
        marks.append(None if last is None else BASE_MS + last * STEP_MS - DELAY_MS)
    for key, (count, total) in keys.items():
        rows["key", key, count, total] += 1
    reached = None if None in marks else min(marks)
    for second, count in seconds.items():
        rows["second", second, count, 0] += 1
        if reached is not None and (second + 1) * 1000 <= reached:
            rows["closed", second, count, 0] += 1
    return rows


class Events:
    """Writes the records, all the time; reads the views until it is told to stop."""

    def __init__(self, broker, broken):
        self.broken = broken  # the exception to raise
        self.broker = broker
        self.topic = broker.new_topic(partitions=PARTITIONS)
        self.written = [0] * PARTITIONS
        self.stopping = threading.Event()
        self.seen = {}  # epoch -> what a reader saw in it
        self.checks = 0
        self.producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 2,
                                  "enable.idempotence": True})
        self.thread = threading.Thread(target=self.write, daemon=True)

    def create(self, cursor):
        cursor.execute(STREAM.format(topic=self.topic, brokers=self.broker.address))
        for view, query in VIEWS.items():
            cursor.execute(f"CREATE MATERIALIZED VIEW {view} AS {query}")
        self.thread.start()

    def write(self):
        while not self.stopping.is_set():
            for partition in range(PARTITIONS):
                for _ in range(5 + 3 * partition):
                    n = self.written[partition]
                    value = "{\"n\": " + str(n) if is_bad(n) else json.dumps(
                        {"n": n, "k": n % KEYS, "at": BASE_MS + n * STEP_MS})
                    self.producer.produce(self.topic, value, partition=partition)
                    self.written[partition] += 1
            self.producer.poll(0)
            self.stopping.wait(0.02)
        self.producer.flush(10)

    def stop(self):
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()

    def check(self, cursor):
        cursor.execute(READ)
        offsets, epoch, rows = {}, None, collections.Counter()
        for what, *values in cursor.fetchall():
            if what == "offset":
                offsets[values[0]] = values[1]
                epoch = values[2]
            else:
                rows[(what, *values)] += 1
        if len(offsets) != PARTITIONS:
            raise self.broken(f"sys.read_progress has {offsets}")
        expected = expected_at(offsets)
        if rows != expected:
            raise self.broken(f"at the offsets {offsets} the views have too much "
                              f"{rows - expected}, and lack {expected - rows}")
        before = self.seen.setdefault(epoch, offsets)
        if before != offsets:
            raise self.broken(f"epoch {epoch} came back with {offsets}, it had been {before}")
        newest = max(self.seen)
        for partition, offset in self.seen[newest].items():
            if offsets[partition] < offset:
                raise self.broken(f"a reader saw offset {offset}, and then {offsets}")
        self.checks += 1

    def check_all_there(self, cursor):
        """Waits for what has been written; nothing may be missing then."""
        self.producer.flush(10)
        for partition, written in enumerate(self.written):
            cursor.execute(f"WAIT FOR STREAM events PARTITION {partition} OFFSET {written - 1}")
        self.check(cursor)

    def run(self, server, stop):
        try:
            connection = psycopg2.connect(server.dsn())
            connection.autocommit = True
            cursor = connection.cursor()
            while not stop.is_set():
                self.check(cursor)
                time.sleep(0.01)  # the comparison takes longer than the reading
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            if not stop.is_set():
                raise
