"""Long chains, in this process and in one of their own: memory is measured in a fresh process, and a chain that
overflows the stack must not take the whole run with it. `python probe.py memory|deep|import MODULE N` prints JSON."""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
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


# name: f(module, *inputs) and the shapes of the inputs
PEAKS: dict[str, tuple[Callable[..., Any], tuple[tuple[int, ...], ...]]] = {
    "mul": (lambda m, a, b: a * b, ((4_000_000,), (4_000_000,))),
    "exp": (lambda m, a: a.exp(), ((4_000_000,),)),
    "tanh": (lambda m, a: a.tanh(), ((4_000_000,),)),
    "composite": (
        lambda m, x: (m.log1p((m.tanh(x) * m.exp(x * 0.5) + x) ** 2) * m.tanh(x) * 0.5 + x).sum(),
        ((4_000_000,),),
    ),
    "sum": (lambda m, a: a.sum(), ((4_000_000,),)),
    "row-plus-matrix": (lambda m, a, b: a + b, ((1024,), (4096, 1024))),
    "transposed-copy": (lambda m, a: a.T.contiguous(), ((4096, 1024),)),
    "softmax": (lambda m, a: a.softmax(1), ((4096, 1024),)),
    "cross_entropy": (
        lambda m, a: m.nn.functional.cross_entropy(a, m.zeros(4096, dtype=m.int64)),
        ((4096, 1024),),
    ),
    "layer_norm": (lambda m, a, w, b: m.nn.functional.layer_norm(a, (1024,), w, b), ((4096, 1024), (1024,), (1024,))),
    "max-dim1": (lambda m, a: a.max(1)[0], ((4096, 1024),)),
    "cumsum-dim1": (lambda m, a: a.cumsum(1), ((4096, 1024),)),
    "sort-dim1": (lambda m, a: a.sort(1)[0], ((4096, 1024),)),
    "index_select": (lambda m, a: a.index_select(0, m.arange(100_000) % 50_000), ((50_000, 64),)),
    "matmul": (lambda m, a, b: a @ b, ((2048, 2048), (2048, 2048))),
    "bmm": (lambda m, a, b: a @ b, ((256, 128, 128), (256, 128, 128))),
}


def high_water() -> int:
    """Bytes of this process in memory at most since the mark was last reset."""
    with open("/proc/self/status") as file:
        return 1024 * next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))


def peak(module: str, name: str) -> float:
    """How far memory rises above what inputs and cotangent take, in three passes forward and backward."""
    import numpy as np

    m = importlib.import_module(module)
    m.set_num_threads(1)
    f, shapes = PEAKS[name]

    def passes(shapes: tuple[tuple[int, ...], ...], times: int) -> float:
        xs = [m.tensor(np.full(s, 0.5, np.float32), requires_grad=True) for s in shapes]
        with m.no_grad():
            shape = tuple(f(m, *xs).shape)
        g = m.tensor(np.full(shape, 0.5, np.float32))
        gc.collect()
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        before = resident()
        for _ in range(times):
            for x in xs:
                x.grad = None
            f(m, *xs).backward(g)
        return float(high_water() - before)

    return passes(shapes, 3)


def answered(module: str, _: str) -> float:
    """Time from a Ctrl-C in the middle of a product of large matrices to the KeyboardInterrupt."""
    import signal
    import time

    m = importlib.import_module(module)
    a = m.ones(6000, 6000)
    press = "import os, signal, sys, time; time.sleep(0.2); print(time.monotonic_ns()); os.kill(int(sys.argv[1]), signal.SIGINT)"
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen([sys.executable, "-c", press, str(os.getpid())], stdout=subprocess.PIPE, text=True) as other:
        try:
            while True:
                a @ a
        except KeyboardInterrupt:
            got = time.monotonic_ns()
        return float(got - int(other.communicate()[0]))


def beside(module: str, _: str) -> float:
    """Mean time of a product of 1e6 elements on two threads while another process computes."""
    m = importlib.import_module(module)
    m.set_num_threads(2)
    a, b = m.ones(1_000_000), m.ones(1_000_000)
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as foreign:
        try:
            samples, end = [], perf_counter_ns() + 1_500_000_000
            while perf_counter_ns() < end:
                start = perf_counter_ns()
                a * b
                samples.append(perf_counter_ns() - start)
        finally:
            foreign.kill()
    # Not the median: the waits of a whole time slice are what the row is about.
    return sum(samples) / len(samples)


PROBES = {"memory": memory, "deep": deep, "import": import_time}
NAMED = {"peak": peak, "answered": answered, "beside": beside}


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
    what, _, which = sys.argv[1].partition("/")
    value = NAMED[what](sys.argv[2], which) if what in NAMED else PROBES[what](sys.argv[2], int(sys.argv[3]))
    print(json.dumps({"value": value}))
