"""Starts the real server for a test, and ends it in every way a server can end."""

import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

READY = re.compile(r"ready: psql -h (\S+) -p (\d+) ")
START_SECONDS = 60


class Server:
    """`riverrun serve` on a directory of its own, on a port that was free.

    As a context it starts at once; at its end it is killed and the directory is removed.
    """

    def __init__(self, binary, options=(), directory=None):
        self.binary = os.path.abspath(binary)
        self.options = list(options)
        self.own_directory = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="riverrun-test-")
        self.log_path = os.path.join(self.directory, "test.log")
        self.data = os.path.join(self.directory, "data")
        self.process = None
        self.port = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.kill()
        if kind is not None:
            print("the server's log:\n" + self.log()[-8000:], flush=True)
        if self.own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def command(self, *more):
        return [self.binary, "serve", "--data-dir", self.data, "--pg-port", "0",
                *self.options, *more]

    def start(self, *more):
        """Returns when clients can connect."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(*more), stdout=subprocess.PIPE,
                                            stderr=log, text=True, env=clean_environment())
        lines = queue.Queue()

        def read(stream):
            for line in stream:
                lines.put(line)
            lines.put("")

        threading.Thread(target=read, args=(self.process.stdout,), daemon=True).start()
        try:
            line = lines.get(timeout=START_SECONDS)
        except queue.Empty:
            self.kill()
            raise RuntimeError(f"not ready after {START_SECONDS} s:\n{self.log()}") from None
        match = READY.match(line)
        if not match:
            code = self.process.wait()
            raise RuntimeError(f"the server ended with exit code {code}:\n{self.log()}")
        self.port = int(match.group(2))

    def kill(self):
        """As kill -9 does; the server may be gone already."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def stop(self, number=signal.SIGTERM, seconds=10):
        """Returns (exit code, seconds it took)."""
        begin = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(timeout=seconds)
        return code, time.monotonic() - begin

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def dsn(self):
        return f"host=127.0.0.1 port={self.port} user=riverrun dbname=riverrun connect_timeout=10"

    def psql(self, *arguments, text=None, check=True, seconds=60):
        """Runs psql; returns (exit code, standard output, standard error)."""
        command = ["psql", "--no-psqlrc", "-h", "127.0.0.1", "-p", str(self.port), "-U",
                   "riverrun", "-d", "riverrun", *arguments]
        done = subprocess.run(command, input=text, capture_output=True, text=True,
                              timeout=seconds, env=clean_environment(), check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr}")
        return done.returncode, done.stdout, done.stderr


def clean_environment():
    """The environment without what would change how clients and server behave."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("PG", "RIVERRUN_", "LC_", "PSQL"))} | {
                "LC_ALL": "C.UTF-8", "PAGER": "", "HOME": os.environ.get("HOME", "/nonexistent")}


# Runs for many seconds over what make_many makes, in batches of some 40 ms.
LONG_QUERY = ("SELECT count(*) FROM (" + " UNION ALL ".join(["SELECT id FROM many"] * 8) +
              ") AS m WHERE md5(repeat('x', 20000) || id::text) = ''")


def make_many(cursor):
    """Makes the table that LONG_QUERY reads."""
    cursor.execute("CREATE TABLE many (id int)")
    cursor.execute("INSERT INTO many VALUES " + ",".join(f"({i})" for i in range(5000)))
    for _ in range(3):
        cursor.execute("INSERT INTO many SELECT id FROM many")


def equal(actual, expected, what):
    """Fails with both values."""
    if actual != expected:
        raise AssertionError(f"{what}\n  expected: {expected!r}\n  actual:   {actual!r}")


def run_cases(cases, server=None):
    """Runs functions, says which failed, and returns the exit code of the script. A server that
    all of them use shows its log if one failed."""
    import traceback
    failed = 0
    for case in cases:
        begin = time.monotonic()
        try:
            case()
            print(f"ok      {case.__name__} ({time.monotonic() - begin:.2f} s)", flush=True)
        except Exception:  # a case may fail in any way; the others still run
            failed += 1
            print(f"FAILED  {case.__name__}\n{traceback.format_exc()}", flush=True)
    if failed and server:
        print("the server's log:\n" + server.log()[-8000:], flush=True)
    return 1 if failed else 0
