"""The run as a picture: wengert's time as a share of PyTorch's, one bar a row, with the bound of the row as a mark.
Bars start at 1: to the left is faster."""

from __future__ import annotations

from textwrap import wrap

from table import Outcome

COLOURS = {"PASS": "#2a7f62", "MISS": "#c0483c"}
UNDECIDED = "#b0b4ba"


def save(outcomes: list[Outcome], file: str, subtitle: str) -> str:
    """Writes `file` (the format follows its ending); returns what to tell the user."""
    try:
        import matplotlib
    except ImportError:
        return "no picture: matplotlib is not installed"
    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = [(o, r) for o in outcomes if (r := o.ratio("torch")) is not None and o.row.unit == "ns"]
    if not shown:
        return "no picture: no row has both wengert and torch"
    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.24 * len(shown)), layout="constrained")
    for at, (outcome, ratio) in enumerate(shown):
        bound = next((b for b in outcome.row.bounds if b.of == "torch"), None)
        verdict = outcome.verdict(bound) if bound else ""
        axes.barh(at, ratio - 1, left=1, color=COLOURS.get(verdict, UNDECIDED), height=0.7)
        side = {"xytext": (4, 0)} if ratio >= 1 else {"xytext": (-4, 0), "ha": "right"}
        axes.annotate(f"{ratio:.3g}", (ratio, at), textcoords="offset points", va="center", fontsize=7, **side)
        if bound:
            axes.plot([bound.limit] * 2, [at - 0.45, at + 0.45], color="black", linewidth=1.6)
    axes.axvline(1.0, color="#8a8f98", linewidth=0.8, zorder=3)
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.set_yticks(range(len(shown)), [o.row.name for o, _ in shown], fontsize=8)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlabel(
        "time / PyTorch's time (black: the row's bound; grey bar: within the spread, or no bound)", fontsize=8
    )
    axes.set_title("wengert against PyTorch\n" + "\n".join(wrap(subtitle, 100)), fontsize=8, loc="left", x=-0.2)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(file, dpi=150)
    return f"picture written to {file}"
