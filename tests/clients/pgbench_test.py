"""pgbench with a script of ours, several clients at once, in the protocols it knows."""

import glob
import os
import re
import shutil
import subprocess
import sys

from riverrun_server import Server, clean_environment, equal, run_cases

SCRIPT = """\\set id random(1, 100000000)
\\set part random(1, 10)
INSERT INTO bench VALUES (:id, :part, 1) ON CONFLICT DO NOTHING;
SELECT part, n FROM parts WHERE part = :part;
"""
CLIENTS = 4
TRANSACTIONS = 100


def find_pgbench():
    """The newest of those that Debian installs beside each other."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/pgbench"))
    path = found[-1] if found else shutil.which("pgbench")
    if not path:
        raise SystemExit("pgbench is missing: scripts/install installs it")
    return path


def main(binary):
    pgbench = find_pgbench()
    with Server(binary) as server:
        script = os.path.join(server.directory, "bench.sql")
        with open(script, "w", encoding="ascii") as file:
            file.write(SCRIPT)
        server.psql("-c", "CREATE TABLE bench (id int PRIMARY KEY, part int, n int)", "-c",
                    "CREATE MATERIALIZED VIEW parts AS "
                    "SELECT part, sum(n) AS n FROM bench GROUP BY part")

        def run(protocol):
            command = [pgbench, "-n", "-h", "127.0.0.1", "-p", str(server.port), "-U", "riverrun",
                       "-f", script, "-M", protocol, "-c", str(CLIENTS), "-j", "2", "-t",
                       str(TRANSACTIONS), "riverrun"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120,
                                  env=clean_environment(), check=False)
            equal(done.returncode, 0, f"{command}: {done.stderr}")
            done_of = re.search(r"processed: (\d+)/(\d+)", done.stdout)
            equal(done_of and done_of.groups(), (str(CLIENTS * TRANSACTIONS),) * 2, done.stdout)
            rows = server.psql("-At", "-c", "SELECT count(*) FROM bench")[1]
            equal(server.psql("-At", "-c", "SELECT sum(n) FROM parts")[1], rows,
                  "the view after the run")

        def simple():
            run("simple")

        def extended():
            run("extended")

        def prepared():
            run("prepared")

        return run_cases([simple, extended, prepared], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
