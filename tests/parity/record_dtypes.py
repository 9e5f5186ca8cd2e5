"""Records which dtype PyTorch gives operations on mixed operands into dtypes.json, beside this file.

`python tests/parity/record_dtypes.py` needs torch, not wengert. tests/test_dtype_parity.py asks wengert the same questions.
"""

import json
import pathlib
import warnings

TARGET = pathlib.Path(__file__).with_name("dtypes.json")
DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float32", "float64"]
NUMBERS = [True, 3, 2.5]


def operands(torch):
    """Operands by name: a tensor and a 0-d tensor of each dtype, and Python's numbers."""
    made = {}
    for name in DTYPES:
        dtype = getattr(torch, name)
        made[name] = torch.ones(2, dtype=dtype)
        made[f"{name}()"] = torch.ones((), dtype=dtype)
    made.update({str(number): number for number in NUMBERS})
    return made


def questions(torch):
    """Functions of two operands, by name; the first one of `in place` is a copy that may be written to."""
    mask = torch.tensor([True, False])

    def cat(a, b):
        return torch.cat([a, b]) if a.dim() else torch.stack([a, b])

    def assign(a, b):
        a[...] = b
        return a

    return {
        "result_type": lambda a, b: torch.result_type(a, b),
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "rsub": lambda a, b: torch.rsub(a, b),
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "pow": lambda a, b: a**b,
        "lt": lambda a, b: a < b,
        "eq": lambda a, b: torch.eq(a, b),
        "where": lambda a, b: torch.where(mask, a, b),
        "max": lambda a, b: torch.max(a, b),
        "cat": cat,
        "add alpha": lambda a, b: torch.add(a, b, alpha=2),
        "add alpha float": lambda a, b: torch.add(a, b, alpha=2.5),
        "mm": lambda a, b: torch.mm(a.expand(2, 2), b.expand(2, 2)),
        "in place add": lambda a, b: a.clone().add_(b),
        "in place sub": lambda a, b: a.clone().sub_(b),
        "in place mul": lambda a, b: a.clone().mul_(b),
        "in place div": lambda a, b: a.clone().div_(b),
        "in place pow": lambda a, b: a.clone().pow_(b),
        "in place copy": lambda a, b: a.clone().copy_(b),
        "in place fill": lambda a, b: a.clone().fill_(b),
        "assign": lambda a, b: assign(a.clone(), b),
    }


def single(torch):
    """Functions of one tensor, by name."""
    return {
        "neg": lambda a: -a,
        "abs": lambda a: abs(a),
        "sign": lambda a: torch.sign(a),
        "relu": lambda a: torch.relu(a),
        "exp": lambda a: torch.exp(a),
        "sum": lambda a: a.sum(),
        "sum int8": lambda a: a.sum(dtype=torch.int8),
        "sum bool": lambda a: a.sum(dtype=torch.bool),
        "mean": lambda a: a.mean(),
        "mean float64": lambda a: a.mean(dtype=torch.float64),
        "mean int64": lambda a: a.mean(dtype=torch.int64),
        "max": lambda a: a.max(),
        "norm": lambda a: a.norm(),
        "norm float64": lambda a: a.norm(dtype=torch.float64),
        "dot": lambda a: torch.dot(a.reshape(-1), a.reshape(-1)),
        "zeros_like": lambda a: torch.zeros_like(a),
        "arange": lambda a: torch.arange(2, dtype=a.dtype),
        "full": lambda a: torch.full((2,), 3, dtype=a.dtype),
        "rand": lambda a: torch.rand(2, dtype=a.dtype),
        "in place neg": lambda a: a.clone().neg_(),
        "in place exp": lambda a: a.clone().exp_(),
        "requires_grad": lambda a: a.clone().requires_grad_(),
        "index": lambda a: torch.arange(2)[a],
        "condition": lambda a: torch.where(a, torch.ones(2), torch.zeros(2)),
    }


def answer(function, *args):
    """The name of the result's dtype, or the class of the error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(*args)
        except (RuntimeError, TypeError, IndexError, ValueError, AttributeError) as error:
            return "NotImplementedError" if isinstance(error, NotImplementedError) else type(error).__name__
    return str(getattr(result, "dtype", result)).rpartition(".")[2]


def answers(torch):
    """Every question's answers: for two operands as {"a b": dtype}, where at least one is a tensor."""
    found = {}
    made = operands(torch)
    for name, function in questions(torch).items():
        pairs = found[name] = {}
        for a, x in made.items():
            for b, y in made.items():
                first = isinstance(x, torch.Tensor)
                if first or (isinstance(y, torch.Tensor) and "place" not in name and name not in METHODS):
                    pairs[f"{a} {b}"] = answer(function, x, y)
    for name, function in single(torch).items():
        found[f"one {name}"] = {a: answer(function, x) for a, x in made.items() if isinstance(x, torch.Tensor)}
    for name in ("promote_types", "can_cast"):
        found[name] = {
            f"{a} {b}": answer(getattr(torch, name), getattr(torch, a), getattr(torch, b))
            for a in DTYPES
            for b in DTYPES
        }
    return found


# Questions whose first operand has to be a tensor.
METHODS = {"rsub", "max", "cat", "mm", "eq", "add alpha", "add alpha float", "assign"}


def main():
    import torch

    found = answers(torch)
    lines = ",\n".join(f"{json.dumps(name)}:{json.dumps(each, separators=(',', ':'))}" for name, each in found.items())
    TARGET.write_text(f'{{"torch":"{torch.__version__}","answers":{{\n{lines}\n}}}}\n')
    print(f"{TARGET}: {sum(map(len, found.values()))} answers")


if __name__ == "__main__":
    main()
