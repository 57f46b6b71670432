"""A real Kafka with Nexmark's bids in it, for benchmarks: filled once, copied for each run."""

import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROUND, BIDS = 50, 46  # of so many events so many are bids


@dataclass(frozen=True)
class Topic:
    """The bids among the first `events` events; partitions take them in turns."""
    events: int
    partitions: int = 1
    codec: str = "none"

    @property
    def name(self):
        return f"bids_{self.events}_{self.partitions}_{self.codec}"

    @property
    def bids(self):
        full, rest = divmod(self.events, ROUND)
        return full * BIDS + max(rest - (ROUND - BIDS), 0)

    def ends(self):
        """The offset behind the last record of each partition."""
        return [(self.bids - p + self.partitions - 1) // self.partitions
                for p in range(self.partitions)]


class Broker:
    """A broker on a directory, as a context. With `topics`, on a copy of the cached ones."""

    def __init__(self, build, topics=()):
        self.build = build
        self.topics = list(topics)
        self.directory = tempfile.mkdtemp(prefix="riverrun-bench-kafka-")
        self.address = None

    def __enter__(self):
        if self.topics:
            cache = os.path.join(os.environ.get(
                "RIVERRUN_CACHE", os.path.expanduser("~/.cache/riverrun")), "bench-kafka")
            os.makedirs(cache, exist_ok=True)
            with open(os.path.join(cache, "lock"), "w", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._complete(cache)
                shutil.copytree(os.path.join(cache, "broker"), self.directory, dirs_exist_ok=True)
            _move(os.path.join(cache, "broker"), self.directory)
        self.address = _kafka("start", self.directory)
        return self

    def __exit__(self, *_):
        _kafka("stop", self.directory, "--kill")
        shutil.rmtree(self.directory, ignore_errors=True)

    def _complete(self, cache):
        # The list is written after the broker has ended well, so that it names whole topics only.
        listed, broker = os.path.join(cache, "topics.json"), os.path.join(cache, "broker")
        there = []
        if os.path.exists(listed):
            with open(listed, encoding="utf-8") as file:
                there = json.load(file)
        else:
            shutil.rmtree(broker, ignore_errors=True)
        missing = [topic for topic in self.topics if topic.name not in there]
        if not missing:
            return
        if os.path.exists(listed):
            os.remove(listed)
        address = _kafka("start", broker)
        try:
            for topic in missing:
                print(f"filling {topic.name} (once): ", end="", flush=True)
                fill(self.build, address, topic.name, topic.events,
                     f"partitions={topic.partitions}", f"codec={topic.codec}")
        finally:
            _kafka("stop", broker)
        with open(listed, "w", encoding="utf-8") as file:
            json.dump(sorted({*there, *(topic.name for topic in missing)}), file)


def fill(build, address, topic, events, *options):
    subprocess.run([os.path.join(build, "bench", "nexmark_fill"), address, topic, str(events),
                    *options], check=True)


def _kafka(command, directory, *options):
    done = subprocess.run([os.path.join(ROOT, "scripts", "kafka"), command, directory, *options],
                          stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def _move(old, new):
    """A copied directory is told where it lies, and gets ports of its own."""
    path = os.path.join(new, "server.properties")
    with open(path, encoding="utf-8") as file:
        text = file.read().replace(os.path.realpath(old), os.path.realpath(new))
    listeners = re.search(r"^listeners=\S*?:(\d+),\S*?:(\d+)$", text, re.M)
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    for was, port in zip(listeners.groups(), ports):
        text = re.sub(rf"127\.0\.0\.1:{was}\b", f"127.0.0.1:{port}", text)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    with open(os.path.join(new, "port"), "w", encoding="utf-8") as file:
        file.write(f"{ports[0]}\n")
    for stale in ("pid", "log"):
        if os.path.exists(os.path.join(new, stale)):
            os.remove(os.path.join(new, stale))
