"""Records what PyTorch prints for the cells of the demo's chapter: `python tests/parity/record_chapter.py`.

Needs torch and NumPy, not wengert. Writes chapter.json, beside this file; tests/test_chapter.py compares.
"""

import json
import pathlib
import sys

import torch

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "python" / "wengert"))

from demo import chapter  # noqa: E402


def main():
    cells, names = chapter.run_chapter(torch)
    assert all(check.passed for check in chapter.checks(cells, names))
    recorded = [{"source": cell.source, "printed": cell.printed} for cell in cells]
    target = HERE / "chapter.json"
    target.write_text(json.dumps({"torch": torch.__version__, "cells": recorded}, indent=1) + "\n")
    print(f"{target}: {len(recorded)} cells")


if __name__ == "__main__":
    main()
