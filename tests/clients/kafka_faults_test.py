"""What a network and a cluster do to streams over a real Kafka: no row lost, none twice, and
sys.sources says how it stands.

    kafka_faults_test.py BINARY [--outage SECONDS] [CASE ...]
"""

import argparse
import json
import os
import socket
import sys
import threading
import time

import psycopg2
from confluent_kafka import Consumer, TopicPartition
from kafka_broker import Broker
from riverrun_server import Server, equal, run_cases

STREAM = """CREATE STREAM {name} (id bigint, place bigint METADATA FROM 'offset')
    WITH (connector = 'kafka', topic = '{topic}', brokers = '{brokers}', format = 'json'{more})"""
WAIT_SECONDS = 60


class Proxy:
    """Between the server and the broker. What it carried when it was frozen stays open and carries
    nothing any more, for ever; what connects while it is frozen is never answered."""

    def __init__(self, target):
        self.target = target
        self.age = 0  # grows with every freeze
        self.frozen = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.kept = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.kept.append(client)  # else it would be closed
            if self.frozen:
                continue
            try:
                broker = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                client.close()
                continue
            self.kept.append(broker)
            for ends in [(client, broker), (broker, client)]:
                threading.Thread(target=self.carry, args=(*ends, self.age), daemon=True).start()

    def carry(self, source, sink, age):
        try:
            while data := source.recv(65536):
                if age != self.age:
                    return
                sink.sendall(data)
        except OSError:
            pass
        if age == self.age:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # closed already

    def freeze(self):
        self.age += 1
        self.frozen = True

    def thaw(self):
        self.frozen = False


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as drawn:
        return drawn.getsockname()[1]


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def numbers(first, count):
    return [json.dumps({"id": i}) for i in range(first, first + count)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--outage", type=float, default=6, help="seconds without a broker")
    parser.add_argument("cases", nargs="*")
    options = parser.parse_intermixed_args()
    # A second listener, reached through the proxy only: a broker tells clients where to connect.
    behind = free_port()
    proxy = Proxy(behind)
    broker = Broker([
        "listeners=PLAINTEXT://127.0.0.1:@PORT@,CONTROLLER://127.0.0.1:@CONTROLLER_PORT@,"
        f"PROXIED://127.0.0.1:{behind}",
        f"advertised.listeners=PLAINTEXT://127.0.0.1:@PORT@,PROXIED://127.0.0.1:{proxy.port}",
        "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
        "PROXIED:PLAINTEXT"])
    server = Server(options.binary, ["--workers", "2"])

    def connect(to=server):
        connection = psycopg2.connect(to.dsn())
        connection.autocommit = True
        return connection.cursor()

    def rows(cursor, sql):
        cursor.execute(sql)
        return cursor.fetchall()

    def until(what, expected, seconds=WAIT_SECONDS):
        """For what happens in its own time. Returns how long it took."""
        begin = time.monotonic()
        while True:
            found = what()
            if expected(found):
                return time.monotonic() - begin
            if time.monotonic() > begin + seconds:
                raise AssertionError(f"still {found!r}")
            time.sleep(0.05)

    def create(cursor, name, topic, brokers, more=""):
        cursor.execute(STREAM.format(name=name, topic=topic, brokers=brokers, more=more))
        cursor.execute(f"CREATE MATERIALIZED VIEW v_{name} AS SELECT place, id FROM {name}")

    def content(cursor, name):
        return sorted(rows(cursor, f"SELECT place, id FROM v_{name}"))

    def of_first(count):
        return [(i, i) for i in range(count)]

    def state(cursor, name):
        return rows(cursor, f"SELECT DISTINCT state FROM sys.sources WHERE name = '{name}'")[0][0]

    def away(found):
        return found.startswith("disconnected: ")

    def check_in_place(cursor, name, count):
        """Everything is there once, and the positions say so."""
        until(lambda: content(cursor, name), lambda found: found == of_first(count))
        until(lambda: state(cursor, name), lambda found: found == "running")
        equal(rows(cursor, "SELECT next_offset, end_offset, lag, rows, errors FROM sys.sources "
                           f"WHERE name = '{name}'"), [(count, count, 0, count, 0)], "positions")
        equal(sorted(rows(cursor, f"SELECT place, id FROM {name}")), of_first(count),
              "the stream, read once")

    def outage():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 100))
        c = connect()
        create(c, "o", topic, broker.address)
        check_in_place(c, "o", 100)
        broker.stop("--kill")
        begin, before = time.monotonic(), cpu_seconds(server.process)
        noticed = until(lambda: state(c, "o"), away)
        equal("does not answer" in state(c, "o"), True, state(c, "o"))
        while time.monotonic() < begin + options.outage:
            equal(content(c, "o"), of_first(100), "readable while it is away")
            time.sleep(0.5)  # of the outage
        busy = (cpu_seconds(server.process) - before) / (time.monotonic() - begin)
        broker.start()
        broker.write(topic, numbers(100, 100))
        back = until(lambda: content(c, "o"), lambda found: found == of_first(200))
        check_in_place(c, "o", 200)
        print(f"        away for {time.monotonic() - begin:.1f} s: noticed after {noticed:.1f} s, "
              f"CPU {busy * 100:.1f} %, new rows {back:.1f} s after they were written", flush=True)
        if options.outage >= 30:  # a shorter one is mostly the noticing
            equal(busy < 0.05, True, f"CPU {busy} while it is away")

    def a_server_ends_without_the_broker():
        topic = broker.new_topic()
        with Server(options.binary) as own:
            c = connect(own)
            for name in ["a", "b", "c"]:
                create(c, name, topic, broker.address)
            broker.stop("--kill")
            until(lambda: state(c, "c"), away)
            code, seconds = own.stop()
            equal((code, seconds < 5), (0, True), f"SIGTERM: exit code {code}, {seconds:.1f} s")
        broker.start()

    def half_open():
        topic = broker.new_topic()
        broker.write(topic, numbers(0, 100))
        c = connect()
        create(c, "h", topic, f"127.0.0.1:{proxy.port}", ", properties.socket.timeout.ms = '3000'")
        check_in_place(c, "h", 100)
        proxy.freeze()
        broker.write(topic, numbers(100, 100))
        noticed = until(lambda: state(c, "h"), away)
        equal(content(c, "h"), of_first(100), "readable, and nothing came")
        proxy.thaw()
        back = until(lambda: content(c, "h"), lambda found: found == of_first(200))
        check_in_place(c, "h", 200)
        broker.write(topic, numbers(200, 10))
        check_in_place(c, "h", 210)
        print(f"        noticed after {noticed:.1f} s, back after {back:.1f} s", flush=True)

    def kept_records(topic):
        """What a consumer of librdkafka's own finds: [(offset, id)]."""
        consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "test",
                             "enable.partition.eof": True, "enable.auto.commit": False})
        consumer.assign([TopicPartition(topic, 0, 0)])
        found = []
        while (message := consumer.poll(WAIT_SECONDS)) is not None and message.error() is None:
            found.append((message.offset(), json.loads(message.value())["id"]))
        consumer.close()
        return found

    def compacted():
        topic = broker.new_topic(cleanup_policy="compact", segment_ms="100",
                                 min_cleanable_dirty_ratio="0.01")
        for first in range(0, 300, 10):
            for i in range(3):
                broker.write(topic, numbers(first + i, 1), key=f"k{i}")
        # Only segments that are no longer written are compacted.
        def compact():
            broker.write(topic, ['{"id": 1000}'], key="last")
            return len(kept_records(topic))

        until(compact, lambda count: count < 20)
        with Server(options.binary) as own:
            c = connect(own)
            create(c, "s", topic, broker.address)
            end = kept_records(topic)[-1][0]
            c.execute(f"WAIT FOR STREAM s OFFSET {end // 2}")  # of a gap
            c.execute(f"WAIT FOR STREAM s OFFSET {end}")
            kept = kept_records(topic)
            equal(len(kept) < end, True, f"gaps in {kept}")
            equal(content(c, "s"), kept, "the view")
            equal(sorted(rows(c, "SELECT place, id FROM s")), kept, "the stream, read once")
            equal(rows(c, "SELECT next_offset, end_offset, lag, rows, errors, state FROM "
                          "sys.sources"), [(end + 1, end + 1, 0, len(kept), 0, "running")],
                  "positions")
            own.kill()
            own.start()
            c = connect(own)
            equal(content(c, "s"), kept, "after a kill")
            for i in range(5):
                broker.write(topic, numbers(2000 + i, 1), key=f"new{i}")
            c.execute(f"WAIT FOR STREAM s OFFSET {end + 5}")
            equal(content(c, "s")[-5:], [(end + 1 + i, 2000 + i) for i in range(5)], "goes on")

    known = [outage, a_server_ends_without_the_broker, half_open, compacted]
    with broker, server:
        return run_cases([case for case in known
                          if not options.cases or case.__name__ in options.cases], server)


if __name__ == "__main__":
    sys.exit(main())
