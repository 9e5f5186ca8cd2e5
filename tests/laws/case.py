"""A Case is one op called with one sample in one dtype and layout: on the library, and on the NumPy reference.

Derivatives of the reference are central finite differences in float64.
"""

import numpy as np

from backend import DTYPES, operation, torch

from .reference import REFERENCE

STEP = 1e-6


def listed(result):
    """One output or several, as a list."""
    return list(result) if isinstance(result, (tuple, list)) else [result]


def is_float(array_or_tensor):
    return "float" in str(array_or_tensor.dtype)


class Case:
    def __init__(self, op, sample, layout, dtype="float64", repeated=False):
        """`layout` maps a shape to a Layout; `repeated` passes equal-shaped float operands as one and the same tensor."""
        self.op, self.sample, self.dtype = op, sample, dtype
        leaves = [leaf.astype(DTYPES[dtype]) if is_float(leaf) else leaf for leaf in sample.leaves]
        self.slots, self.values, self.layouts = [], [], []
        for leaf in leaves:
            same = [k for k, value in enumerate(self.values) if value.shape == leaf.shape and value.dtype == leaf.dtype]
            if not (repeated and same and is_float(leaf)):
                self.layouts.append(layout(leaf.shape))
                self.values.append(self.layouts[-1].settle(leaf))
                same = [len(self.values) - 1]
            self.slots.append(same[0])
        self.repeats = len(self.values) < len(leaves)
        self.inputs = [k for k, value in enumerate(self.values) if is_float(value)]

    def __repr__(self):
        described = ", ".join(
            f"{value.dtype}{value.tolist()} as {layout}" for value, layout in zip(self.values, self.layouts)
        )
        return f"{self.op['name']}({self.sample.text}) {self.dtype} with {described}"

    # On the library.

    def tensors(self, requires_grad=False):
        """Fresh tensors, one for each distinct operand."""
        made = [layout.place(value) for layout, value in zip(self.layouts, self.values)]
        if requires_grad:
            for k in self.inputs:
                made[k] = made[k].detach().requires_grad_()
        return made

    def arguments(self, tensors):
        leaves = [tensors[slot] for slot in self.slots]
        return self.sample.fill(leaves, lambda name: getattr(torch, name))

    @property
    def forms(self):
        """The ways to call it; a method needs a tensor in front."""
        on_tensor = bool(self.sample.args) and isinstance(self.sample.args[0], np.ndarray)
        return [form for form in ("function", "method") if self.op[form] and (on_tensor or form == "function")]

    def call(self, tensors, form=None):
        """The op's outputs as a list; the form is its first unless given."""
        args, kwargs = self.arguments(tensors)
        name, form = self.op["name"], form or self.forms[0]
        if name.endswith("_") and form != "inplace":  # a writing op: let it write into a copy
            args = (args[0].clone(), *args[1:])
        if form == "function":
            return listed(operation(name)(*args, **kwargs))
        if form == "method":
            return listed(getattr(args[0], name)(*args[1:], **kwargs))
        target = args[0].clone()
        result = getattr(target, name + "_")(*args[1:], **kwargs)
        assert result is target, f"{name}_ must return the tensor it wrote into"
        return [result]

    def outputs(self, tensors, form=None):
        """The outputs that carry derivatives."""
        return [out for out in self.call(tensors, form) if is_float(out)]

    # On the reference.

    def reference(self, values=None):
        values = self.values if values is None else values
        args, kwargs = self.sample.fill([values[slot] for slot in self.slots], DTYPES.__getitem__)
        with np.errstate(all="ignore"):
            return [np.asarray(out) for out in listed(REFERENCE[self.op["name"]](*args, **kwargs))]

    def reference_floats(self, values):
        return [out for out in self.reference(values) if is_float(out)]

    def along(self, tangents):
        """The reference's outputs differentiated in the direction `tangents` (one for each of self.inputs)."""
        low, high = (self.moved(tangents, sign * STEP) for sign in (-1, 1))
        return [(b - a) / (2 * STEP) for a, b in zip(self.reference_floats(low), self.reference_floats(high))]

    def is_smooth(self):
        """The slopes to the left and to the right agree in a random direction, as they do not between tied maxima."""
        random = np.random.default_rng(5)
        tangents = [
            random.uniform(0.5, 1, self.values[k].shape) * random.choice([-1, 1], self.values[k].shape)
            for k in self.inputs
        ]
        here = self.reference_floats(self.wide_values())
        low, high = (self.reference_floats(self.moved(tangents, sign * STEP)) for sign in (-1, 1))
        slopes = [((b - a) / STEP, (c - b) / STEP) for a, b, c in zip(low, here, high)]
        return all(np.allclose(left, right, rtol=1e-3, atol=1e-3) for left, right in slopes)

    def wide_values(self):
        return [value.astype(np.float64) if is_float(value) else value for value in self.values]

    def moved(self, tangents, step):
        values = self.wide_values()
        for k, tangent in zip(self.inputs, tangents):
            values[k] = values[k] + step * tangent
        return values

    def pulled_back(self, cotangents):
        """Gradients of sum(cotangent * output) of the reference, one for each of self.inputs."""
        return [pull(lambda x, k=k: self.weighted(k, x, cotangents), self.values[k]) for k in self.inputs]

    def weighted(self, k, value, cotangents):
        values = [*self.values[:k], value, *self.values[k + 1 :]]
        return sum(np.sum(u * out) for u, out in zip(cotangents, self.reference_floats(values)))


def pull(function, value, step=STEP):
    """Gradient of a scalar function of an array by central differences."""
    gradient = np.zeros(value.shape)
    for index in np.ndindex(*value.shape):
        low, high = value.copy(), value.copy()
        low[index] -= step
        high[index] += step
        gradient[index] = (function(high) - function(low)) / (2 * step)
    return gradient
