"""Executes the examples of README.md and of the documents that have some: each block ```sql tour
through psql; what psql prints is compared with the block ```text that follows it. Each document has
a server of its own."""

import os
import re
import sys

from riverrun_server import Server, equal, run_cases

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEP = re.compile(r"^```sql tour\n(.*?)^```\n+(?:[^`\n].*\n|\n)*?^```text\n(.*?)^```$",
                  re.MULTILINE | re.DOTALL)


def lines_of(text):
    """psql pads with blanks, which a document need not show."""
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def check(binary, document):
    with open(os.path.join(ROOT, document), encoding="utf-8") as file:
        text = file.read()
    steps = STEP.findall(text)
    equal(len(steps), text.count("```sql tour"), "blocks with an answer each")
    equal(len(steps) >= 4, True, "steps of " + document)
    with Server(binary) as server:
        for sql, answer in steps:
            _, out, errors = server.psql(text=sql, check=False)
            equal(lines_of(out.strip("\n") + "\n" + errors), lines_of(answer), sql)


def main(binary):
    def readme():
        check(binary, "README.md")

    def sql():
        check(binary, "docs/sql.md")

    def operations():
        check(binary, "docs/operations.md")

    def generated_streams():
        check(binary, "docs/generated_streams.md")

    return run_cases([readme, sql, operations, generated_streams])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
