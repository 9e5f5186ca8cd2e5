"""Runs a piece of program whose lines have numbers that do not change: as `program.py`, from line 1."""

import linecache
import textwrap

from backend import torch


def run(text, **given):
    """The variables of a program after it has run."""
    source = textwrap.dedent(text).strip() + "\n"
    linecache.cache["program.py"] = (len(source), None, source.splitlines(True), "program.py")
    names = {"torch": torch, "wengert": torch, **given}
    exec(compile(source, "program.py", "exec"), names)
    return names


def columns(text):
    """A table without its spaces: lists of words a line."""
    return [line.split() for line in str(text).splitlines()]
