"""Sphinx's configuration of the book: `make docs`. The source folder is the project's own, so that links between all pages hold."""

import pathlib

from docutils.nodes import SkipNode
from docutils.utils.math import latex2mathml

project = "wengert"
author = "the authors of wengert"
copyright = author

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = [
    "*.md",
    "docs/*.md",
    "docs/*/*.md",
    "benches/README.md",
    "tests/README.md",
    "rust/wengert/README.md",
    "python/wengert/data/README.md",
]

# Formulas are in $...$, headings can be linked to.
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

# Two classes of one name, in a signature that names no module.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "wengert"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["book.css"]
pygments_style = "default"
pygments_dark_style = "github-dark"
python_maximum_signature_line_length = 100
toc_object_entries_show_parents = "hide"


def formula(display):
    """Formulas as MathML, which browsers draw by themselves: no script, no font, no network."""

    def visit(self, node):
        tree = latex2mathml.tex2mathml(node.astext(), as_block=display)
        self.body.append(f'<div class="formula">{tree}</div>' if display else str(tree))
        raise SkipNode

    return visit, None


def first_page(app, problem):
    """The site opens where its folder does."""
    if problem is None and app.builder.name == "html":
        text = '<!doctype html>\n<meta charset="utf-8">\n<meta http-equiv="refresh" content="0; url=docs/index.html">\n'
        (pathlib.Path(app.outdir) / "index.html").write_text(text, encoding="utf-8")


def setup(app):
    app.connect("build-finished", first_page)
    app.add_html_math_renderer("mathml", inline_renderers=formula(False), block_renderers=formula(True))


html_math_renderer = "mathml"
