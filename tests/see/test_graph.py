"""Pictures: which boxes and arrows there are, that nothing lies over anything else, and text in its box."""

import pathlib
import re
import time
import xml.etree.ElementTree as ET

import pytest

from backend import torch, wengert_only
from see.program import run
from wengert._see import _layout, _svg  # type: ignore[import-not-found]

pytestmark = wengert_only


def model(depth, width=4):
    layers = []
    for _ in range(depth):
        layers += [torch.nn.Linear(width, width), torch.nn.ReLU()]
    net = torch.nn.Sequential(*layers)
    return net, net(torch.ones(2, width)).sum()


def recurrence(steps):
    w, u = torch.eye(3, requires_grad=True), torch.ones(3, 3, requires_grad=True)
    h = torch.zeros(3)
    for _ in range(steps):
        h = torch.tanh(w @ h + u @ torch.ones(3))
    return h.sum()


def tangle(count):
    """A graph whose operations take what was made long before as well."""
    made = [torch.tensor(float(i), requires_grad=True) for i in range(10)]
    for i in range(count):
        a, b = made[(i * 7919) % len(made)], made[-1 - (i * 31) % 20 % len(made)]
        made.append(a * b if i % 3 else (a + b).tanh())
    return sum(made[-20:])


GRAPHS = {
    "one": lambda: torch.ones(2, requires_grad=True) * 2,
    "ten": lambda: model(3)[1],
    "hundred": lambda: model(30)[1],
    "recurrence": lambda: recurrence(100),
    "tangle": lambda: tangle(300),
    "thousand": lambda: tangle(1000),
    "chain": lambda: recurrence(250),
}


def overlapping(boxes):
    """Pairs of boxes of which one lies over the other."""
    found = []
    ordered = sorted(boxes, key=lambda b: b.y - b.height / 2)
    for i, a in enumerate(ordered):
        for b in ordered[i + 1 :]:
            if b.y - b.height / 2 >= a.y + a.height / 2:
                break
            if abs(a.x - b.x) < (a.width + b.width) / 2:
                found.append((a.lines, b.lines))
    return found


@pytest.mark.parametrize("name", GRAPHS)
def test_boxes_do_not_overlap_and_hold_their_text(name):
    picture = torch.graph(GRAPHS[name](), values=True, saved=True).picture
    assert overlapping(picture.boxes) == []
    for box in picture.boxes:
        for line in box.lines:
            assert len(line) * 0.61 * _svg.SIZE <= box.width - 10
        assert len(box.lines) * _svg.LINE < box.height
        assert box.x - box.width / 2 >= 0 and box.x + box.width / 2 <= picture.width
        assert box.y - box.height / 2 >= 0 and box.y + box.height / 2 <= picture.height
    for arrow in picture.arrows:
        tail, head = picture.boxes[arrow.tail], picture.boxes[arrow.head]
        (x0, y0), (x1, y1) = arrow.points[0], arrow.points[-1]
        assert (x0, y0) == pytest.approx((tail.x, tail.y + tail.height / 2))
        assert (x1, y1) == pytest.approx((head.x, head.y - head.height / 2))
        assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in arrow.points)


@pytest.mark.parametrize("name", ["ten", "hundred", "recurrence", "tangle"])
def test_arrows_do_not_pass_through_boxes(name):
    picture = torch.graph(GRAPHS[name](), values=True).picture
    for arrow in picture.arrows:
        for (x0, y0), (x1, y1) in zip(arrow.points, arrow.points[1:]):
            left, right, upper, lower = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
            for i, b in enumerate(picture.boxes):
                over = left < b.x + b.width / 2 - 0.01 and right > b.x - b.width / 2 + 0.01
                over = over and upper < b.y + b.height / 2 - 0.01 and lower > b.y - b.height / 2 + 0.01
                assert not over, (picture.boxes[arrow.tail].lines, picture.boxes[arrow.head].lines, b.lines, i)


