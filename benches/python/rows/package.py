"""What it costs to have the package at all: importing it, and its size on disk and in a wheel."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from typing import Any

import probe
from row import ALL, Case, at_most, row, to_numpy

REPOSITORY = Path(__file__).resolve().parents[3]


@row("package/import", "import in a fresh interpreter", to_numpy(1.2), libs=ALL)
def import_time(lib: Any) -> Case:
    return Case(once=lambda: probe.ask("import", lib)["value"], rounds=15)


@row("package/installed-size", "files of the installed package", libs=ALL, unit="B")
def installed_size(lib: Any) -> Case:
    return Case(once=lambda: float(size_on_disk(lib.m.__name__.split(".")[0])), rounds=1)


def size_on_disk(name: str) -> int:
    """Without byte code, which is not shipped. A package used from its source tree counts what lies in its folder."""
    try:
        files = [Path(str(f.locate())) for f in metadata.files(name) or []]
    except metadata.PackageNotFoundError:
        files = []
    folder = Path(__import__(name).__file__ or "").resolve().parent
    if not any(folder in f.resolve().parents for f in files):
        files = list(folder.rglob("*"))
    return sum(f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc")


@row("package/wheel-size", "largest wheel in target/wheels", at_most(5e6), libs=("wengert",), unit="B")
def wheel_size(lib: Any) -> Case | None:
    sizes = [wheel.stat().st_size for wheel in (REPOSITORY / "target" / "wheels").glob("*.whl")]
    return Case(once=lambda: float(max(sizes)), rounds=1) if sizes else None
