"""The Python blocks of README.md run, in order and in one namespace; those with prompts also print what they show."""

import doctest
import pathlib
import re

from backend import wengert_only

README = pathlib.Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@wengert_only
def test_blocks(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = README.read_text(encoding="utf-8")
    blocks = list(BLOCK.finditer(text))
    assert blocks
    names = {"__name__": "__main__"}
    for block in blocks:
        run(block.group(1), text.count("\n", 0, block.start(1)), names)


def run(source, line, names):
    """Run a block that starts after `line` lines; errors then point to the line in the file."""
    if not source.lstrip().startswith(">>>"):
        exec(compile("\n" * line + source, str(README), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(source, names, "README.md", str(README), line)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False)
    assert result.failed == 0, f"README.md, line {line + 1}: {result.failed} examples fail, see the output"
    names.update(test.globs)