def test_boxes_and_arrows_of_a_program():
    names = run(
        """
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        k = torch.tensor([5.0, 6.0])
        h = x * k
        loss = (h + h.exp()).sum()
        g = torch.graph(loss, shapes=False)
        """
    )
    g = names["g"]
    titles = [entry.title for entry in g.entries]
    assert sorted(titles) == ["h = x * k", "k", "loss = sum(v3)", "v2 = exp(h)", "v3 = h + v2", "x"]
    kinds = {entry.title: entry.kind for entry in g.entries}
    assert kinds["x"] == "leaf" and kinds["k"] == "const" and kinds["loss = sum(v3)"] == "result"
    arrows = {(g.entries[t].title, entry.title, flows) for entry in g.entries for t, flows in entry.inputs}
    assert arrows == {
        ("x", "h = x * k", True),
        ("k", "h = x * k", False),
        ("h = x * k", "v2 = exp(h)", True),
        ("h = x * k", "v3 = h + v2", True),
        ("v2 = exp(h)", "v3 = h + v2", True),
        ("v3 = h + v2", "loss = sum(v3)", True),
    }
    assert "6 boxes, 6 arrows" in repr(g) and len(g) == 6


def test_the_picture_is_svg_with_its_text():
    net, y = model(2)
    text = torch.graph(y, params=net, values=True).to_svg()
    root = ET.fromstring(text)
    assert root.tag.endswith("svg") and float(root.get("width")) > 100
    words = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert "0.weight" in words and "leaf" in words and "result" in words
    assert any(word.startswith("value [") for word in words)
    paths = [element.get("d") for element in root.iter() if element.tag.endswith("path")]
    assert len(paths) > 8 and all(re.fullmatch(r"[MLCz0-9,. -]+", path) for path in paths)
    tips = [element.text for element in root.iter() if element.tag.endswith("title")]
    assert any("ReluBackward0" in tip for tip in tips)


def test_names_with_signs_of_markup():
    x = torch.ones(2, requires_grad=True)
    g = torch.graph(x * 2, params={'<b>&"': x})
    ET.fromstring(g.to_svg())
    assert '\\"' in g.to_dot()


def test_what_else_stands_in_a_box():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x * x).sum()
    t = torch.tape(y)
    y.backward()
    said = [
        line
        for entry in torch.graph(t, grads=True, values=True, saved=True).entries
        for line in (entry.grad, entry.saved)
    ]
    assert "[2.0, 4.0]" in said and "x, x" in said and "1.0" in said


def test_text():
    names = run(
        """
        x = torch.tensor(2.0, requires_grad=True)
        h = x * x
        y = h + h.sin()
        g = torch.graph(y)
        """
    )
    assert str(names["g"]).splitlines() == [
        "●   y = h + v2  () float32  program.py:3",
        "├─╮",
        "○ │ v2 = sin(h)  () float32  program.py:3",
        "○─╯ h = x * x  () float32  program.py:2",
        "◇   x  () float32  program.py:1",
    ]


@pytest.mark.parametrize("name", GRAPHS)
def test_text_has_every_box_and_lines_that_meet(name):
    g = torch.graph(GRAPHS[name]())
    lines = str(g).splitlines()
    shown = [line for line in lines if re.search(r"[●○◇□…]", line)]
    ops = sum(entry.kind in ("op", "result") for entry in g.entries)
    assert ops <= len(shown) <= len(g)
    for upper, lower in zip(lines, lines[1:]):
        for at, c in enumerate(upper.split("  ")[0][:60]):
            if c == "│":
                assert lower[at : at + 1] in tuple("│●○◇□╯┴┼├…"), (upper, lower)


def test_dot():
    text = torch.graph(recurrence(3)).to_dot()
    assert text.startswith("digraph") and text.count("{") == text.count("}") == 1
    nodes = set(re.findall(r"^  (n\d+) \[", text, re.M))
    assert {end for pair in re.findall(r"(n\d+) -> (n\d+)", text) for end in pair} <= nodes


def test_files(tmp_path):
    g = torch.graph(model(1)[1])
    for ending, word in ((".svg", "<svg"), (".dot", "digraph"), (".txt", "●"), (".html", "<svg")):
        g.save(tmp_path / f"g{ending}")
        assert word in (tmp_path / f"g{ending}").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="wanted .svg"):
        g.save(tmp_path / "g.png")


