"""Records how PyTorch prints tensors into repr.json, beside this file: `python tests/parity/record_repr.py`.

Needs torch and NumPy, not wengert. tests/test_repr_parity.py holds wengert to the recorded texts.
"""

import json
import pathlib

import numpy as np
import torch

TARGET = pathlib.Path(__file__).with_name("repr.json")
FLOATS = ["float32", "float64", "float16"]
INTEGERS = ["int64", "int32", "int16", "int8", "uint8"]
EDGES = [1e-4, 9.9e-5, 1e8, 1e8 + 8, 1000.0, 1001.0, 999.5, 0.1, 9.99995, 0.99995, 99999.5, 1e-38, 3e38, -1.0, 0.5, 1.0]
SPECIALS = [np.nan, np.inf, -np.inf, 0.0, -0.0]
OPTIONS = [
    {"precision": 0},
    {"precision": 2},
    {"precision": 8},
    {"sci_mode": True},
    {"sci_mode": False},
    {"linewidth": 20},
    {"linewidth": 1},
    {"threshold": 3},
    {"threshold": 3, "edgeitems": 1},
    {"threshold": 0, "edgeitems": 0},
    {"profile": "short"},
    {"profile": "short", "threshold": 5, "linewidth": 33},
    {"profile": "full", "precision": 1},
]


def record(cases, values, dtype=None, default="float32", history="", options=None):
    """Print one tensor and keep what is needed to print it again; history is "", "leaf" or "view"."""
    with np.errstate(all="ignore"):
        array = np.asarray(values, dtype=dtype)
    torch.set_default_dtype(getattr(torch, default))
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**(options or {}))
    tensor = torch.from_numpy(array.copy())
    if history:
        tensor.requires_grad_()
    if history == "view":
        tensor = tensor.view(tensor.shape)
    # The shortest digits that read back as the same number of this dtype.
    flat = array.ravel()
    numbers = [float(str(x)) for x in flat] if array.dtype.kind == "f" else flat.tolist()
    case = {"dtype": str(array.dtype), "shape": array.shape, "values": numbers, "text": repr(tensor)}
    if default != "float32":
        case["default"] = default
    if history:
        case["history"] = history
    if options:
        case["options"] = options
    cases.append(case)


def chosen(cases):
    """Cases somebody thought of."""
    for dtype in FLOATS:
        for value in [0.0, -0.0, 1.0, -2.5, 1e-5, 123456.0, 1e-4, 3.14159265, np.nan, np.inf, -np.inf]:
            record(cases, value, dtype)
        for special in SPECIALS:
            record(cases, [special, 1.0], dtype)
            record(cases, [[special], [-1234.5]], dtype)
        record(cases, SPECIALS, dtype)
    for pair in [(a, b) for a in EDGES for b in (1.0, 0.5)]:
        record(cases, pair, "float32")
        record(cases, pair, "float64")
    record(cases, [1e-310, 1.7e308, 5e-324], "float64")
    for dtype in [*FLOATS, *INTEGERS, "bool"]:
        for shape in [(0,), (0, 3), (2, 0), (1, 0, 2)]:
            record(cases, np.zeros(shape), dtype)
        record(cases, np.ones((2, 1, 2)), dtype)
        record(cases, np.ones((1, 2, 1, 2)), dtype, default="float64")
        if dtype in INTEGERS:
            record(cases, [np.iinfo(dtype).min, 0, np.iinfo(dtype).max], dtype)
            record(cases, [[-7, 10], [100, 5]] if dtype != "uint8" else [[7, 10], [100, 5]], dtype)
    record(cases, [[True, False], [False, False]], "bool")
    record(cases, False, "bool")
    # The long lines: where they break, and where what follows the values goes.
    for count in [9, 10, 11, 20, 21]:
        for history in ["", "leaf", "view"]:
            record(cases, np.arange(count) / 4 - 1, "float32", history=history)
            record(cases, np.arange(count) / 4 - 1, "float64", history=history)
    for shape in [(2, 12), (2, 2, 9), (3, 1, 1, 2), (2, 1, 2, 1, 2)]:
        count = int(np.prod(shape))
        record(cases, np.arange(count).reshape(shape) * 37, "int64")
        record(cases, np.sqrt(np.arange(count).reshape(shape)), "float64", history="view")
    # Summaries.
    record(cases, np.arange(1001), "int64")
    record(cases, np.zeros(1000), "float32")
    record(cases, np.eye(33), "float32", history="leaf")
    record(cases, np.arange(1002).reshape(501, 2) % 2, "bool")
    record(cases, np.arange(1200).reshape(2, 600) % 100, "int64")
    record(cases, np.arange(1056).reshape(4, 8, 33) % 9 / 4, "float64")
    for options in OPTIONS:
        record(cases, np.arange(9), "int64", options=options)
        record(cases, 3.0, "float32", options=options, history="leaf")
        record(cases, np.zeros((0, 2)), "float32", options=options)
        record(cases, np.zeros(0), "float64", options=options)
        record(cases, np.arange(12).reshape(3, 4) / 3, "float64", options=options, history="view")
        record(cases, [[1e10, -1.0, np.nan], [0.0, 2.5, 1e-6]], "float32", options=options)


def drawn(cases, count, seed=2004):
    """Random shapes, values and options."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        shape = tuple(rng.integers(rng.random() > 0.05, 5, size=rng.integers(0, 6)))
        options = OPTIONS[rng.integers(len(OPTIONS))] if rng.random() < 0.3 else None
        default = ["float32", "float64"][rng.integers(2)]
        if rng.random() < 0.25:
            dtype = INTEGERS[rng.integers(len(INTEGERS))]
            top = min(np.iinfo(dtype).max, 10 ** int(rng.integers(1, 18)))
            record(
                cases, rng.integers(max(np.iinfo(dtype).min, -top), top, size=shape), dtype, default, options=options
            )
            continue
        values = rng.standard_normal(shape)
        values *= 10.0 ** rng.integers(*[(-6, 10), (-2, 3), (0, 1)][rng.integers(3)], size=[(), shape][rng.integers(2)])
        values = np.round(values, int(rng.integers(1, 7))) if rng.random() < 0.6 else np.round(values)
        values = np.where(rng.random(shape) < rng.choice([0, 0.3]), rng.choice(SPECIALS, size=shape), values)
        history = ["", "leaf", "view"][rng.integers(3)]
        record(cases, values, FLOATS[rng.integers(3)], default, history, options)


def main():
    cases = []
    chosen(cases)
    drawn(cases, 300)
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    TARGET.write_text(f'{{"torch":"{torch.__version__}","cases":[\n{lines}\n]}}\n')
    print(f"{TARGET}: {len(cases)} cases, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
