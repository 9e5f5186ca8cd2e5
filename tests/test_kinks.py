"""Value, gradient in both modes and second derivative at kinks, ties, poles and edges are those that parity/kinks.json has of
PyTorch, or those that parity/kinks_apart.py states; docs/kinks.md shows both.
"""

import pathlib
import sys

import pytest

from backend import ON_TORCH, torch, wengert_only

PARITY = pathlib.Path(__file__).with_name("parity")
sys.path.insert(0, str(PARITY))

import kinks_apart  # noqa: E402
import record_kinks  # noqa: E402
import write_kinks  # noqa: E402

RECORDED = kinks_apart.recorded(PARITY / "kinks.json")
ROWS = [(section, row) for section, rows in record_kinks.ROWS.items() for row in rows]

# How often the operands of an "each" row are repeated: kernels take other ways for one element and for many.
WIDE = 37


def tiled(answer):
    if isinstance(answer[0], list):
        return [tiled(part) for part in answer]
    return answer * WIDE


def wanted(row, question, dtype):
    if ON_TORCH:
        return row.get(dtype, row).get(question, row[question])
    return kinks_apart.wanted(row, question, dtype)


def test_rows_are_those_that_were_recorded():
    assert [(section, row[0]) for section, row in ROWS] == [(row["section"], row["f"]) for row in RECORDED]
    for (_, (_, *points)), row in zip(ROWS, RECORDED):
        assert [record_kinks.listed(torch, record_kinks.tensor_of(torch, p, "float64")) for p in points] == [
            row[name] for name in "xy" if name in row
        ]


CASES = [
    pytest.param(at, question, dtype, id=f"{row['f']} at {kinks_apart.operands_of(row)}: {question}, {dtype}")
    for at, row in enumerate(RECORDED)
    for question in record_kinks.QUESTIONS
    for dtype in ("float64", "float32")
]


@pytest.mark.parametrize(("at", "question", "dtype"), CASES)
def test_answers(at, question, dtype):
    section, (expression, *points) = ROWS[at]
    each = section.startswith("each: ")
    want = wanted(RECORDED[at], question, dtype)
    got = record_kinks.answer(torch, question, expression, points, each, dtype)
    assert record_kinks.apart(got, want, dtype) is None, f"{got}, wanted {want}"
    if each and not record_kinks.error(want) and not (ON_TORCH and expression in kinks_apart.UNSTEADY):
        got = record_kinks.answer(torch, question, expression, [p * WIDE for p in points], each, dtype)
        assert record_kinks.apart(got, tiled(want), dtype) is None, (
            f"for many elements {got}, wanted {want} again and again"
        )


def weighted_of(f, each):
    """The sum of the results times their weights, as a function of the operands."""

    def weighted(*operands):
        value = f(*operands)
        return (value * record_kinks.weights(torch, torch.ones(value.shape, dtype=torch.float64), each)).sum()

    return weighted


@wengert_only
@pytest.mark.parametrize("at", range(len(RECORDED)), ids=lambda at: f"{RECORDED[at]['f']} {at}")
def test_forward_over_reverse_is_reverse_over_reverse(at):
    """Of the Hessian's two halves forward over reverse computes the other one: they differ where it is not symmetric."""
    section, (expression, *points) = ROWS[at]
    each, want = section.startswith("each: "), kinks_apart.wanted(RECORDED[at], "second")
    if record_kinks.error(want):
        return
    weighted = weighted_of(record_kinks.function_of(torch, expression), each)
    operands = [record_kinks.tensor_of(torch, p, "float64") for p in points]
    for i, x in enumerate(operands):
        for j in range(len(operands)):
            gradient, along = torch.func.grad(weighted, argnums=j), record_kinks.weights(torch, x, each)

            def at_x(x, i=i, gradient=gradient):
                return gradient(*operands[:i], x, *operands[i + 1 :])

            moved = torch.func.jvp(at_x, (x,), (along,))[1]
            got = record_kinks.listed(torch, moved)
            assert record_kinks.apart(got, want[i][j], "float64") is None, f"{got}, wanted {want[i][j]}"


# What the core does not answer yet as it should under vmap: each is to be taken out with its repair.
MAPPED = [pytest.param(at, id=f"{row['f']} {at}") for at, row in enumerate(RECORDED)]


@wengert_only
@pytest.mark.parametrize("at", MAPPED)
def test_mapped_gradients_are_those_of_each(at):
    section, (expression, *points) = ROWS[at]
    each, want = section.startswith("each: "), kinks_apart.wanted(RECORDED[at], "reverse")
    if record_kinks.error(want):
        return
    weighted = weighted_of(record_kinks.function_of(torch, expression), each)
    operands = [record_kinks.tensor_of(torch, p, "float64") for p in points]
    gradients = torch.func.grad(weighted, argnums=tuple(range(len(operands))))
    found = torch.func.vmap(gradients)(*(torch.stack([x, x, x]) for x in operands))
    for example in range(3):
        got = [record_kinks.listed(torch, g[example]) for g in found]
        assert record_kinks.apart(got, want, "float64") is None, f"{got}, wanted {want}"


def test_all_that_is_stated_apart_is_apart():
    """No answer stays stated once PyTorch and wengert agree."""
    rows = {(row["f"], kinks_apart.operands_of(row)): row for row in RECORDED}
    for (f, operands, question), answer in kinks_apart.ours().items():
        assert record_kinks.apart(answer, rows[f, operands][question], "float64"), (f, operands, question)
    for at in kinks_apart.FORWARD_AS_REVERSE:
        assert record_kinks.apart(kinks_apart.wanted(rows[at], "forward"), rows[at]["forward"], "float64"), at


def test_the_page_shows_what_was_recorded():
    page = pathlib.Path(__file__).parent.parent / "docs" / "kinks.md"
    assert page.read_text(encoding="utf-8") == write_kinks.page(), "run tests/parity/write_kinks.py"
