"""Looking at derivatives: the tape as a list, a picture, steps, and answers. Plain Python over `_core`."""

from wengert._see._cost import Cost, Count, cost
from wengert._see._explain import Explanation, Passage, explain
from wengert._see._graph import Graph, graph
from wengert._see._steps import ForwardStep, ReverseStep, Sent
from wengert._see._tape import Operand, Tape, Variable, tape
from wengert._see._watch import Event, Recording, watch
from wengert._see._why import Answer, why_no_grad

__all__ = [
    "Answer",
    "Cost",
    "Count",
    "Event",
    "Explanation",
    "ForwardStep",
    "Graph",
    "Operand",
    "Passage",
    "Recording",
    "ReverseStep",
    "Sent",
    "Tape",
    "Variable",
    "cost",
    "explain",
    "graph",
    "tape",
    "watch",
    "why_no_grad",
]
