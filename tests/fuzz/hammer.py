"""Runs drawn lines in a process with limits; the parent (`drive.py`) learns from its exit, and from the file of the line at work.

Run as `python -P -m fuzz.hammer FILE SEED SECONDS MODE`, with MODE 'stop' or 'go on'. A line that failed is run again by
one more argument: `python -P -m fuzz.hammer FILE 0 0 stop "x = torch.ones(2); x.exp()"`.
"""

import faulthandler
import json
import os
import random
import resource
import sys
import time
import warnings

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

import wengert as torch
import wengert.nn.functional  # noqa: F401

from . import spite
from .hostile import program

LIMIT = 1 << 30  # bytes of address space beyond what the process has at the start
LONGEST = 60  # seconds for a line; a busy machine is slow
SMALL = 10_000  # elements of a result that is read whole

ALLOWED = (
    TypeError, ValueError, IndexError, RuntimeError, MemoryError, NotImplementedError, OverflowError, AttributeError,
    BufferError, ZeroDivisionError, KeyError, StopIteration, AssertionError, spite.Spite,
)  # fmt: skip

NAMES = {name: value for name, value in vars(spite).items() if not name.startswith("_")} | {"torch": torch, "np": np}


class Wrong(Exception):
    """The library did something that it must not do."""


def limit():
    with open("/proc/self/statm") as statm:
        now = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + LIMIT, now + LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def state(x):
    """What a failing call must not change."""
    grad = None if x.grad is None or not x.is_leaf else x.grad.numpy(force=True).tobytes()
    facts = (tuple(x.shape), x.stride(), x.dtype, x.requires_grad, x._version)
    # Flat: NumPy has at most 64 dimensions.
    return (*facts, x.detach().reshape(-1).numpy().tobytes() if x.numel() <= SMALL else None, grad)


def read(result, x, depth=0):
    """Touches every element of a result, and of its first and second derivatives."""
    if isinstance(result, torch.Tensor):
        if result.numel() > SMALL:
            return
        repr(result)
        copy = result.clone()
        if copy.requires_grad and x.requires_grad:
            (g,) = torch.autograd.grad(copy.sum(), [x], create_graph=True, allow_unused=True)
            if g is not None and g.requires_grad:
                torch.autograd.grad(g.sum(), [x], allow_unused=True, retain_graph=True)
    elif isinstance(result, (tuple, list)) and depth < 2:
        for item in result[:20]:
            read(item, x, depth + 1)


def check_alive():
    x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    y = (x * x).exp() * 1
    y.mul_(2)
    y.sum().backward()
    if not np.allclose(x.grad.numpy(), [4 * np.e, 8 * np.exp(4.0)]) or not torch.is_grad_enabled():
        raise Wrong("the library does not compute any more")


def attempt(source, statements):
    """Runs statements about one tensor, each in spite of the failures before. Raises Wrong for what must not be."""
    names = dict(NAMES)
    try:
        names["x"] = eval(source, names)
    except Exception as e:
        raise Wrong(f"the operand cannot be made: {e!r}") from e
    try:
        for statement in statements:
            if not isinstance(names["x"], torch.Tensor):
                break
            step(statement, names)
    finally:
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        torch.set_num_threads(2)
    check_alive()


def step(statement, names):
    """Runs one statement."""
    x = names["x"]
    before = state(x)
    try:
        code = compile(statement, "<line>", "eval")
    except SyntaxError:
        code = None  # an assignment
    result = None
    try:
        if code is not None:
            result = eval(code, names)
        else:
            exec(statement, names)
    except ALLOWED as e:
        message = judge(e, statement)
        # A function that was handed over may write, and a meddling index does.
        writes = any(word in statement for word in ("Meddles", "writes", ".t_", "apply_"))
        if not writes and state(x) != before:
            text = f"changed by a call that failed with {type(e).__name__}: {message}: {before} became {state(x)}"
            raise Wrong(text) from e
    except BaseException as e:
        raise Wrong(f"{type(e).__name__} is not to come out: {e}") from e
    try:
        read(result, x)
        read(names["x"], names["x"])
    except ALLOWED as e:
        judge(e, "lambda")
    except BaseException as e:
        raise Wrong(f"{type(e).__name__} is not to come out when the result is read: {e}") from e


def judge(e, statement):
    """The message of an error that may come out. Raises Wrong for those that may not."""
    message = str(e)
    if "internal error" in message:
        raise Wrong(f"a panic: {message}") from e
    # A function that was handed over may ask its argument for anything; an operation is to say what it wanted.
    own = not any(word in statement for word in ("apply_", "map_", "func.", "lambda", "total", "writes", "hook"))
    if own and isinstance(e, AttributeError) and "object has no attribute" in message and "Tensor" not in message:
        raise Wrong(f"AttributeError for a wrong argument, wanted a TypeError: {message}") from e
    return message


def main():
    path, number, seconds, mode = sys.argv[1:5]
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    limit()
    if len(sys.argv) > 5:
        source, *statements = sys.argv[5].removeprefix("x = ").split("; ")
        with open(path, "w") as file:
            file.write(sys.argv[5])
        attempt(source, statements)
        return print(1)
    end = time.monotonic() + float(seconds)
    note = os.open(path, os.O_RDWR | os.O_CREAT)
    found = set()
    count = 0

    @seed(int(number))
    @settings(
        max_examples=10**9, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if mode == "go on" else [Phase.generate, Phase.shrink], report_multiple_bugs=False,
    )  # fmt: skip
    @given(program)
    def run(drawn):
        nonlocal count
        if time.monotonic() > end:
            raise Over
        source, statements = drawn
        text = "; ".join([f"x = {source}", *statements])
        os.pwrite(note, text.encode().ljust(16000), 0)
        faulthandler.dump_traceback_later(LONGEST, exit=True)
        count += 1
        random.seed(0)
        torch.manual_seed(0)
        try:
            attempt(source, statements)
        except Wrong as e:
            if mode != "go on":
                raise
            key = (statements[-1].split("(")[0], str(e)[:40])
            if key not in found:
                found.add(key)
                print(json.dumps(f"{text}\n      {str(e)[:400]}"), flush=True)
        finally:
            faulthandler.cancel_dump_traceback_later()

    class Over(KeyboardInterrupt):
        pass

    try:
        run()
    except Over:
        pass
    print(json.dumps(count))


if __name__ == "__main__":
    main()
