"""The Python blocks of the README and of every page under docs/ run, and show what the page says."""

import re

import pytest

from backend import ON_TORCH, torch, wengert_only

from .pages import ROOT, Page, alike

PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md"))]
WITH_CODE = [name for name in PAGES if "docs/reference/" not in name and "```python" in (ROOT / name).read_text()]
# What these teach is PyTorch's: there their cells show the same.
COMMON = (
    "docs/tutorials/autograd.md",
    "docs/tutorials/custom-functions.md",
    "docs/tutorials/forward-mode.md",
    "docs/tutorials/regression-to-mlp.md",
)


@pytest.fixture(autouse=True)
def settings_as_before():
    """Pages change settings as a reader does; the next test finds them as they were."""
    dtype = torch.get_default_dtype()
    yield
    torch.set_default_dtype(dtype)
    torch.set_printoptions(profile="default")
    torch.set_grad_enabled(True)


@pytest.mark.parametrize("name", WITH_CODE)
def test_page(name, tmp_path, monkeypatch):
    text = None
    if ON_TORCH:
        if name not in COMMON:
            pytest.skip("speaks of wengert")
        text = (ROOT / name).read_text(encoding="utf-8")
        text = text.replace("import wengert as torch", "import torch").replace("from wengert", "from torch")
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    page = Page(name, text)
    assert page.blocks
    page.run()


@wengert_only
def test_blocks_are_found():
    """A block that is set in, or has another word after its fence, would not be run."""
    for name in PAGES:
        if "docs/reference/" in name:
            continue
        page = Page(name)
        fences = re.findall(r"^[ >]*(?:```|~~~) *(?:\{?code-block\}? *)?(?:python|py|pycon|python3)\b", page.text, re.M)
        assert len(fences) == len(page.blocks), name
        outputs = page.text.count("```output\n")
        assert outputs == sum(block.group(2) is not None for block in page.blocks), f"{name}: an output without a cell"


@wengert_only
def test_a_wrong_output_is_noticed():
    page = Page("made up", "```python\nx = 1\n```\n\n```python\nx + 1\n```\n\n```output\n3\n```\n")
    with pytest.raises(AssertionError, match=r"line 6(?s:.*)shows\n\n2\n\nnot\n\n3"):
        page.run()
    assert alike("tensor(...)\n", "tensor(2.)\n") and not alike("tensor(1.)\n", "tensor(2.)\n")
