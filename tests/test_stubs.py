"""The stub of the compiled module is what tools/stubs.py makes of it, and says what its users need.

`make test` also holds it against the module by `mypy.stubtest`.
"""

import pathlib
import re
import subprocess
import sys

TOOL = pathlib.Path(__file__).parent.parent / "tools" / "stubs.py"

USE = """
from collections.abc import Iterator
from typing import Any, assert_type

import wengert as torch
from wengert import Size, Tensor

x = torch.ones(2, 3, requires_grad=True)
assert_type(2 * x**2 - x / 3.0, Tensor)
assert_type(x @ x.T, Tensor)
assert_type(x == x, Tensor)
assert_type(x < 1, Tensor)
assert_type(x[0, None, ..., 1:], Tensor)
assert_type(iter(x), Iterator[Tensor])
assert_type(float(x.sum()), float)
assert_type(len(x), int)
for sizes in (x.view(3, 2), x.view((3, 2)), x.view(x.shape), torch.reshape(x, (-1,)), x.permute(1, 0)):
    assert_type(sizes, Tensor)
assert_type(x.shape, Size)
assert_type(x.dtype, torch.dtype)
assert_type(x.float(), Tensor)
assert_type(x.sum(dim=(0, 1), keepdim=True, dtype=torch.float64), Tensor)
assert_type(x.max(), Tensor)
assert_type(x.max(dim=1).indices, Tensor)
assert_type(x.grad, Tensor | None)
p = torch.nn.Parameter(x)
assert_type(p.mul_(2), torch.nn.Parameter)
p += 1
p[0] = 1.5
p.grad = None
p.requires_grad = False
with torch.no_grad():
    torch.add(x, 1, alpha=2)
"""

WRONG = """
import wengert

x = wengert.ones(2)
x.nonsense
x.exp(1)
wengert.exp([1.0])
x + "a"
x.shape = (2,)
x.view("a")
wengert.nonsense
wengert.sum(x, dimension=0)
"""


def mypy(source, folder):
    file = folder / "use.py"
    file.write_text(source)
    command = [
        sys.executable,
        "-P",
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--cache-dir",
        str(folder / "cache"),
        file.name,
    ]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=600)


def test_stub_is_up_to_date():
    done = subprocess.run([sys.executable, "-P", str(TOOL), "--check"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_outdated_stub_is_shown(tmp_path):
    stub = TOOL.parent.parent / "python" / "wengert" / "_core.pyi"
    old = tmp_path / "old.pyi"
    old.write_text(stub.read_text().replace("def exp(", "def expo("))
    done = subprocess.run(
        [sys.executable, "-P", str(TOOL), "--check", "--file", str(old)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1
    assert "+def exp(" in done.stdout and "-def expo(" in done.stdout
    assert "make stubs" in done.stderr
    assert "def expo(" in old.read_text()


def test_a_program_has_the_types_it_should(tmp_path):
    done = mypy(USE, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_mistakes_are_seen(tmp_path):
    done = mypy(WRONG, tmp_path)
    seen = set(map(int, re.findall(r"use\.py:(\d+): error", done.stdout)))
    assert seen == set(range(5, 1 + WRONG.count("\n"))), done.stdout
