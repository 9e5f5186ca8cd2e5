"""Large operations as programs use them, 1e3 to 1e7 elements, against PyTorch: float32, products in float64 too. What
computes only is to keep its bound with `--threads 2` as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from row import EAGER, Case, row, to_torch
from rows.elementwise import draw

Find = Callable[[Any], Callable[..., Any]]
Shape = tuple[int, ...]
TALL: Shape = (4096, 1024)
SQUARE: Shape = (1000, 1000)


def _forward(name: str, title: str, limit: float, find: Find, *shapes: Shape, dtype: str = "f32") -> None:
    @row(f"large/{dtype}/{name}", title, to_torch(limit), libs=EAGER)
    def kernel(lib: Any) -> Case:
        return lib.forward(find(lib), *(draw(dtype, -1, 1, *s, seed=i) for i, s in enumerate(shapes)))


def _both(
    name: str, title: str, limit: float, find: Find, *shapes: Shape, out: Shape | None = None, dtype: str = "f32"
) -> None:
    """Forward and backward; the cotangent has the shape `out`, or that of the first operand."""

    @row(f"large/{dtype}/{name}-grad", f"{title}, forward and backward", to_torch(limit), libs=EAGER)
    def gradient(lib: Any) -> Case:
        inputs = [draw(dtype, -1, 1, *s, seed=i) for i, s in enumerate(shapes)]
        return lib.step(find(lib), inputs, draw(dtype, -1, 1, *(out or shapes[0]), seed=9))


def composite(lib: Any) -> Callable[[Any], Any]:
    """Ten elementwise operations."""
    tanh, exp, log1p = lib.m.tanh, lib.m.exp, lib.m.log1p

    def f(x: Any) -> Any:
        t = tanh(x)
        e = exp(x * 0.5)
        v = t * e + x
        return log1p(v * v) * t * 0.5 + e

    return f


def power(n: int) -> str:
    return f"1e{len(str(n)) - 1}"


for _n, _limit in ((1_000_000, 0.35), (10_000_000, 0.25)):
    _both(f"composite-{power(_n)}", "tanh, exp, log1p, mul, add: 10 operations", _limit, composite, (_n,))
for _n, _limit in ((1000, 0.1), (10_000, 0.45), (100_000, 0.9), (1_000_000, 0.9), (10_000_000, 0.2)):
    _forward(f"add-{power(_n)}", "a + b", _limit, lambda lib: lambda a, b: a + b, (_n,), (_n,))
    _forward(f"mul-{power(_n)}", "a * b", _limit, lambda lib: lambda a, b: a * b, (_n,), (_n,))
_both("mul-1e6", "a * b", 0.55, lambda lib: lambda a, b: a * b, (1_000_000,), (1_000_000,))
_both("exp-1e6", "exp(a)", 0.35, lambda lib: lib.m.exp, (1_000_000,))
for _n, _e, _t in ((1_000_000, 0.4, 0.12), (10_000_000, 0.25, 0.15)):
    _forward(f"exp-{power(_n)}", "exp(a)", _e, lambda lib: lib.m.exp, (_n,))
    _forward(f"tanh-{power(_n)}", "tanh(a)", _t, lambda lib: lib.m.tanh, (_n,))
    _forward(f"sum-{power(_n)}", "sum of all", 1.0, lambda lib: lib.m.sum, (_n,))

for _dim in (0, 1):
    _forward(f"sum-dim{_dim}", f"sum along {_dim}", 0.9, lambda lib, d=_dim: lambda a: a.sum(d), TALL)
    _forward(f"mean-dim{_dim}", f"mean along {_dim}", 0.9, lambda lib, d=_dim: lambda a: a.mean(d), TALL)
    _forward(f"max-dim{_dim}", f"max and index along {_dim}", 0.25, lambda lib, d=_dim: lambda a: a.max(d), TALL)
    _both(
        f"max-dim{_dim}",
        f"max and index along {_dim}",
        0.4,
        lambda lib, d=_dim: lambda a: a.max(d)[0],
        TALL,
        out=(TALL[1 - _dim],),
    )
    _both(
        f"cumsum-dim{_dim}",
        f"running sum along {_dim}",
        (0.3, 0.7)[_dim],
        lambda lib, d=_dim: lambda a: a.cumsum(d),
        TALL,
    )
    _forward(
        f"sort-dim{_dim}", f"sort and order along {_dim}", 0.25, lambda lib, d=_dim: lambda a: a.sort(d)[0], SQUARE
    )

_forward("row-plus-matrix", "row + matrix, 4096 x 1024", 0.8, lambda lib: lambda a, b: a + b, (1024,), TALL)
_both("row-plus-matrix", "row + matrix, 4096 x 1024", 0.55, lambda lib: lambda a, b: a + b, (1024,), TALL, out=TALL)
_forward("transposed-copy", "copy of the transpose of 4096 x 1024", 0.4, lambda lib: lib.transposed_copy, TALL)
_forward("softmax", "softmax of 4096 rows of 1024", 0.8, lambda lib: lambda a: a.softmax(1), TALL)
_both("softmax", "softmax of 4096 rows of 1024", 0.5, lambda lib: lambda a: a.softmax(1), TALL)


def layer_norm(lib: Any) -> Callable[..., Any]:
    norm = lib.m.nn.functional.layer_norm
    return lambda a, w, b: norm(a, (1024,), w, b)


_forward("layer_norm", "layer norm of 4096 rows of 1024", 0.8, layer_norm, TALL, (1024,), (1024,))
_both("layer_norm", "layer norm of 4096 rows of 1024", 0.45, layer_norm, TALL, (1024,), (1024,))


def product(lib: Any) -> Callable[..., Any]:
    return lambda a, b: a @ b


for _n, _value, _grad, _dtypes in (
    (64, 0.45, 0.2, ("f32",)),
    (256, 0.85, 0.85, ("f32", "f64")),
    (512, 0.95, 0.95, ("f32",)),
    (1024, 0.85, 0.85, ("f32", "f64")),
    (2048, 0.95, 0.95, ("f32",)),
):
    for _dtype in _dtypes:
        _title = f"{_n} x {_n} @ {_n} x {_n}"
        _forward(f"matmul-{_n}", _title, _value, product, (_n, _n), (_n, _n), dtype=_dtype)
        _both(f"matmul-{_n}", _title, _grad, product, (_n, _n), (_n, _n), dtype=_dtype)
_forward("bmm-64", "64 of 64 x 64 @ 64 x 64", 0.75, product, (64, 64, 64), (64, 64, 64))
_both("bmm-64", "64 of 64 x 64 @ 64 x 64", 0.6, product, (64, 64, 64), (64, 64, 64))
_both("matmul-128-784-256", "128 x 784 @ 784 x 256", 0.85, product, (128, 784), (784, 256), out=(128, 256))
_forward("matmul-1-784-256", "1 x 784 @ 784 x 256", 0.6, product, (1, 784), (784, 256))


@row("large/f32/index_select-grad", "1e5 rows of 5e4 x 64, forward and backward", to_torch(0.5), libs=EAGER)
def index_select(lib: Any) -> Case:
    at = lib.array(np.random.default_rng(4).integers(0, 50_000, 100_000))
    return lib.step(
        lambda a: a.index_select(0, at), [draw("f32", -1, 1, 50_000, 64)], draw("f32", -1, 1, 100_000, 64, seed=9)
    )


@row("large/f32/mlp-step", "SGD step of an MLP 784-256-10, batch of 128", to_torch(0.7), libs=EAGER)
def mlp(lib: Any) -> Case:
    nn = lib.m.nn
    target = lib.array(np.random.default_rng(1).integers(0, 10, 128))
    data = lib.array(draw("f32", -1, 1, 128, 784))
    loss = nn.functional.cross_entropy

    def build() -> tuple[Any, Any]:
        net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))
        with lib.m.no_grad():
            for i, p in enumerate(net.parameters()):
                p.copy_(lib.array(draw("f32", -0.05, 0.05, *p.shape, seed=20 + i)))
        return net, lib.m.optim.SGD(net.parameters(), lr=0.1)

    def trained() -> list[Any]:
        net, rule = build()
        for _ in range(5):
            rule.zero_grad()
            loss(net(data), target).backward()
            rule.step()
        return [p.detach() for p in net.parameters()]

    net, rule = build()
    return Case(
        "zero()\nloss(net(data), target).backward()\nstep()",
        {"zero": rule.zero_grad, "loss": loss, "net": net, "data": data, "target": target, "step": rule.step},
        result=trained,
    )
