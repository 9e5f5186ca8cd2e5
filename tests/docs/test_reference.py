"""The API reference has every public name, with what its docstring says."""

import importlib
import re
import sys

import pytest

from backend import wengert_only

from .pages import ROOT

pytestmark = wengert_only


@pytest.fixture(scope="module")
def reference():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        yield importlib.import_module("reference")
    finally:
        sys.path.remove(str(ROOT / "tools"))


@pytest.fixture(scope="module")
def pages(reference):
    return reference.pages()


def told(pages):
    """The names that some page tells."""
    text = "\n".join(pages.values())
    directive = r"^`{6,}\{py:(?:\w+)\} ([\w.]+)"
    return set(re.findall(directive, text, re.M)), set(re.findall(r"^- `([\w.]+)` is \{py:obj\}", text, re.M))


def test_every_public_name_is_there(pages):
    from test_public_docs import names

    here, elsewhere = told(pages)
    # What a class says is told where the class is.
    missing = [
        name
        for name in names()
        if name not in here | elsewhere
        and name.rpartition(".")[0] not in elsewhere
        and not name.startswith("wengert._")
    ]
    assert not missing, f"not in the reference: {', '.join(missing)}"


def test_modules_are_those_whose_docstrings_are_tested(reference):
    from test_public_docs import MODULES

    assert set(reference.PAGES) == set(MODULES)


def test_topics_name_what_there_is(reference):
    import wengert

    from_topics = [name for _, names in reference.TOPICS.values() for name in names.split()]
    assert len(from_topics) == len(set(from_topics)), "a name stands in two topics"
    gone = [name for name in from_topics if not hasattr(wengert, name)]
    assert not gone, f"topics name what is not there: {', '.join(gone)}"


def test_nothing_is_told_twice(pages):
    text = "\n".join(pages.values())
    found = re.findall(r"^`{6,}\{py:(?:\w+)\} ([\w.]+)", text, re.M)
    twice = {name for name in found if found.count(name) > 1}
    assert not twice


def test_signatures_are_whole(pages):
    text = "\n".join(pages.values())
    assert "wengert.tanh(input: Tensor) -> Tensor" in text
    assert "wengert.Tensor.tanh_() -> Self" in text
    assert "wengert.func.vmap(func: Callable[..., Any], in_dims: Any = 0" in text
    assert "wengert.nn.Linear(in_features: int, out_features: int, bias: bool = True" in text
    assert not re.search(r"^`{6,}\{py.*<.* at 0x", text, re.M)
    assert not re.search(r"^`{6,}\{py:.*[( ]_[A-Za-z]", text, re.M)


def test_examples_are_blocks_and_marks_are_text(reference):
    text = reference.markdown("p -= lr * g, and `a * b` < 1.\n\n    >>> 1 + 1\n    2\n\nMore.")
    assert text.splitlines() == [
        r"p -= lr \* g, and `a * b` \< 1.",
        "",
        "```pycon",
        "    >>> 1 + 1",
        "    2",
        "```",
        "",
        "More.",
    ]


def test_writing_leaves_nothing_old(reference, pages, tmp_path):
    (tmp_path / "old.md").write_text("")
    reference.write(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == set(pages)
