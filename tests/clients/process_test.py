"""The program as a process: options, signals, a second server, what the documents say of it."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time

import psycopg2
from riverrun_server import LONG_QUERY, Server, clean_environment, equal, make_many, run_cases

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main(binary):

    def run(*arguments, variables=None):
        done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=30,
                              env=clean_environment() | (variables or {}), check=False)
        return done.returncode, done.stdout, done.stderr

    def connect(server):
        connection = psycopg2.connect(server.dsn())
        connection.autocommit = True
        return connection

    def version():
        code, out, _ = run("--version")
        equal(code, 0, "exit code")
        equal(bool(re.match(r"riverrun \d+\.\d+\.\d+", out)), True, out)

    def help_is_what_the_document_says():
        code, out, _ = run("serve", "--help")
        equal(code, 0, "exit code")
        options = re.findall(r"^  --([a-z-]+) \S+?(?:=(\S+))?\s+(\S.*)$", out, re.MULTILINE)
        with open(os.path.join(ROOT, "docs", "operations.md"), encoding="utf-8") as document:
            rows = re.findall(r"^\| `--([a-z-]+)` \| (?:`(\S+)`)? ?\| (.*?) \|$", document.read(),
                              re.MULTILINE)
        equal(len(options) > 5, True, out)
        equal(rows, options, "docs/operations.md, the table of options")

    def refusals():
        cases = [
            (["serve", "--pg-port", "70000"], {}, "--pg-port is '70000'"),
            (["serve", "--listen", "0.0.0.0"], {}, "roles with passwords"),
            (["serve", "--workers", "none"], {}, "a number from 1 to 256"),
            (["serve", "--memory-limit", "1kB"], {}, "at least 64MB"),
            (["serve", "--nonsense"], {}, "--nonsense"),
            (["serve"], {"RIVERRUN_LOG_LEVEL": "loud"}, "RIVERRUN_LOG_LEVEL is 'loud'"),
            (["serve", "--config", "/nonexistent.toml"], {}, "/nonexistent.toml cannot be read"),
            ([], {}, "serve"),
        ]
        for arguments, variables, words in cases:
            code, out, errors = run(*arguments, variables=variables)
            equal(code, 2, f"exit code of {arguments}: {errors}")
            equal(out, "", f"standard output of {arguments}")
            equal(words in errors, True, errors)

    def configuration_file():
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "riverrun.toml")
            with open(path, "w", encoding="ascii") as file:
                file.write("pg_prot = 1\n")
            code, _, errors = run("serve", "--config", path)
            equal(code, 2, errors)
            equal(path in errors and "'pg_prot'" in errors and "pg_port" in errors, True, errors)
            with open(path, "w", encoding="ascii") as file:
                file.write('workers = 2\nlog_level = "debug"\n')
            with Server(binary, ["--config", path]) as server:
                equal("2 workers" in server.log(), True, server.log())

    def stop_with_clients():
        with Server(binary) as server:
            idle = connect(server)
            make_many(idle.cursor())
            # psql, because psycopg2 keeps only the last of two errors: the broken connection.
            command = ["psql", "-X", server.dsn(), "-v", "VERBOSITY=verbose", "-c", LONG_QUERY]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True, env=clean_environment()) as psql:
                time.sleep(0.5)
                code, seconds = server.stop(signal.SIGTERM)
                _, errors = psql.communicate(timeout=30)
            equal(code, 0, server.log())
            equal(seconds < 5, True, f"stopping took {seconds} s")
            equal(errors.startswith("FATAL:  57P01: terminating connection"), True, errors)
            # psycopg2 only sees the end of the connection; what came before it lies in the socket.
            equal(b"57P01" in os.read(idle.fileno(), 4096), True, "what an idle client was told")

    def stop_by_interrupt():
        with Server(binary) as server:
            connect(server).cursor().execute("CREATE TABLE kept (n int)")
            code, seconds = server.stop(signal.SIGINT)
            equal((code, seconds < 5), (0, True), server.log())
            server.start()
            connect(server).cursor().execute("INSERT INTO kept VALUES (1)")

    def second_server():
        with Server(binary) as server:
            code, out, errors = run("serve", "--data-dir", server.data, "--pg-port", "0")
            equal(code, 1, errors)
            equal(out, "", "standard output")
            equal("another" in errors or "in use" in errors or "locked" in errors, True, errors)
            cursor = connect(server).cursor()
            cursor.execute("SELECT 1")
            equal(cursor.fetchone(), (1,), "the first server goes on")

    def port_taken():
        with Server(binary) as server, tempfile.TemporaryDirectory() as directory:
            code, _, errors = run("serve", "--data-dir", os.path.join(directory, "data"),
                                  "--pg-port", str(server.port))
            equal(code, 1, errors)
            equal(str(server.port) in errors, True, errors)

    def too_many_connections():
        with Server(binary, ["--max-connections", "2"]) as server:
            kept = [connect(server), connect(server)]
            try:
                connect(server)
                raise AssertionError("a third client was let in")
            except psycopg2.OperationalError as error:
                equal("too many" in str(error), True, str(error))
            kept[0].close()
            end = time.monotonic() + 5
            while time.monotonic() < end:
                try:
                    connect(server).cursor().execute("SELECT 1")
                    return
                except psycopg2.OperationalError:
                    time.sleep(0.05)
            raise AssertionError("no client was let in after one left")

    return run_cases([version, help_is_what_the_document_says, refusals, configuration_file,
                      stop_with_clients, stop_by_interrupt, second_server, port_taken,
                      too_many_connections])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
