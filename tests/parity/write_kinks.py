"""Writes docs/kinks.md from kinks.json and kinks_apart.py: `python tests/parity/write_kinks.py`. Needs neither torch nor wengert."""

import json
import pathlib
import sys
import textwrap

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))

import kinks_apart  # noqa: E402

TARGET = HERE.parent.parent / "docs" / "kinks.md"

HEAD = """\
# Values and derivatives at kinks, ties, poles and edges

What the operations give where a derivative is a matter of choice. The table is what PyTorch {torch} answered in float64, and
what wengert answers, in float64 and float32, for one element and for many; where a `*` stands wengert's answer is another one,
given with the reason [at the end](#where-wengert-differs). The page is written by `tests/parity/write_kinks.py` from
`tests/parity/kinks.json`, which `tests/parity/record_kinks.py` recorded; `tests/test_kinks.py` goes through it row by row.

- **gradient**: with respect to x, and to y. In the first sections, down to the bounds and choices, each element of the result
  depends on one place of the operands, and the gradient is that of the sum. From the sums on it is that of the results times
  1, 2, 3, ..., so that it shows which of several elements a gradient goes to. Reverse mode's; forward mode's follows where
  it is another one.
- **second**: the derivative of that gradient, summed in the same way; `xy` is that of the gradient for x by y.

At nan PyTorch's gradients of
{unsteady}
are other ones among many elements; the table has those of a few, and wengert gives these for any number.
"""

DIFFERS = """\
## Where wengert differs

Forward mode gives what reverse mode gives. PyTorch's has another answer here, or none.

"""


def number(x):
    if isinstance(x, str):
        return x.replace("inf", "∞").replace("-", "−")
    text = f"{x:.5g}"
    return ("0" if text == "-0" and x == 0 else text).replace("-", "−")


def shown(answer):
    """Nested lists of numbers in short."""
    if isinstance(answer, str) and answer.endswith("Error"):
        return answer
    if not isinstance(answer, list):
        return number(answer)
    return "[" + ", ".join(shown(part) for part in answer) + "]"


def operand(x):
    """As `shown`, but with the sign of a zero."""
    if isinstance(x, list):
        return "[" + ", ".join(operand(part) for part in x) + "]"
    return "−0" if isinstance(x, float) and str(x) == "-0.0" else number(x)


def several(answers):
    """Answers for x, and for y."""
    if isinstance(answers, str):
        return answers
    names = "xy" if len(answers) > 1 else [""]
    return "<br>".join(f"{name} {shown(answer)}".strip() for name, answer in zip(names, answers))


def second(answers):
    if isinstance(answers, str):
        return answers
    names = ["xx", "xy", "yx", "yy"] if len(answers) > 1 else [""]
    flat = [answer for row in answers for answer in row]
    return "<br>".join(f"{name} {shown(answer)}".strip() for name, answer in zip(names, flat))


SHOWN = {"value": shown, "reverse": several, "forward": several, "second": second}


def cell(row, question):
    """PyTorch's answer, with a mark where wengert's is another one."""
    text = SHOWN[question](row[question])
    return text if row[question] == kinks_apart.wanted(row, question) else f"{text} \\*"


def gradients(row):
    """By reverse mode, and by forward mode where that differs."""
    same = several(row["forward"]) == several(row["reverse"])
    reverse = cell(row, "reverse")
    return reverse if same else f"{reverse}<br>forward: {cell(row, 'forward')}"


def table(rows):
    """The rows of one section."""
    lines = ["| | x | y | value | gradient | second |", "| --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        cells = [f"`{row['f']}`", operand(row["x"]), operand(row["y"]) if "y" in row else ""]
        lines.append("| " + " | ".join([*cells, cell(row, "value"), gradients(row), cell(row, "second")]) + " |")
    return "\n".join(lines)


def differing(rows):
    """A list for each reason."""
    by_key = {(row["f"], kinks_apart.operands_of(row)): row for row in rows}
    head = ["| | x | y | | wengert | PyTorch |", "| --- | --- | --- | --- | --- | --- |"]

    def line(key, question, answer):
        row, show = by_key[key], SHOWN[question]
        y = operand(row["y"]) if "y" in row else ""
        what = {"reverse": "gradient"}.get(question, question)
        return f"| `{key[0]}` | {operand(row['x'])} | {y} | {what} | {show(answer)} | {show(row[question])} |"

    both = [line(at, "forward", kinks_apart.wanted(by_key[at], "forward")) for at in kinks_apart.FORWARD_AS_REVERSE]
    parts = ["\n".join([*head, *both]) + "\n"]
    for reason, stated in kinks_apart.APART.items():
        lines = [line((f, at), question, answer) for f, at, question, answer in stated]
        parts.append(f"{textwrap.fill(reason, 125)}\n\n" + "\n".join([*head, *lines]) + "\n")
    return "\n".join(parts)


def page():
    """The text of docs/kinks.md."""
    path = HERE / "kinks.json"
    rows, torch = kinks_apart.recorded(path), json.loads(path.read_text(encoding="utf-8"))["torch"].partition("+")[0]
    sections = {}
    for row in rows:
        sections.setdefault(row["section"].removeprefix("each: "), []).append(row)
    unsteady = ", ".join(f"`{f[2 : f.index('(')]}`" for f in kinks_apart.UNSTEADY)
    parts = [HEAD.format(torch=torch, unsteady=unsteady)]
    for name, found in sections.items():
        parts.append(f"## {name[0].upper()}{name[1:]}\n\n{table(found)}\n")
    return "\n".join(parts) + "\n" + DIFFERS + differing(rows)


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
    print(TARGET)
