"""`python -m wengert demo` and `python -m wengert env`: what they print and how they exit."""

import importlib.util
import math
import subprocess
import sys

import pytest

from backend import torch, wengert_only

pytestmark = wengert_only


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "wengert", *arguments], capture_output=True, text=True, timeout=300)


def test_demo_passes_and_leaves_a_picture(tmp_path):
    done = run("demo", "--out", str(tmp_path / "new"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    assert "checks passed" in done.stdout
    if importlib.util.find_spec("matplotlib"):
        assert (tmp_path / "new" / "loss.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("difference", [1.0, math.nan])
def test_a_failed_check_fails_the_demo(monkeypatch, tmp_path, capsys, difference):
    from wengert import __main__
    from wengert.demo import regression
    from wengert.demo.check import Check

    monkeypatch.setattr(regression, "checks", lambda *_: [Check("made to fail", difference, 0.5)])
    assert __main__.main(["demo", "--out", str(tmp_path)]) == 1
    assert "FAILED: made to fail" in capsys.readouterr().out


def test_a_wrong_gradient_is_noticed(monkeypatch):
    from wengert.demo import regression

    fit = regression.fit(torch)
    assert all(check.passed for check in regression.checks(torch, fit))
    right = regression.gradient
    monkeypatch.setattr(regression, "gradient", lambda *arguments: right(*arguments) * 1.001)
    assert not all(check.passed for check in regression.checks(torch, fit))


def test_env_names_the_version():
    done = run("env")
    assert done.returncode == 0, done.stderr
    assert torch.__version__ in done.stdout


def test_no_command_is_a_usage_error():
    assert run().returncode == 2
