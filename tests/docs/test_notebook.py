"""The notebook in examples/ is the text book chapter of the demo: it is stored without outputs, and prints what PyTorch prints."""

import json

import pytest

from backend import wengert_only

from .pages import ROOT

pytestmark = wengert_only

NOTEBOOK = ROOT / "examples" / "autograd.ipynb"
RECORDED = json.loads((ROOT / "tests" / "parity" / "chapter.json").read_text(encoding="utf-8"))["cells"]


@pytest.fixture(scope="module")
def notebook():
    import nbformat

    return nbformat.read(NOTEBOOK, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_is_stored_clean(notebook):
    import nbformat

    nbformat.validate(notebook)
    for cell in code(notebook):
        assert cell.outputs == [] and cell.execution_count is None and dict(cell.metadata) == {}


def test_its_cells_are_the_chapters(notebook):
    sources = [cell.source for cell in code(notebook)]
    assert sources == ["import wengert as torch", *(cell["source"] for cell in RECORDED[1:])]


def test_it_prints_what_pytorch_prints(notebook, tmp_path):
    import copy

    from nbclient import NotebookClient

    run = copy.deepcopy(notebook)
    NotebookClient(run, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell, recorded in zip(code(run), RECORDED, strict=True):
        shown = "".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs)
        if cell.source == "a.grad == d / a":  # depends on chance: for some a < 0 the division rounds
            assert shown in ("tensor(True)", "tensor(False)")
        else:
            assert shown.strip() == recorded["printed"].strip(), cell.source
