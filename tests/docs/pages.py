"""Pages of Markdown as programs: their Python blocks are run in order, and what each shows is compared with the page.

A block that begins with a prompt is a doctest. Any other is a cell, as in a notebook: what it prints, the value of a last
expression, and the error that ends it are what the block ```output under it says; a cell without such a block shows nothing.
`...` in an output stands for any text.
"""

import ast
import contextlib
import doctest
import io
import linecache
import pathlib
import re
import sys
import traceback

ROOT = pathlib.Path(__file__).parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n*^```output\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


class Page:
    """A page, and the namespace that its blocks share."""

    def __init__(self, name, text=None):
        self.name = name
        self.path = ROOT / name
        self.text = self.path.read_text(encoding="utf-8") if text is None else text
        self.blocks = list(BLOCK.finditer(self.text))
        self.names = {"__name__": "__main__"}
        # Errors show lines of the program: wherever the tests run, these are lines of the page.
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(True), name)

    def run(self):
        """Run all blocks; the first that shows something else than the page fails the test."""
        for block in self.blocks:
            source, wanted = block.groups()
            line = self.text.count("\n", 0, block.start(1))
            if source.lstrip().startswith(">>>"):
                self.session(source, line)
                continue
            shown = self.cell(source, line, wanted is not None)
            wanted = wanted or ""
            if not alike(wanted, shown):
                raise AssertionError(
                    f"{self.name}, line {line + 1}: the cell\n\n{source}\nshows\n\n{shown}\nnot\n\n{wanted}"
                )

    def session(self, source, line):
        """A block with prompts."""
        test = doctest.DocTestParser().get_doctest(source, self.names, self.name, str(self.path), line)
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, clear_globs=False)
        assert result.failed == 0, f"{self.name}, line {line + 1}: {result.failed} examples fail, see the output"
        self.names.update(test.globs)

    def cell(self, source, line, may_raise):
        """What a block shows; errors point to the line in the page. One that is not shown is the caller's."""
        tree = ast.parse("\n" * line + source, self.name)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            try:
                exec(compile(tree, self.name, "exec"), self.names)
                if last is not None:
                    value = eval(compile(ast.Expression(last.value), self.name, "eval"), self.names)
                    if value is not None:
                        print(repr(value))
            except Exception as error:
                if not may_raise:
                    raise
                print("".join(traceback.format_exception_only(error)).strip())
        return printed.getvalue()


def alike(wanted, shown):
    """Whether a cell shows what the page says, blanks at the ends of lines aside."""

    def tidy(text):
        return "".join(f"{part.rstrip()}\n" for part in text.rstrip().splitlines())

    return doctest.OutputChecker().check_output(tidy(wanted), tidy(shown), doctest.ELLIPSIS)


def write(name):
    """Put into a page what its cells show: for who writes one. Outputs that hold are left, with their `...`."""
    page = Page(name)
    parts, at = [], 0
    for block in page.blocks:
        source, wanted = block.groups()
        line = page.text.count("\n", 0, block.start(1))
        shown = page.cell(source, line, True)
        end = block.end() if wanted is not None else block.end(1) + len("```\n")
        parts.append(page.text[at : block.end(1)] + "```\n")
        if wanted is not None and alike(wanted, shown):
            parts = [*parts[:-1], page.text[at:end]]
        elif shown:
            parts.append("\n```output\n" + shown.rstrip() + "\n```" + ("\n" if wanted is None else ""))
        at = end
    page.path.write_text("".join(parts) + page.text[at:], encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write(name)
