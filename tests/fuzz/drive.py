"""Starts `hammer` in child processes and tells what came of it. `python -P -m fuzz.drive SECONDS` (make fuzz) goes on after a failure."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROUND = 60  # seconds of one child


def run(seed, seconds, mode, line=None):
    """One child: how many lines it ran, and what went wrong. With a line it runs that one alone."""
    with tempfile.TemporaryDirectory() as folder:
        note = os.path.join(folder, "line")
        environment = dict(
            os.environ, PYTHONPATH=os.pathsep.join([os.path.dirname(HERE), os.environ.get("PYTHONPATH", "")])
        )
        environment["RUST_BACKTRACE"] = "0"
        command = [sys.executable, "-P", "-m", "fuzz.hammer", note, str(seed), str(seconds), mode]
        command += [] if line is None else [line]
        child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
            cwd=folder,
        )
        try:
            out, err = child.communicate(timeout=seconds * 4 + 120)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            out, err = child.communicate()
        told = [json.loads(text) for text in out.splitlines()]
        count = told.pop() if child.returncode == 0 else 0
        if child.returncode != 0:
            at = open(note).read().strip() if os.path.exists(note) else "nothing was run"
            told.append(f"exit {child.returncode} at: {at}\n      " + err.strip()[-1500:].replace("\n", "\n      "))
        return count, told


def main():
    seconds, start = float(sys.argv[1]), time.monotonic()
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time())
    count, wrong = 0, 0
    while (left := seconds - (time.monotonic() - start)) > 0:
        ran, found = run(seed, min(ROUND, left), "go on")
        count, wrong, seed = count + ran, wrong + len(found), seed + 1
        for text in found:
            print(text, flush=True)
        print(f"-- {count} lines, {wrong} failures, {time.monotonic() - start:.0f} s", flush=True)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
