"""The rows, one file a family. Importing this package declares them in the order in which they are printed."""

from rows import small, chain, graph, model, package  # noqa: F401, I001  (the order is the table's)
from rows import derivatives, elementwise, reduce, lines, linear, select, backward, large, resources, see, replay  # noqa: F401
