"""Every operation, recorded with one set of values and run with another: the bits of the eager call, values and gradients."""

import pytest

from backend import DTYPES, ON_TORCH, torch
from laws.samples import Uniform, evaluate

if ON_TORCH:
    pytest.skip("PyTorch has no recorded graphs", allow_module_level=True)

# What is refused while a graph is recorded, with an error that says so.
REFUSED = {"bincount", "histc"}

SAMPLES = [(op["name"], text) for op in torch._core.ops() for text in op["samples"]]


def bits(x):
    return (str(x.dtype), tuple(x.shape), x.detach().contiguous().numpy().tobytes())


def listed(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, (tuple, list)):
        return [y for part in result for y in listed(part)]
    return [torch.tensor(result)] if isinstance(result, (bool, int, float)) else []


def cast(leaf, dtype):
    return torch.tensor(leaf.astype(DTYPES[dtype]) if "float" in str(leaf.dtype) else leaf)


def call(name, sample):
    op = getattr(torch, name, None) or getattr(torch._core, name, None)

    def run(*tensors):
        args, kwargs = sample.fill(tensors, lambda found: getattr(torch, found))
        if name.endswith("_"):
            args = (args[0].clone(), *args[1:])
        return op(*args, **kwargs) if op is not None else getattr(args[0], name)(*args[1:], **kwargs)

    return run


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "text"), SAMPLES)
def test_replay_gives_the_bits_of_the_eager_call(name, text, dtype):
    first, second = evaluate(name, text, Uniform(1)), evaluate(name, text, Uniform(2))
    f = call(name, first)
    examples = [cast(leaf, dtype) for leaf in first.leaves]
    if name in REFUSED:
        with pytest.raises(RuntimeError, match="record"):
            torch.record(f, *examples)
        return
    g = torch.record(f, *examples)
    for leaves in (second.leaves, first.leaves, second.leaves):
        tensors = [cast(leaf, dtype) for leaf in leaves]
        before = [bits(t) for t in tensors]
        got, want = listed(g(*tensors)), listed(f(*tensors))
        assert [bits(y) for y in got] == [bits(y) for y in want]
        assert [bits(t) for t in tensors] == before


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize(("name", "text"), SAMPLES)
def test_replay_of_gradients_gives_the_bits_of_eager_ones(name, text, order):
    first, second = evaluate(name, text, Uniform(1)), evaluate(name, text, Uniform(2))
    f = call(name, first)
    floats = [k for k, leaf in enumerate(first.leaves) if "float" in str(leaf.dtype)]
    if name in REFUSED or not floats:
        return

    def pull(*tensors):
        given = [t.detach().clone().requires_grad_(k in floats) for k, t in enumerate(tensors)]
        outs = [y for y in listed(f(*given)) if y.requires_grad]
        total = sum((y * (y.detach() + 2)).sum() for y in outs) if outs else None
        for left in reversed(range(order)):
            if total is None or not total.requires_grad:
                return []
            inputs = [given[k] for k in floats]
            grads = torch.autograd.grad(total, inputs, create_graph=left > 0, allow_unused=True)
            grads = [x for x in grads if x is not None]
            if left == 0:
                return grads
            total = sum((x * x).sum() for x in grads)
        return None

    examples = [cast(leaf, "float64") for leaf in first.leaves]
    g = torch.record(pull, *examples)
    for leaves in (second.leaves, first.leaves, second.leaves):
        tensors = [cast(leaf, "float64") for leaf in leaves]
        assert [bits(y) for y in listed(g(*tensors))] == [bits(y) for y in listed(pull(*tensors))]
