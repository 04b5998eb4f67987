#!/usr/bin/python3
"""The board of failpoints, as a driver uses it, with a program that writes one durable file: `chitra secret new`."""
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]
import tap  # noqa: E402
from board import DELAY, ERROR, KILL, STOP, Board  # noqa: E402

BIN = os.environ.get("CHITRA_BIN", os.path.join(HERE, "../../build/bin"))


def run(program, *arguments, board):
    return subprocess.run([os.path.join(BIN, program), *arguments], env={**os.environ, "CHITRA_FAILPOINTS": board},
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


with tempfile.TemporaryDirectory(prefix="chitra-board-") as scratch:
    path = os.path.join(scratch, "board")
    board = Board.create(path)
    files = 0

    def secret():
        global files
        files += 1
        return os.path.join(scratch, f"key{files}"), run("chitra", "secret", "new", os.path.join(scratch, f"key{files}"), board=path)

    key, made = secret()
    tap.equal((made.returncode, os.path.exists(key)), (0, True), "with nothing armed a program does its work")
    tap.equal(board.counts(), {f"desk.file.{place}": (1, 0) for place in ("write", "sync", "rename", "directory.sync")},
              "and has told which places it reached")
    tap.equal(board.hits(), 4, "how many they were together")

    board.arm("desk.file.rename", 1, KILL)
    key, made = secret()
    tap.equal((made.returncode, os.path.exists(key)), (-signal.SIGKILL, False), "a place that is armed by name kills there")
    key, made = secret()
    tap.equal((made.returncode, os.path.exists(key)), (0, True), "and does so once")
    tap.equal(board.counts()["desk.file.rename"], (3, 1), "which is counted")

    board.arm("desk.file.write", 2, ERROR)
    tap.equal([secret()[1].returncode for _ in range(3)], [0, 65, 0], "the n-th time from now takes the way of an error")
    board.arm_any(4 + 3, KILL)
    tap.equal([secret()[1].returncode for _ in range(2)], [0, -signal.SIGKILL], "the n-th place of all that are reached from now on")
    board.arm("desk.file.sync")
    board.arm_any(1)
    board.disarm()
    tap.equal(secret()[1].returncode, 0, "what is disarmed does nothing")

    board.arm("desk.file.sync", 1, DELAY, 300)
    began = time.monotonic()
    tap.ok(secret()[1].returncode == 0 and time.monotonic() - began >= 0.3, "a delay lasts, and changes nothing")

    board = Board.create(path)
    board.arm("desk.file.write", 1, STOP)
    child = subprocess.Popen([os.path.join(BIN, "chitra"), "secret", "new", os.path.join(scratch, "stopped")],
                             env={**os.environ, "CHITRA_FAILPOINTS": path})
    _, status = os.waitpid(child.pid, os.WUNTRACED)
    os.kill(child.pid, signal.SIGCONT)
    tap.equal((os.WIFSTOPPED(status), child.wait()), (True, 0), "a program that was stopped goes on when it is told to")
    tap.equal(board.counts()["desk.file.write"], (1, 1), "a place that was armed before any program came to it is that place")

    broken = os.path.join(scratch, "broken")
    with open(broken, "w", encoding="utf-8") as file:
        file.write("CHFAILP1")
    for program, arguments in (("chitra", ["whoami"]), ("chitrad", ["--duty", "gate"])):
        refused = run(program, *arguments, board=broken)
        tap.ok(refused.returncode == 78 and "no board of failpoints" in refused.stderr,
               f"{program} does not start on what is no board", refused.stderr)
tap.done()
