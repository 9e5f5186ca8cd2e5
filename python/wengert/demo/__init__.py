"""`python -m wengert demo`: a chapter of a text book and a regression, each held against what is known to be right.

Everything here takes the tensor library as an argument, so that it also runs on PyTorch itself.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from types import ModuleType

from . import chapter, plot, regression
from .check import table


def run(torch: ModuleType, out: Path | None = None) -> bool:
    """Show both parts; True when every check passed. `out` is where the picture goes, by default a temporary folder."""
    print("Dive into Deep Learning, section 2.5: Automatic Differentiation\n")
    cells, names = chapter.run_chapter(torch)
    print(chapter.show(cells))
    checks = chapter.checks(cells, names)

    print("\n\nLinear regression on the diabetes data by gradient descent (442 patients, 10 features)\n")
    fit = regression.fit(torch)
    print(plot.draw(fit.excess, title=regression.CURVE, xlabel="step"))
    checks += regression.checks(torch, fit)
    print("\n" + table(checks))

    if out is None:
        out = Path(tempfile.mkdtemp(prefix="wengert-demo-"))
    picture = plot.save_png(fit.excess, out / "loss.png", title=regression.CURVE, xlabel="step")
    print(f"\nThe curve as a picture: {picture}" if picture else "\nNo picture: matplotlib is not installed.")
    failed = [check.name for check in checks if not check.passed]
    print("FAILED: " + ", ".join(failed) if failed else f"All {len(checks)} checks passed.")
    return not failed
