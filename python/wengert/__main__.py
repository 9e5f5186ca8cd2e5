"""`python -m wengert demo` and `python -m wengert env`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m wengert", description="Automatic differentiation on CPUs.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="run a text book chapter and a regression, and check the results")
    demo.add_argument("--out", type=Path, metavar="DIR", help="where the picture goes (default: a temporary folder)")
    commands.add_parser("env", help="print what a bug report should contain")
    chosen = parser.parse_args(arguments)
    return run_demo(chosen.out) if chosen.command == "demo" else print_env()


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
