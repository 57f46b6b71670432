"""psql: what a person at a terminal and a script see."""

import os
import signal
import subprocess
import sys
import tempfile
import time

from riverrun_server import LONG_QUERY, Server, clean_environment, equal, make_many, run_cases


class Psql:
    """make_many wants something with execute()."""

    def __init__(self, server):
        self.execute = lambda sql: server.psql("-q", "-c", sql)


def main(binary):
    with Server(binary) as server:

        def out(*arguments, text=None):
            return server.psql(*arguments, text=text)[1]

        def one_command():
            equal(out("-At", "-c", "SELECT 1 AS a, 'x' AS b"), "1|x\n", "psql -c")

        def table_of_an_answer():
            equal(out(text="SELECT 1 AS a, NULL AS b;\n"),
                  " a | b \n---+---\n 1 | \n(1 row)\n\n", "an answer as psql prints it")

        def echo_and_variables():
            equal(out("-At", text="\\set x 5\n\\echo value :x\nSELECT :x + 1;\n"),
                  "value 5\n6\n", "\\echo and \\set")

        def several_statements():
            equal(out("-At", "-c", "SELECT 1; SELECT 2"), "1\n2\n", "-c with two statements")
            equal(out("-At", text="SELECT 1; SELECT 2;\n"), "1\n2\n", "two on one line")
            equal(out("-At", text="SELECT 1\\; SELECT 2\\; SELECT 3;\n"), "1\n2\n3\n",
                  "three in one message")

        def batch_is_one_transaction():
            out("-c", "CREATE TABLE batch (n int PRIMARY KEY)")
            code, _, errors = server.psql(
                "-c", "INSERT INTO batch VALUES (1); INSERT INTO batch VALUES (1)", check=False)
            equal(code, 1, "exit code of a failed -c")
            equal("23505" in errors or "duplicate key" in errors, True, errors)
            equal(out("-At", "-c", "SELECT count(*) FROM batch"), "0\n", "the batch is undone")

        def tags():
            equal(out(text="CREATE TABLE t (n int);\nINSERT INTO t VALUES (1), (2);\n"
                           "UPDATE t SET n = 3 WHERE n = 2;\nDELETE FROM t WHERE n = 1;\n"
                           "BEGIN;\nCOMMIT;\nDROP TABLE t;\n"),
                  "CREATE TABLE\nINSERT 0 2\nUPDATE 1\nDELETE 1\nBEGIN\nCOMMIT\nDROP TABLE\n",
                  "the tags of commands")

        def error_with_position():
            _, _, errors = server.psql(text="SELECT 1,\n  nothing FROM batch;\n", check=False)
            lines = errors.splitlines()
            equal(lines[0].endswith('ERROR:  column "nothing" does not exist'), True, errors)
            equal(lines[1], "LINE 2:   nothing FROM batch;", "the line at fault")
            equal(lines[2].rstrip(), "          ^", "the mark below the token")

        def error_codes():
            _, _, errors = server.psql("-v", "VERBOSITY=verbose", "-c", "SELECT 1/0", check=False)
            equal(errors.startswith("ERROR:  22012: division by zero"), True, errors)

        def a_script_from_a_file():
            with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as script:
                script.write("CREATE TABLE f (n int);\nINSERT INTO f VALUES (1);\n"
                             "SELECT n FROM f;\nSELECT wrong;\nSELECT 'not reached';\n")
            try:
                code, answer, errors = server.psql("-At", "-v", "ON_ERROR_STOP=1", "-f",
                                                   script.name, check=False)
                equal(code, 3, "exit code of a script that failed")
                equal(answer, "CREATE TABLE\nINSERT 0 1\n1\n", "answers before the error")
                equal(f"{script.name}:4: ERROR:" in errors, True, errors)
            finally:
                os.unlink(script.name)

        def transaction_status():
            equal(out("-At", text="BEGIN;\nSELECT 1/0;\nSELECT 1;\nROLLBACK;\nSELECT 2;\n"),
                  "BEGIN\nROLLBACK\n2\n", "a failed transaction and its end")

        def cancel():
            make_many(Psql(server))
            command = ["psql", "-X", "-At", server.dsn(), "-c", LONG_QUERY]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  text=True, env=clean_environment()) as psql:
                time.sleep(1)
                begin = time.monotonic()
                psql.send_signal(signal.SIGINT)
                _, errors = psql.communicate(timeout=30)
                equal("canceling statement due to user request" in errors, True, errors)
                if time.monotonic() - begin > 5:
                    raise AssertionError("it took more than 5 s to cancel")

        return run_cases([one_command, table_of_an_answer, echo_and_variables, several_statements,
                          batch_is_one_transaction, tags, error_with_position, error_codes,
                          a_script_from_a_file, transaction_status, cancel], server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
