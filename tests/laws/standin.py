"""A table of ops as `wengert._core.ops()` gives it, for running the laws on PyTorch. Used with no other backend."""

INPUT = "input: Tensor"
OTHER = "input: Tensor, other: Tensor | float, *, alpha: float = 1"
POWER = "input: Tensor, exponent: Tensor | float"
DIM = "input: Tensor, dim: int | tuple[int, ...] | None = None, keepdim: bool = False"


def op(name, signature, *samples, method=True, function=True, inplace=False, differentiable=True):
    return {
        "name": name, "signature": signature, "doc": f"{name} of PyTorch.", "samples": list(samples),
        "method": method, "function": function, "inplace": inplace, "differentiable": differentiable,
    }  # fmt: skip


def unary(name, domain="f"):
    return op(name, INPUT, f"{domain}(2, 3)", f"{domain}()", f"{domain}(0, 2)", inplace=True)


def arithmetic(name, left="f", right="f", scalar="2.5", signature=OTHER):
    shapes = [("2, 3", "2, 3"), ("2, 3", "3"), ("2, 1", "1, 3"), ("", "2"), ("", ""), ("0, 3", "1, 3")]
    samples = [f"{left}({a}), {right}({b})" for a, b in shapes] + [f"{left}(2, 3), {scalar}"]
    return op(name, signature, *samples, inplace=True)


def comparison(name):
    return op(name, OTHER, "f(2, 3), f(3)", "i(4), i(4)", "i(4), 2", "f(2), 0.5", "i(3), f(3)", differentiable=False)


