"""Programs that Hypothesis makes, of arithmetic, views, writes, branches, random numbers and gradients: replay against
the eager run, bit for bit, effects on captured tensors and generators included."""

import pytest
from hypothesis import given, settings, strategies as st

from backend import ON_TORCH, torch

if ON_TORCH:
    pytest.skip("PyTorch has no recorded graphs", allow_module_level=True)

UNARY = ("sin", "exp", "tanh", "neg", "abs", "relu", "sigmoid", "square")
BINARY = ("add", "sub", "mul", "maximum")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("unary"), st.sampled_from(UNARY), st.integers(0, 9)),
        st.tuples(st.just("binary"), st.sampled_from(BINARY), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("number"), st.sampled_from(BINARY[:3]), st.integers(0, 9), st.sampled_from((0.5, -2.0, 3.0))),
        st.tuples(st.just("view"), st.sampled_from(("row", "column", "transposed", "tail")), st.integers(0, 9)),
        st.tuples(st.just("write"), st.sampled_from(("add_", "mul_", "copy_")), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("outside"), st.sampled_from(("add_", "mul_", "copy_")), st.integers(0, 9)),
        st.tuples(st.just("branch"), st.integers(0, 9), st.floats(-1, 1)),
        st.tuples(st.just("random"), st.integers(0, 9)),
        st.tuples(st.just("sum"), st.integers(0, 9)),
        st.tuples(st.just("grad"), st.sampled_from(UNARY), st.integers(0, 9)),
        st.tuples(st.just("pick"), st.integers(0, 9)),
    ),
    min_size=1,
    max_size=14,
)


def matrix(x):
    return x if x.shape == (2, 3) else fit(x, torch.zeros(2, 3))


def seen(x, how):
    x = matrix(x)
    if how == "row":
        return x[0]
    if how == "column":
        return x[:, 1:2]
    return x.t() if how == "transposed" else x.reshape(-1)[1:4]


def fit(x, like):
    """`x` in the shape of `like`, whatever it has."""
    flat = x.reshape(-1)
    return torch.cat([flat] * (like.numel() // flat.numel() + 1))[: like.numel()].reshape(like.shape)


def program(steps, outside):
    def run(x, y):
        values = [x * 1, y, outside]

        def at(k):
            return values[k % len(values)]

        for kind, *args in steps:
            if kind == "unary":
                made = getattr(torch, args[0])(at(args[1]))
            elif kind == "binary":
                made = getattr(torch, args[0])(at(args[1]), fit(at(args[2]), at(args[1])))
            elif kind == "number":
                made = getattr(torch, args[0])(at(args[1]), args[2])
            elif kind == "view":
                made = seen(at(args[1]), args[0])
            elif kind == "write":
                target = at(args[1])
                if target is x or target is y:
                    target = target.clone()
                getattr(target, args[0])(fit(at(args[2]), target))
                made = target
            elif kind == "outside":
                getattr(outside, args[0])(fit(at(args[1]), outside).clamp(-2, 2))
                made = outside + 0
            elif kind == "branch":
                made = at(args[0]) * 2 if at(args[0]).sum() > args[1] else at(args[0]) - 1
            elif kind == "random":
                made = at(args[0]) + torch.rand(at(args[0]).shape)
            elif kind == "sum":
                made = at(args[0]).sum()
            elif kind == "pick":
                flat = at(args[0]).reshape(-1)
                made = flat[flat.argmax().reshape(1)] + flat.sort()[0]
            else:
                leaf = at(args[1]).detach().clone().requires_grad_()
                z = getattr(torch, args[0])(leaf)
                made = torch.autograd.grad((z * z * leaf).sum(), leaf)[0]
            values.append(made)
        return tuple(v.clone() for v in values[3:])

    return run


def bits(x):
    return (str(x.dtype), tuple(x.shape), x.detach().contiguous().numpy().tobytes())


@settings(deadline=None, max_examples=120)
@given(steps, st.integers(0, 1000))
def test_replay_is_the_eager_run(steps, seed):
    torch.manual_seed(seed)
    inputs = [(torch.randn(2, 3), torch.randn(3)) for _ in range(4)]
    ours = torch.randn(2, 3)
    theirs = ours.clone()
    f, h = program(steps, ours), program(steps, theirs)

    def fresh():
        return [tuple(t.clone() for t in pair) for pair in inputs]

    def run(function, pair):
        return [bits(v) for v in function(*pair)], [bits(t) for t in pair]

    torch.manual_seed(seed)
    first, *_ = fresh()
    g = torch.record(f, *first)
    got = [run(g, pair) for pair in fresh()]
    torch.manual_seed(seed)
    first, *_ = fresh()
    h(*first)
    want = [run(h, pair) for pair in fresh()]
    assert got == want
    assert bits(ours) == bits(theirs)
    assert g.ways <= 2 ** sum(kind == "branch" for kind, *_ in steps)


@pytest.mark.parametrize("n", [1, 7, 2047, 2048, 5000, 100_000])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_fused_runs_have_the_bits_of_single_ones(n, dtype):
    w = torch.linspace(0.5, 1.5, n, dtype=dtype)
    count = torch.zeros(n, dtype=dtype)

    def f(x, s):
        leaf = x.detach().requires_grad_()
        y = (leaf * 0.9 + s).tanh()
        z = (y * w - 0.3).sin()
        loss = ((z * z).exp() / (w + 2)).sum()
        grad = torch.autograd.grad(loss, leaf)[0]
        count.add_(grad)
        count.mul_(count)
        total = torch.zeros(n, dtype=dtype)
        total += y
        total[: n // 2] *= 2
        return loss.detach(), grad, total, y.detach()

    x, s = torch.linspace(-1, 1, n, dtype=dtype), torch.tensor(0.1, dtype=dtype)
    g = torch.record(f, x, s)
    for k in range(3):
        a, b = x * (k + 0.5), s * k
        start = torch.full((n,), 0.25, dtype=dtype)
        count.copy_(start)
        got, left = g(a, b), count.clone()
        count.copy_(start)
        want = f(a, b)
        assert [bits(v) for v in got] == [bits(v) for v in want]
        assert bits(left) == bits(count)
    assert g.ways == 1
