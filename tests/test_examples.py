"""The examples print the numbers that they are about: `python -m wengert chain-rule`, `modes`, `complexity` and `curve`."""

import importlib.util
import re
import subprocess
import sys

import numpy as np
import pytest

from backend import torch, wengert_only

pytestmark = wengert_only


def run(*arguments, before=""):
    """What the command prints, as it is called from outside; `before` is run in its process first."""
    source = f"import sys; sys.argv[0] = 'wengert'; {before}\nfrom wengert.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", source] if before else [sys.executable, "-P", "-m", "wengert"]
    return subprocess.run([*command, *map(str, arguments)], capture_output=True, text=True, timeout=300)


def rows(text, head):
    """The rows of the table that begins with a line of that beginning: cells are two blanks apart or more."""
    lines = text[text.index(f"\n{head}") + 1 :].splitlines()[1:]
    table = []
    for line in lines:
        if not line.strip():
            break
        table.append(re.split(r"  +", line.strip()))
    return table


def passed(done, picture):
    """The command went well, and its picture is one."""
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = rows(done.stdout, "check  ")
    assert verdicts and all(row[-1] == "pass" for row in verdicts)
    if importlib.util.find_spec("matplotlib"):
        assert picture.read_bytes().startswith(b"\x89PNG")
    return done.stdout


# The chain rule.


def test_chain_rule(tmp_path):
    out = passed(run("chain-rule", "--patients", 20, "--out", tmp_path / "new"), tmp_path / "new" / "chain-rule.png")
    steps = rows(out, "step ")
    assert [row[1:3] for row in steps] == [
        ["du/dw", "20 x 10"],
        ["dv/du", "20 x 20"],
        ["dr/dv", "20 x 20"],
        ["ds/dr", "20 x 20"],
        ["dL/ds", "1 x 20"],
    ]
    assert all(float(cell) < 1e-12 for row in steps for cell in row[3:])

    # The numbers anew, without the library and without the example.
    from wengert.demo.regression import load

    x, y = (part[:20] for part in load())
    w = np.random.default_rng(0).normal(scale=10.0, size=10)
    r = x @ w + 150 - y
    cotangents = {"L": 1, "s": np.full(20, 1 / 20), "r": 2 * r / 20, "w": 2 * x.T @ r / 20, "b": 2 * r.mean()}
    along = np.random.default_rng(1).normal(size=10)
    tangents = {"w": along, "u": x @ along, "s": 2 * r * (x @ along), "L": (2 * r * (x @ along)).mean()}
    found = {row[0]: [float(cell) for cell in row[1:]] for row in rows(out, "variable ")}
    for name, wanted in cotangents.items():
        assert found[name][:2] == pytest.approx([np.linalg.norm(wanted)] * 2, rel=1e-5), name
    for name, wanted in tangents.items():
        assert found[name][2:] == pytest.approx([np.linalg.norm(wanted)] * 2, rel=1e-5), name

    assert f"reverse mode goes: {20 * 20 * 3 + 20 * 10:,}" in out
    assert f"forward mode goes: {20 * 20 * 10 * 3 + 20 * 10:,}" in out


def test_chain_rule_notices_a_wrong_jacobian(monkeypatch, tmp_path, capsys):
    from wengert.examples import chain_rule

    right = chain_rule.program

    def wrong(torch, patients):
        at = right(torch, patients)
        at.steps[3].jacobian[1, 1] *= 1 + 1e-6
        return at

    monkeypatch.setattr(chain_rule, "program", wrong)
    assert not chain_rule.run(torch, tmp_path, patients=12)
    assert "FAILED: jacrev of each step, jacfwd of each step, backward at each variable" in capsys.readouterr().out


# The modes.


def test_modes(tmp_path):
    out = passed(run("modes", "--patients", 12, "--out", tmp_path), tmp_path / "modes.png")
    slope = 2 - np.cos(5)
    traced = {row[0]: [float(cell) for cell in row[1:]] for row in rows(out, "row ")}
    assert traced["x1"] == pytest.approx([2, 1, 0, 5.5])
    assert traced["x2"] == pytest.approx([5, 0, 1, slope], rel=1e-5)
    assert traced["v3 = sin(x2)"] == pytest.approx([np.sin(5), 0, np.cos(5), -1], rel=1e-5)
    assert traced["y = v4 - v3"] == pytest.approx([np.log(2) + 10 - np.sin(5), 5.5, slope, 1], rel=1e-5)

    counts = {row[0]: [int(cell.replace(",", "")) for cell in row[1:]] for row in rows(out, "function, mode")}
    assert {name: row[:4] for name, row in counts.items()} == {
        "loss, forward": [10, 1, 6, 10],  # x @ w, sigmoid, * 3, - y, ** 2, mean
        "loss, reverse": [10, 1, 6, 1],
        "predictions, forward": [10, 12, 3, 10],
        "predictions, reverse": [10, 12, 3, 12],
        "along a line, forward": [1, 12, 4, 1],
        "along a line, reverse": [1, 12, 4, 12],
    }
    for name, (_, _, value, sweeps, each, all_of_them) in counts.items():
        assert value <= each <= 3 * value, name
        # Forward sweeps compute the value anew.
        assert all_of_them == (sweeps * (value + each) if "forward" in name else value + sweeps * each), name


def test_operations_are_counted_once():
    from wengert.examples.count import operations

    x = torch.ones(2, requires_grad=True)
    assert operations(x) == operations(torch.ones(2)) == 0
    y = x.exp()
    assert operations(y) == 1
    assert operations(y * y, y + 1) == 3
    z = x
    for _ in range(20_000):
        z = z * x
    assert operations(z) == 20_000


