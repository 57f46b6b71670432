"""A real Kafka for tests: scripts/kafka on a directory of its own, and a client to write to it."""

import os
import shutil
import subprocess
import tempfile
import time

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SECONDS = 30


class Broker:
    """As a context it starts at once; at its end it is stopped and its directory removed. Settings
    of Kafka are "key=value"."""

    def __init__(self, settings=()):
        self.settings = settings
        self.directory = tempfile.mkdtemp(prefix="riverrun-kafka-")
        self.address = None
        self.names = 0
        self.admin = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop("--kill")
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self):
        # Its descriptors must not be the pipe, which the broker would keep open.
        log = os.path.join(self.directory, "address")
        with open(log, "w", encoding="utf-8") as out:
            subprocess.run([os.path.join(ROOT, "scripts", "kafka"), "start",
                            os.path.join(self.directory, "broker"), *self.settings], check=True,
                           stdout=out, timeout=300)
        with open(log, encoding="utf-8") as out:
            self.address = out.read().split()[-1]
        # The futures of its answers end with it.
        self.admin = AdminClient({"bootstrap.servers": self.address,
                                  "reconnect.backoff.max.ms": 500})

    def stop(self, *how):
        subprocess.run([os.path.join(ROOT, "scripts", "kafka"), "stop",
                        os.path.join(self.directory, "broker"), *how], check=True,
                       stdout=subprocess.DEVNULL, timeout=60)

    @staticmethod
    def wait(futures):
        for future in futures.values():
            future.result(timeout=SECONDS)

    def new_topic(self, name=None, partitions=1, **settings):
        """Makes a topic, by a name of its own if none is given; returns the name."""
        if name is None:
            self.names += 1
            name = f"topic{self.names}"
        config = {key.replace("_", "."): value for key, value in settings.items()}
        self.wait(self.admin.create_topics([NewTopic(name, partitions, 1, config=config)]))
        return name

    def delete_topic(self, name):
        self.wait(self.admin.delete_topics([name]))

    def grow_topic(self, name, partitions):
        self.wait(self.admin.create_partitions([NewPartitions(name, partitions)]))
        end = time.monotonic() + SECONDS
        while len(self.admin.list_topics(name, timeout=5).topics[name].partitions) < partitions:
            if time.monotonic() > end:
                raise RuntimeError(f"{name} does not grow")
            time.sleep(0.02)

    def producer(self, **settings):
        # What is written again, because a new topic's leader was not ready, keeps its place.
        config = {"bootstrap.servers": self.address, "linger.ms": 1,
                  "reconnect.backoff.max.ms": 500, "enable.idempotence": True}
        return Producer(config | {key.replace("_", "."): value for key, value in settings.items()})

    def write(self, topic, values, partition=0, key=None):
        """Appends records and returns when the broker has them. A value of None is a tombstone."""
        producer = self.producer()
        failed = []

        def told(error, _):
            if error is not None:
                failed.append(error)

        for value in values:
            while True:
                try:
                    producer.produce(topic, value, key=key, partition=partition, on_delivery=told)
                    break
                except BufferError:
                    producer.poll(0.1)
            producer.poll(0)
        left = producer.flush(SECONDS)
        if left or failed:
            raise RuntimeError(f"{left} records not written, {failed[:1]}")

    def delete_records(self, topic, before):
        """Deletes the records of partition 0 before an offset, as retention does."""
        request = os.path.join(self.directory, "delete.json")
        with open(request, "w", encoding="utf-8") as out:
            out.write('{"version": 1, "partitions": [{"topic": "%s", "partition": 0, "offset": %d}]}'
                      % (topic, before))
        subprocess.run([os.path.join(ROOT, "scripts", "kafka"), "tool",
                        "org.apache.kafka.tools.DeleteRecordsCommand", "--bootstrap-server",
                        self.address, "--offset-json-file", request], check=True, timeout=60,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