OPS = [
    unary("neg"), unary("exp"), unary("log", "pos"), unary("tanh"), unary("sin"), unary("cos"), unary("sqrt", "pos"),
    unary("abs"), unary("relu"),
    arithmetic("add"), arithmetic("sub"), arithmetic("mul"), arithmetic("div", right="pos"),
    arithmetic("pow", left="pos", signature=POWER),
    op("add", OTHER, "i(3), 2", "i(3), 2.5", "i(3), f(3)", "b(3), 1", "b(3), i(3)", "f(3), f(3), alpha=2", "i(3), i(3)"),
    op("div", OTHER, "i(3, lo=1), i(3, lo=1)", "i(3, lo=1), 2"),
    op("pow", POWER, "f(2, 3), 2", "f(3), 3", "pos(3), -0.5", "f(2), 0", "i(3), 2", "f(2), 1"),
    op("exp", INPUT, "i(3)", "b(2)"), op("neg", INPUT, "i(3)"), op("abs", INPUT, "i(3, lo=-4)"),
    *(comparison(name) for name in ("eq", "ne", "lt", "le", "gt", "ge")),
    op("where", "condition: Tensor, input: Tensor | float, other: Tensor | float", "b(2, 3), f(2, 3), f(2, 3)",
       "b(3), f(2, 1), f()", "b(2, 3), f(3), 0.5", "b(0, 2), f(2), f(2)", method=False),
    op("sum", DIM, "f(2, 3)", "f(2, 3), dim=1", "f(2, 3), dim=0, keepdim=True", "f(2, 3, 2), dim=(0, 2)", "f()", "f(0, 2)",
       "f(0, 2), dim=0", "i(3)", "b(3)", "f(2, 3), dim=-1"),
    op("sum", DIM, "f(2, 3), dtype=float64"),
    op("mean", DIM, "f(2, 3)", "f(2, 3), dim=1", "f(2, 3), dim=0, keepdim=True", "f(2, 3, 2), dim=(0, 2)", "f()"),
    op("max", "input: Tensor, dim: int, keepdim: bool = False", "f(2, 3), dim=1", "f(2, 3), dim=0, keepdim=True", "i(2, 3), dim=0"),
    op("max", INPUT, "f(2, 3)", "f()", "i(4)"),
    op("norm", "input: Tensor, p: float = 2, dim: int | None = None, keepdim: bool = False", "f(2, 3)", "f(2, 3), dim=1",
       "f(2, 3), p=1", "f(2, 3), p=3, dim=0", "f(2, 3), p=float('inf')", "f(2, 3), dim=1, keepdim=True", "f()"),
    op("dot", "input: Tensor, tensor: Tensor", "f(3), f(3)", "f(0), f(0)", "i(3), i(3)"),
    op("mv", "input: Tensor, vec: Tensor", "f(2, 3), f(3)", "f(0, 3), f(3)", "f(2, 0), f(0)"),
    op("mm", "input: Tensor, mat2: Tensor", "f(2, 3), f(3, 4)", "f(2, 0), f(0, 3)", "f(2, 2), f(2, 2)"),
    op("bmm", "input: Tensor, mat2: Tensor", "f(2, 2, 3), f(2, 3, 1)", "f(0, 2, 3), f(0, 3, 1)"),
    op("matmul", "input: Tensor, other: Tensor", "f(3), f(3)", "f(2, 3), f(3)", "f(3), f(3, 2)", "f(2, 3), f(3, 2)",
       "f(2, 2, 3), f(3, 2)", "f(2, 1, 2, 3), f(2, 3, 1)", "f(2, 3), f(2, 3, 1)", "f(2, 2, 3), f(3)", "f(3), f(2, 3, 1)"),
    op("select", "input: Tensor, dim: int, index: int", "f(2, 3), 1, 2", "f(2, 3), 0, -1"),
    op("reshape", "input: Tensor, shape: tuple[int, ...]", "f(2, 3), (3, 2)", "f(2, 3), (-1,)", "f(0, 2), (2, 0)", "f(), (1, 1)"),
    op("view", "input: Tensor, *shape: int", "f(6), 2, 3", "f(2, 6), (3, 4)", function=False),
    op("transpose", "input: Tensor, dim0: int, dim1: int", "f(2, 3), 0, 1", "f(2, 3, 1), -1, 0"),
    op("t", INPUT, "f(2, 3)", "f(2)"),
    op("permute", "input: Tensor, dims: tuple[int, ...]", "f(2, 3, 1), (2, 0, 1)"),
    op("expand", "input: Tensor, *sizes: int", "f(2, 1), 2, 3", "f(3), 2, -1", function=False),
    op("unsqueeze", "input: Tensor, dim: int", "f(2, 3), 1", "f(), 0", "f(2), -1"),
    op("squeeze", "input: Tensor", "f(2, 1)", "f(1, 1)"),
    op("squeeze", "input: Tensor, dim: int | tuple[int, ...]", "f(2, 1), 1", "f(2, 1), 0"),
    op("cat", "tensors: list[Tensor], dim: int = 0", "[f(2, 3), f(1, 3)], dim=0", "[f(2, 1), f(2, 2)], 1", method=False),
    op("__getitem__", "input: Tensor, index: object", "f(3, 2), i(4, hi=3)", "f(2, 3), (slice(None), i(2, 2, hi=3))", "f(2, 3), b(2, 3)",
       "f(3, 2), (1, slice(None))", "f(3, 2), (i(2, hi=3), i(2, hi=2))", "f(3), None", "f(2, 3), ...", function=False),
    op("zero_", INPUT, "f(2, 3)", function=False), op("fill_", "input: Tensor, value: float", "f(2, 3), 1.5", function=False),
    op("copy_", "input: Tensor, other: Tensor", "f(2, 3), f(3)", function=False),
    op("double", INPUT, "f(2, 3)", "i(2)", function=False), op("float", INPUT, "i(2, 3)", "b(2)", function=False),
    op("long", INPUT, "f(2, 3)", function=False, differentiable=False),
    op("bool", INPUT, "i(4, hi=2)", function=False, differentiable=False),
    op("to", "input: Tensor, dtype: dtype", "f(2, 3), float64", "i(2), float32", function=False),
    op("contiguous", INPUT, "f(2, 3)", function=False), op("clone", INPUT, "f(2, 3)", "f()"),
    op("detach", INPUT, "f(2, 3)", differentiable=False),
    op("zeros", "*size: int, dtype: dtype = None", "2, 3", "(2,), dtype=int64", method=False, differentiable=False),
    op("ones", "*size: int, dtype: dtype = None", "2, 0", "3, dtype=bool", method=False, differentiable=False),
    op("full", "size: tuple[int, ...], fill_value: float", "(2, 3), 1.5", "(2,), 3", "(), True", method=False, differentiable=False),
    op("arange", "*bounds: float", "5", "1, 4", "0.5, 2.0, 0.5", method=False, differentiable=False),
    op("randn", "*size: int", "2, 3", method=False, differentiable=False),
]  # fmt: skip
