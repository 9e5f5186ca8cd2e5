"""Recorded graphs: a function's operations as a list that is built first and run later. Depends on `_core`."""

from wengert._graph.graph import Graph as Graph, record as record
