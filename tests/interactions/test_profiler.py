"""The profiler: what it counts, whose time it is, how it is shown; the log."""

import json
import os
import subprocess
import sys
import textwrap
import threading

import pytest

import child
from backend import torch, wengert_only

profile, record_function = torch.profiler.profile, torch.profiler.record_function


def model():
    w = torch.ones(64, 64, requires_grad=True)
    x = torch.ones(8, 64)
    (x @ w).exp().mean().backward()
    return w


def named(p):
    return {row.key.removeprefix("aten::"): row for row in p.key_averages()}


def test_operations_are_counted():
    with profile() as p:
        for _ in range(3):
            torch.ones(4).exp()
    assert named(p)["exp"].count == 3
    assert named(p)["exp"].cpu_time_total >= named(p)["exp"].self_cpu_time_total > 0


def test_nothing_is_seen_outside():
    torch.ones(4).exp()
    with profile() as p:
        pass
    torch.ones(4).exp()
    assert "exp" not in named(p)
    with profile() as p:
        torch.ones(4).exp()
    assert named(p)["exp"].count == 1


def test_names_of_the_programs_own():
    @record_function("decorated")
    def f():
        return torch.ones(4).exp()

    with profile() as p:
        with record_function("outer"):
            with record_function("inner"):
                torch.ones(10_000).exp()
        f()
        with pytest.raises(ZeroDivisionError), record_function("failing"):
            raise ZeroDivisionError
    rows = named(p)
    assert rows["outer"].count == rows["inner"].count == rows["decorated"].count == rows["failing"].count == 1
    assert rows["outer"].cpu_time_total >= rows["inner"].cpu_time_total >= rows["exp"].cpu_time_total / 2
    assert rows["inner"].self_cpu_time_total < rows["inner"].cpu_time_total


def test_an_operation_that_fails_ends_its_span():
    with profile() as p:
        for _ in range(3):
            with pytest.raises(RuntimeError):
                torch.ones(2, 3) @ torch.ones(2, 3)
        torch.ones(3).exp()
    events = [e for e in p.events() if e.name.removeprefix("aten::") == "exp"]
    assert len(events) == 1
    if hasattr(events[0], "depth"):
        assert events[0].depth == 0


def test_tables():
    with profile() as p:
        model()
    whole = p.key_averages().table(sort_by="self_cpu_time_total", row_limit=-1)
    assert "exp" in whole and "ExpBackward0" in whole and "Self CPU" in whole
    short = p.key_averages().table(sort_by="cpu_time_total", row_limit=2)
    assert len(short.splitlines()) == len(whole.splitlines()) - len(p.key_averages()) + 2


def test_a_trace_for_chrome(tmp_path):
    with profile() as p, record_function("step"):
        model()
    p.export_chrome_trace(str(tmp_path / "trace.json"))
    spans = json.loads((tmp_path / "trace.json").read_text())["traceEvents"]
    names = {s["name"].removeprefix("aten::") for s in spans if s.get("ph") == "X"}
    assert {"exp", "ExpBackward0", "step"} <= names


def test_older_names():
    with torch.autograd.profiler.profile(use_cpu=True) as p, torch.autograd.profiler.record_function("mine"):
        torch.ones(4).exp()
    assert named(p)["exp"].count == named(p)["mine"].count == 1
    assert "exp" in p.key_averages().table()
    with torch.autograd.profiler.profile(enabled=False) as p:
        torch.ones(4).exp()


def test_a_schedule():
    seen = []
    plan = torch.profiler.schedule(wait=1, warmup=1, active=2, repeat=2)
    with profile(schedule=plan, on_trace_ready=lambda p: seen.append(p.step_num)) as p:
        for _ in range(12):
            torch.ones(4).exp()
            p.step()
    assert seen == [4, 8]


@wengert_only
def test_steps_outside_the_schedule_are_not_seen():
    with profile(schedule=torch.profiler.schedule(wait=2, warmup=0, active=1, repeat=1)) as p:
        for _ in range(5):
            torch.ones(4).exp()
            p.step()
    assert named(p)["exp"].count == 1


@wengert_only
def test_forward_and_backward_apart_with_bytes():
    with profile() as p:
        model()
    rows = named(p)
    assert rows["exp"].backward_time == 0 < rows["exp"].forward_time
    assert rows["ExpBackward0"].forward_time == 0 < rows["ExpBackward0"].backward_time
    assert rows["exp"].cpu_memory_usage == 8 * 64 * 4
    for row in rows.values():
        assert abs(row.forward_time + row.backward_time - row.self_cpu_time_total) < 1e-6
    whole = sum(row.self_cpu_time_total for row in rows.values())
    assert abs(whole - p.self_cpu_time_total) < 1e-6 * whole