# The complexity.


def test_complexity(tmp_path):
    from wengert.examples import complexity

    done = run("complexity", "--longest", 64, "--out", tmp_path)
    # Whether times grow as they should is not for a machine that runs other tests beside this one.
    verdicts = rows(done.stdout, "check  ")
    assert all(row[-1] == "pass" for row in verdicts if "time" not in row[0]), done.stdout + done.stderr
    names = [row[0] for row in verdicts]
    assert {f"{mode}: exponent of time, from 1" for mode in complexity.MODES} <= set(names)

    lengths = {row[0]: row[1:] for row in rows(done.stdout, "operations, mode")}
    for length in (2, 4, 8, 16, 32, 64):
        for mode in complexity.MODES:
            recorded, time, memory = lengths[f"{length}, {mode}"]
            assert int(recorded) == 3 * length  # sin; cos and a product for its derivative
            assert 0 < float(time.removesuffix(" ms")) < 60_000
            if memory != "-" and length >= 32:
                kept = float(memory.removesuffix(" MiB")) * 2**20 / (8 * complexity.SIZE)
                # Pages of 2 MiB hold eight values.
                assert kept <= 12 if mode == "forward" else kept == pytest.approx(length, abs=12)

    inputs = [list(map(float, (row[0], *row[1:3]))) for row in rows(done.stdout, "inputs ")]
    assert inputs == [[n, n, 1] for n in (4, 8, 16, 32, 64, 128, 256)]
    for title in ("time against length", "memory against length", "gradient against inputs"):
        assert title in done.stdout
    if importlib.util.find_spec("matplotlib"):
        assert (tmp_path / "complexity.png").read_bytes().startswith(b"\x89PNG")


def test_exponents():
    from wengert.examples.complexity import doublings, exponent

    assert exponent([2, 4, 8], [10, 20, 40]) == pytest.approx(1)
    assert exponent([2, 4, 8], [7, 7, 7]) == pytest.approx(0)
    assert doublings(64, 3) == [16, 32, 64]
    assert doublings(8, 6) == [2, 4, 8]


# The chart in text.


def test_chart():
    from wengert.examples.chart import Line, Panel, draw

    text = draw(
        Panel("title", "n", "ms", [Line("up", [1, 10, 100], [1, 10, 100]), Line("flat", [1, 100], [1, 1])]), 21, 3
    )
    assert text.splitlines() == [
        "title",
        "ms, both axes logarithmic",
        "      100 |                    o",
        "          |          o",
        "        1 |+                   +",
        "          +---------------------",
        "           1               n 100",
        "           o up   + flat",
    ]
    assert "5 |o" in draw(Panel("one number", "n", "ms", [Line("only", [3], [5])]), 5, 2)


# The curve.


def test_curve(tmp_path):
    pytest.importorskip("scipy")
    out = passed(run("curve", "--out", tmp_path), tmp_path / "curve.png")
    fits = {row[0]: [float(cell) for cell in row[1:]] for row in rows(out, "method ")}
    assert len(fits) == 6
    best = fits["trust-exact"]
    for name, fit in fits.items():
        assert fit[0] == pytest.approx(best[0], rel=1e-8), name
        assert fit[4:] == pytest.approx(best[4:], rel=1e-2), name
    assert best[4:] == pytest.approx([83.866, 144.771, 4.6758, 0.2724], rel=1e-4)
    # Values, gradients, Hessians: who is not given a derivative does not use it, and pays with values.
    assert all(count > 0 for count in best[1:4])
    assert fits["BFGS"][3] == 0 and fits["BFGS, differences"][2] == 0
    assert fits["BFGS, differences"][1] > 4 * fits["BFGS"][1]
    assert fits["least squares, differences"][1] > 4 * fits["least squares"][1]

    # The mean square by NumPy alone, and that it is the least around.
    from wengert.examples.curve import load

    x, y = load()
    assert x.shape == y.shape == (442,)

    def mean_square(lowest, rise, middle, width):
        return ((lowest + rise / (1 + np.exp(-(x - middle) / width)) - y) ** 2).mean()

    at = np.array(best[4:])
    assert mean_square(*at) == pytest.approx(best[0], rel=1e-6)
    assert all(mean_square(*(at + shift)) > best[0] for shift in np.vstack([np.eye(4), -np.eye(4)]) * 0.02 * at)


def test_curve_without_scipy_says_what_to_do(tmp_path):
    done = run("curve", "--out", tmp_path, before="sys.modules['scipy'] = None")
    assert done.returncode == 2
    assert "pip install scipy" in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


# All of them.


@pytest.mark.parametrize("name", ["chain-rule", "modes"])
def test_without_matplotlib_there_is_no_picture(name, tmp_path):
    done = run(name, "--patients", 12, "--out", tmp_path / "new", before="sys.modules['matplotlib'] = None")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No picture: matplotlib is not installed." in done.stdout
    assert not list((tmp_path / "new").iterdir())


@pytest.mark.parametrize("size", ["0", "-3", "7", "443", "many", "1.5"])
def test_sizes_that_cannot_be_are_usage_errors(size):
    done = run("modes", "--patients", size)
    assert done.returncode == 2 and "no whole number from 8 to 442" in done.stderr


@pytest.mark.parametrize("command", ["demo", "modes", "curve"])
def test_a_file_is_no_folder(command, tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "in it"):
        done = run(command, "--out", path)
        assert done.returncode == 2 and "no folder can be made there" in done.stderr and not done.stdout


def test_a_reader_that_leaves_is_no_error():
    command = [sys.executable, "-P", "-u", "-m", "wengert", "modes", "--patients", "12"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) in (0, 1)
