"""Long chains, in this process and in one of their own: memory is measured in a fresh process, and a chain that
overflows the stack must not take the whole run with it. `python probe.py memory|deep|import MODULE N` prints JSON."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
from time import perf_counter_ns
from typing import Any


def chain(m: Any, nodes: int, keep: bool = False) -> tuple[Any, Any, Any]:
    """x, w and x * w * w * ...; with `keep` w wants a gradient too, so that each node keeps its input."""
    x = m.tensor([1.0], requires_grad=True)
    w = m.tensor([1.0 + 1e-6], requires_grad=keep)
    y = x * w
    for _ in range(nodes - 1):
        y = y * w
    return x, w, y


def reverse(m: Any, nodes: int) -> Any:
    x, _, y = chain(m, nodes)
    y.backward()
    return x.grad


def resident() -> int:
    """Bytes of this process in memory now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def memory(module: str, nodes: int) -> float:
    m = importlib.import_module(module)
    chain(m, 1000, keep=True)[2].backward()  # what the library sets up on first use is not the nodes' memory
    before = resident()
    kept = chain(m, nodes, keep=True)
    grown = resident() - before
    del kept
    return grown / nodes


def deep(module: str, nodes: int) -> float:
    m = importlib.import_module(module)
    took = []

    def work() -> None:
        start = perf_counter_ns()
        grad = reverse(m, nodes)
        took.append(perf_counter_ns() - start)
        assert grad.item() > 1.0

    threading.stack_size(256 * 1024)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return float(took[0])


def import_time(module: str, _: int) -> float:
    start = perf_counter_ns()
    importlib.import_module(module)
    return float(perf_counter_ns() - start)


PROBES = {"memory": memory, "deep": deep, "import": import_time}


def ask(what: str, lib: Any, n: int = 0) -> dict[str, float]:
    """Runs a probe in a new interpreter."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MALLOC_")}
    command = [sys.executable, __file__, what, lib.module_name, str(n)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"probe {what} ended with {done.returncode}: {last}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    print(json.dumps({"value": PROBES[sys.argv[1]](sys.argv[2], int(sys.argv[3]))}))
