"""`python -m wengert demo`, the examples, and `python -m wengert env`."""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Command, what it does, and the size that can be chosen: argument, default, the most, what it is.
EXAMPLES = {
    "chain-rule": (
        "the vector chain rule on linear regression, step by step",
        ("patients", 442, 442, "patients of the data"),
    ),
    "modes": (
        "forward and reverse mode side by side, and what they cost",
        ("patients", 442, 442, "patients of the data"),
    ),
    "complexity": (
        "time and memory of both modes, measured",
        ("longest", 512, 2**20, "operations of the longest program"),
    ),
    "curve": ("a curve through real data by scipy.optimize", None),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m wengert", description="Automatic differentiation on CPUs.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="run a text book chapter and a regression, and check the results")
    _out(demo)
    for name, (what, size) in EXAMPLES.items():
        example = commands.add_parser(name, help=what)
        _out(example)
        if size is not None:
            argument, default, most, of = size
            count = functools.partial(_count, most=most)
            example.add_argument(f"--{argument}", type=count, default=default, metavar="N", help=f"{of} ({default})")
    commands.add_parser("env", help="print what a bug report should contain")
    chosen = vars(parser.parse_args(arguments))
    command = chosen.pop("command")
    try:
        if command == "env":
            return print_env()
        return run_demo(**chosen) if command == "demo" else run_example(command, chosen)
    except BrokenPipeError:  # nobody reads on, as with `| head`: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=_folder, metavar="DIR", help="where the picture goes (default: a temporary folder)"
    )


def _folder(text: str) -> Path:
    """A folder that is there, or can be made."""
    folder = Path(text)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"no folder can be made there: {error}") from None
    return folder


def _count(text: str, most: int) -> int:
    if not text.isdecimal() or not 8 <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 8 to {most}")
    return int(text)


def run_example(command: str, options: dict[str, Any]) -> int:
    """An example; 1 when a check failed, 2 when it needs what is not installed."""
    import wengert

    example = importlib.import_module(f"wengert.examples.{command.replace('-', '_')}")
    try:
        passed = example.run(**options) if command == "curve" else example.run(wengert, **options)
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if passed else 1


def run_demo(out: Path | None) -> int:
    """The demo; 1 when a check failed."""
    import wengert

    from .demo import run

    return 0 if run(wengert, out) else 1


def print_env() -> int:
    """Versions, platform and what the core was built for and runs on."""
    import numpy

    from . import _core

    build = _core.build_info()
    rows = {
        "wengert": build["version"],
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": numpy.__version__,
        "platform": platform.platform(),
        "isa": build["isa"],
        "cpu features": build["cpu_features"],
        "threads": build["threads"],
        "profile": build["profile"],
        "rustc": build["rustc"],
        "features": build["features"],
    }
    for name, value in rows.items():
        text = str(value) if isinstance(value, (str, int)) else " ".join(map(str, value))
        print(f"{name + ':':14}{text or '-'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