@wengert_only
def test_recorded_backwards_and_hooks_count_as_backward():
    x = torch.ones(4, requires_grad=True)
    with profile() as p:
        y = x.exp()
        y.register_hook(lambda g: g.sin())
        torch.autograd.grad(y.sum(), x, create_graph=True)
    assert {e.phase for e in p.events() if e.name == "sin"} == {"backward"}
    assert {e.phase for e in p.events() if e.name == "mul"} <= {"backward"}


@wengert_only
def test_in_place_writes_and_calls_made_of_others():
    x = torch.ones(4, 4)
    with profile() as p:
        x.add_(1)
        x.zero_()
        x[0] = 2
        torch.addmm(x, x, x)
    rows = named(p)
    assert {"add_", "zero_", "addmm"} <= set(rows)
    assert rows["addmm"].count == 1


@wengert_only
def test_by_line():
    w = torch.ones(300, 300, requires_grad=True)
    line = here() + 2
    with profile() as p:
        y = w @ w
        y.exp().sum().backward()
    lines = {row.place[1]: row for row in p.by_line() if row.place}
    # The leaf is told by the line that made it.
    assert set(lines) == {line - 3, line, line + 1}
    first, second = lines[line], lines[line + 1]
    assert all(row.place[0] == __file__ for row in lines.values())
    assert first.forward_time > 0 and first.backward_time > 0  # the product and its rule
    assert second.forward_time > 0 and second.backward_time > 0
    assert first.cpu_time_total >= first.self_cpu_time_total * 0.999
    assert os.path.basename(__file__) in p.by_line().table(sort_by="self_cpu_time_total")


def here():
    """The caller's line."""
    return sys._getframe(1).f_lineno


@wengert_only
def test_threads_are_told_apart():
    def work():
        for _ in range(50):
            torch.ones(4).exp()

    with profile() as p:
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert named(p)["exp"].count == 150
    assert len({e.thread for e in p.events()}) == 3


@wengert_only
def test_refusals():
    with pytest.raises(ValueError, match="sort_by"):
        profile().table(sort_by="nonsense")
    with pytest.raises(ValueError, match="ProfilerActivity.CPU"):
        profile(activities=[torch.profiler.ProfilerActivity.CUDA])
    with pytest.raises(RuntimeError, match="under way"):
        with profile():
            with profile():
                pass
    with pytest.raises(ValueError, match="active >= 1"):
        torch.profiler.schedule(wait=1, warmup=0, active=0)
    with profile() as p:  # the failed one has let go
        torch.ones(4).exp()
    assert named(p)["exp"].count == 1


LOG = """
    w = torch.ones(3, requires_grad=True)
    y = (w * 2).exp().sum()
    y.backward()
    assert abs(w.grad[0].item() - 2 * np.exp(2)) < 1e-5
    big = torch.zeros(2**20)
"""


def log(words):
    """What the program above says on standard error."""
    environment = dict(os.environ, WENGERT_LOG=words, PYTHONPATH=os.path.dirname(child.__file__))
    command = [sys.executable, "-c", child.PRELUDE + textwrap.dedent(LOG)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


@wengert_only
def test_the_log_of_operations():
    lines = [line for line in log("ops").splitlines() if line.startswith("wengert ops: ")]
    assert any("mul float32 [3], float32 [] -> float32 [3]" in line and " us" in line for line in lines), lines
    assert any("ExpBackward0" in line for line in lines) and any("<string>:" in line for line in lines)


@wengert_only
def test_the_log_of_the_graph():
    lines = [line for line in log("graph").splitlines() if line.startswith("wengert graph: ")]
    kinds = [line.split()[3] for line in lines]
    assert kinds == ["AccumulateGrad", "MulBackward0", "ExpBackward0", "SumBackward0"], lines
    for before, line in zip(lines, lines[1:]):
        assert f"<- {before.split()[2]} (recorded at <string>:" in line, lines


@wengert_only
def test_the_log_of_memory():
    lines = [line for line in log("memory, ops").splitlines() if line.startswith("wengert memory: ")]
    assert any("4194304 bytes from the system" in line for line in lines), lines


@wengert_only
@pytest.mark.parametrize("words", ["", "none of these", "ops,grpah"])
def test_words_that_are_none(words):
    out = log(words)
    assert ("WENGERT_LOG" in out) == bool(words)
    if words:
        assert all(word in out for word in ("ops", "graph", "memory"))
    assert ("wengert ops:" in out) == words.startswith("ops")