def test_the_end_of_a_long_graph():
    y = torch.ones((), requires_grad=True)
    for _ in range(5000):
        y = y * 1
    g = torch.graph(y, most=10)
    assert len(g) == 11 and g.entries[0].kind == "beyond"
    with pytest.raises(ValueError):
        torch.graph(y, most=0)


def test_a_thousand_in_a_second():
    y = tangle(1000)
    start = time.perf_counter()
    torch.graph(y).to_svg()
    assert time.perf_counter() - start < 4  # on a machine that does other things as well


def test_what_was_cut_off_is_drawn():
    with torch.watch():
        x = torch.ones(2, requires_grad=True)
        h = x * 2
        y = (h * h.detach()).sum()
    g = torch.graph(y)
    kinds = {entry.title: entry.kind for entry in g.entries}
    assert kinds["detach(h)"] == "unrecorded"
    arrows = {(g.entries[t].title, entry.title, flows) for entry in g.entries for t, flows in entry.inputs}
    assert ("h = x * 2.0", "detach(h)", False) in arrows
    for number, entry in enumerate(g.entries):
        assert all(t < number for t, _ in entry.inputs)
    ET.fromstring(g.to_svg())


def test_the_picture_in_the_docs():
    names = run(
        """
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        x = torch.tensor([0.5, 0.25])
        with torch.watch():
            h = torch.tanh(w * x)
            loss = ((h + w) * h.detach()).sum()
        g = torch.graph(loss, values=True)
        """
    )
    path = pathlib.Path(__file__).parents[2] / "docs" / "static" / "loss.svg"
    assert path.read_text(encoding="utf-8") == names["g"].to_svg()


def test_what_is_no_graph():
    with pytest.raises(TypeError):
        torch.graph("x")
    with pytest.raises(RuntimeError, match="no history"):
        torch.graph(torch.ones(2))


def test_instructions_are_drawn():
    class Instruction:
        def __init__(self, name, inputs, outputs):
            self.name, self.inputs, self.outputs, self.shape, self.dtype, self.line = (
                name,
                inputs,
                outputs,
                (2,),
                torch.float32,
                7,
            )

    class Recorded:
        instructions = [Instruction("mul", ["a", "b"], ["c"]), Instruction("sum", ["c"], ["d"])]
        outputs = ["d"]

    g = torch.graph(Recorded())
    assert [entry.title for entry in g.entries] == ["a", "b", "c = a * b", "d = sum(c)"]
    assert g.entries[-1].kind == "result" and "line 7" in str(g)


def test_recorded_graphs_are_drawn():
    recorded = torch.record(lambda x, y: (x * y + 1).sin().sum(), torch.ones(2), torch.ones(2))
    g = torch.graph(recorded)
    kinds = {entry.title: entry.kind for entry in g.entries}
    assert kinds["x0"] == "leaf" and kinds["c1"] == "const" and kinds["v1 = x0 * x1"] == "op"
    assert kinds["v4 = sum(v3)"] == "result" and "test_graph.py:" in str(g)
    backward = torch.graph(torch.record(lambda x: (x * x).sum(), torch.ones(2)).grad())
    assert overlapping(backward.picture.boxes) == [] and "v5, v6 = MulBackward0" in str(backward)
    for entry in backward.entries:
        assert len(set(entry.inputs)) == len(entry.inputs)


def test_layers_and_crossings():
    #     0   1
    #     | X |      two arrows that cross in the first order
    #     2   3
    grid = _layout._Grid([(10, 10)] * 4, [(0, 3), (1, 2)], [0, 0, 1, 1], [False] * 4)
    grid.rows = [[0, 1], [2, 3]]
    assert grid.crossings() == 1
    grid.order()
    assert grid.crossings() == 0
    assert _layout.layers_of(4, [(0, 1), (1, 3), (2, 3)], [True, False, True, False]) == [0, 1, 1, 2]
    assert _layout._apart([0, 0], [10, 10], [1, 1]) == [-(10 + _layout.GAP_X) / 2, (10 + _layout.GAP_X) / 2]
