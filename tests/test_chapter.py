"""The text book chapter of the demo prints letter by letter what PyTorch prints: parity/chapter.json."""

import json
import pathlib

from backend import torch, wengert_only

RECORDED = json.loads(pathlib.Path(__file__).with_name("parity").joinpath("chapter.json").read_text())["cells"]


@wengert_only
def test_every_cell_prints_what_pytorch_prints():
    from wengert.demo import chapter

    cells, names = chapter.run_chapter(torch)
    assert cells[0].source == "import wengert as torch"
    assert [cell.source for cell in cells[1:]] == [cell["source"] for cell in RECORDED[1:]]
    for cell, recorded in zip(cells, RECORDED, strict=True):
        if cell.source == chapter.RANDOM:
            assert cell.printed in ("tensor(True)\n", "tensor(False)\n")
        else:
            assert cell.printed == recorded["printed"], cell.source
    assert all(check.passed for check in chapter.checks(cells, names))


@wengert_only
def test_a_wrong_value_fails_the_chapter():
    from wengert.demo import chapter

    cells, names = chapter.run_chapter(torch)
    wrong = chapter.Ran("x.grad == 4 * x", "tensor([True, False])\n")
    assert not all(check.passed for check in chapter.checks([*cells, wrong], names))
    names["a"].grad.add_(1)
    names["a"].grad.mul_(2)
    assert not all(check.passed for check in chapter.checks(cells, names))
