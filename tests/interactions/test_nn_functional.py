"""nn.functional and the reductions under it: formulas in NumPy, differences, edge values, and maps over batches."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch, wengert_only

if torch.__name__ == "torch":
    import torch.nn.functional as F
else:
    import wengert.nn.functional as F

RANDOM = np.random.default_rng(3)
X, T = RANDOM.normal(size=(4, 3)), RANDOM.normal(size=(4, 3))
P, Q = RANDOM.uniform(0.1, 0.9, (4, 3)), RANDOM.uniform(0.1, 0.9, (4, 3))
LABELS = [2, 0, 1, 2]
WEIGHT = np.array([0.5, 1.0, 2.0])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def kept(x, p, axis):
    return np.sum(np.abs(x) ** p, axis=axis, keepdims=True) ** (1 / p)


D = np.abs(X - T)
# name: (function of one tensor, its argument, the result)
CASES = {
    "mse": (lambda x: F.mse_loss(x, t64(T)), X, np.mean((X - T) ** 2)),
    "mse sum": (lambda x: F.mse_loss(x, t64(T), reduction="sum"), X, np.sum((X - T) ** 2)),
    "l1": (lambda x: F.l1_loss(x, t64(T), reduction="none"), X, D),
    "huber": (
        lambda x: F.huber_loss(x, t64(T), delta=0.7),
        X,
        np.mean(np.where(D <= 0.7, D * D / 2, 0.7 * (D - 0.35))),
    ),
    "smooth l1": (
        lambda x: F.smooth_l1_loss(x, t64(T), beta=0.7),
        X,
        np.mean(np.where(D < 0.7, D * D / 1.4, D - 0.35)),
    ),
    "smooth l1 of beta 0": (lambda x: F.smooth_l1_loss(x, t64(T), beta=0.0), X, np.mean(D)),
    "bce": (
        lambda x: F.binary_cross_entropy(x, t64(Q), t64(WEIGHT)),
        P,
        np.mean(-WEIGHT * (Q * np.log(P) + (1 - Q) * np.log(1 - P))),
    ),
    "bce with logits": (
        lambda x: F.binary_cross_entropy_with_logits(x, t64(Q), pos_weight=t64(WEIGHT)),
        X,
        np.mean(-(WEIGHT * Q * np.log(sigmoid(X)) + (1 - Q) * np.log(sigmoid(-X)))),
    ),
    "kl": (lambda x: F.kl_div(x, t64(Q), reduction="batchmean"), X, np.sum(Q * (np.log(Q) - X)) / 4),
    "kl of logarithms": (
        lambda x: F.kl_div(x, t64(T), reduction="sum", log_target=True),
        X,
        np.sum(np.exp(T) * (T - X)),
    ),
    "cross entropy": (
        lambda x: F.cross_entropy(x, torch.tensor(LABELS)),
        X,
        np.mean(np.log(np.sum(np.exp(X), 1)) - X[range(4), LABELS]),
    ),
    "sigmoid": (lambda x: F.sigmoid(x), X, sigmoid(X)),
    "softmin": (lambda x: F.softmin(x, 1), X, np.exp(-X) / np.sum(np.exp(-X), 1, keepdims=True)),
    "normalize": (lambda x: F.normalize(x, 3.0, 0), X, X / kept(X, 3.0, 0)),
    "cosine": (
        lambda x: F.cosine_similarity(x, t64(T)),
        X,
        np.sum(X * T, 1) / (kept(X, 2, 1) * kept(T, 2, 1))[:, 0],
    ),
    "rms_norm": (
        lambda x: F.rms_norm(x, (3,), t64(WEIGHT), 0.1),
        X,
        WEIGHT * X / np.sqrt(np.mean(X * X, 1, keepdims=True) + 0.1),
    ),
    "linear": (lambda x: F.linear(x, t64(T), t64([1.0, 2, 3, 4])), X, X @ T.T + [1, 2, 3, 4]),
    "embedding": (lambda x: F.embedding(torch.tensor([[3, 0], [3, 1]]), x), X, X[[[3, 0], [3, 1]]]),
    "pad": (lambda x: F.pad(x, (1, -1, 0, 2), value=7.0), X, np.pad(X, ((0, 2), (1, 0)), constant_values=7)[:, :-1]),
}
SCALARS = ["mse", "huber", "bce", "bce with logits", "kl", "cross entropy"]


@pytest.mark.parametrize("name", CASES)
def test_value_and_gradient(name):
    function, x, want = CASES[name]
    leaf = t64(x, requires_grad=True)
    out = function(leaf)
    assert_close(out, want, rtol=1e-12)
    weights = np.linspace(0.5, 1.5, out.numel()).reshape(tuple(out.shape))
    (out * t64(weights)).sum().backward()
    step, got = 1e-6, array(leaf.grad)
    for at in np.ndindex(*x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][at] -= step
        moved[1][at] += step
        low, high = (np.sum(weights * array(function(t64(m)))) for m in moved)
        np.testing.assert_allclose(got[at], (high - low) / (2 * step), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", SCALARS)
def test_second_order(name):
    """Reverse over reverse is forward over reverse."""
    function, x, _ = CASES[name]
    leaf, direction = t64(x, requires_grad=True), t64(np.cos(np.arange(x.size)).reshape(x.shape))
    (first,) = torch.autograd.grad(function(leaf), leaf, create_graph=True)
    total = (first * direction).sum()
    twice = torch.autograd.grad(total, leaf)[0] if total.requires_grad else t64(0 * x)
    _, moved = torch.func.jvp(torch.func.grad(function), (t64(x),), (direction,))
    assert_close(twice, moved, rtol=1e-9, atol=1e-12)


MAPPED = {
    "max": lambda x: x.max(0)[0],
    "min": lambda x: x.min(-1, keepdim=True)[0],
    "argmax": lambda x: x.argmax(1),
    "amax": lambda x: x.amax((0, 1)),
    "any": lambda x: (x > 0).any(0),
    "prod": lambda x: x.prod(0),
    "var": lambda x: x.var(1),
    "median": lambda x: x.median(0)[0],
    "cumsum": lambda x: x.cumsum(0),
    "cumprod": lambda x: x.cumprod(1),
    "cummax": lambda x: x.cummax(0)[0],
    "logcumsumexp": lambda x: x.logcumsumexp(1),
    "softmax": lambda x: x.softmax(0),
    "log_softmax": lambda x: x.log_softmax(-1),
    "logsumexp": lambda x: x.logsumexp(0),
    "layer_norm": lambda x: F.layer_norm(x, (3,), t64(WEIGHT)),
}
STACK = RANDOM.normal(size=(5, 4, 3))


@pytest.mark.parametrize("name", MAPPED)
@pytest.mark.parametrize("in_dim", [0, 2])
def test_vmap(name, in_dim):
    one = MAPPED[name]
    each = [one(t64(part)) for part in np.moveaxis(STACK, 0, 0)]
    got = torch.func.vmap(one, in_dims=in_dim)(t64(np.moveaxis(STACK, 0, in_dim)))
    assert_close(got, np.stack([array(y) for y in each]), rtol=1e-12)


@pytest.mark.parametrize("name", [n for n in MAPPED if n not in ("argmax", "any")])
def test_gradients_of_each(name):
    one = MAPPED[name]

    def loss(x):
        return (one(x) ** 2).sum()

    got = torch.func.vmap(torch.func.grad(loss))(t64(STACK))
    assert_close(got, np.stack([array(torch.func.grad(loss)(t64(part))) for part in STACK]), rtol=1e-12)


@pytest.mark.parametrize("function", [lambda x: x.prod(), lambda x: x.prod(0), lambda x: x.cumprod(0).sum()])
@pytest.mark.parametrize("values", [[2.0, 0.0, 3.0], [0.0, 0.0, 3.0], [0.0, 0.0, 0.0], [1e-200, 1e-200, 3.0]])
def test_products_with_zeros(function, values):
    """First and second derivatives where elements are zero, or the product vanishes though none is."""
    x = t64(values, requires_grad=True)

    def terms(v):
        whole = v[0] * v[1] * v[2]
        return whole if function is not PRODUCTS[2] else v[0] + v[0] * v[1] + whole

    (got,) = torch.autograd.grad(function(x), x, create_graph=True)
    z = t64(values, requires_grad=True)
    (want,) = torch.autograd.grad(terms(z), z, create_graph=True)
    assert_close(got, want)
    assert_close(
        torch.autograd.grad((got * t64([1.0, 2, 3])).sum(), x)[0],
        array(torch.autograd.grad((want * t64([1.0, 2, 3])).sum(), z)[0]),
    )
    once = t64(values, requires_grad=True)
    function(once).backward()
    assert_close(once.grad, array(want))


PRODUCTS = test_products_with_zeros.pytestmark[1].args[1]


def test_ties_share_or_not():
    x = t64([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]], requires_grad=True)
    assert torch.autograd.grad(x.amax(1).sum(), x)[0].tolist() == [[0, 0.5, 0.5], [1 / 3] * 3]
    assert torch.autograd.grad(x.max(), x)[0].tolist() == [[0, 0.5, 0.5], [0, 0, 0]]
    assert torch.autograd.grad(x.max(1)[0].sum(), x)[0].tolist() == [[0, 1, 0], [1, 0, 0]]
    assert torch.autograd.grad(x.median(), x)[0].tolist() == [[0, 0, 0], [1 / 3] * 3]
    a, b = t64([1.0, 2.0, 3.0], requires_grad=True), t64([2.0, 2.0, 2.0])
    assert torch.autograd.grad(torch.max(a, b).sum(), a)[0].tolist() == [0, 0.5, 1]
    assert torch.autograd.grad(torch.min(a, b).sum(), a)[0].tolist() == [1, 0.5, 0]


def test_a_common_shift_costs_no_digits():
    """Losses of logits that are all large are as exact as of small ones."""
    x = torch.tensor([[1e4, 1e4 + 1.0]])
    assert abs(F.cross_entropy(x, torch.tensor([1])).item() - np.log1p(np.exp(-1))) < 1e-6
    wanted = 0.9 * np.log1p(np.exp(-1)) + 0.1 * (np.log1p(np.exp(-1)) + 0.5)
    assert abs(F.cross_entropy(x, torch.tensor([1]), label_smoothing=0.1).item() - wanted) < 1e-6
    rows = np.float32(RANDOM.normal(size=(3, 50)) + 1000)
    wide = rows.astype(np.float64)
    normal = (wide - wide.mean(1, keepdims=True)) / np.sqrt(wide.var(1, keepdims=True) + 1e-5)
    assert np.abs(array(F.layer_norm(torch.tensor(rows), (50,))) - normal).max() < 1e-4


def test_far_values_do_not_overflow():
    x = t64([[1e4, 0.0, -1e4], [-1e4, -1e4, -1e4]], requires_grad=True)
    assert_close(x.softmax(1), [[1, 0, 0], [1 / 3] * 3])
    assert_close(x.logsumexp(1), [1e4, -1e4 + np.log(3)])
    loss = F.cross_entropy(x, torch.tensor([2, 0]), reduction="none")
    assert_close(loss, [2e4, np.log(3)])
    loss.sum().backward()
    assert_close(x.grad, [[1, 0, -1], [-2 / 3, 1 / 3, 1 / 3]])
    low = t64([float("-inf"), float("-inf")])
    assert low.logsumexp(0).item() == float("-inf") and low.logcumsumexp(0).tolist() == [float("-inf")] * 2
    assert F.binary_cross_entropy_with_logits(t64([-1e4, 1e4]), t64([1.0, 1.0])).item() == 5e3
    assert F.binary_cross_entropy(t64([0.0, 1.0]), t64([1.0, 1.0])).item() == 50.0


def test_ignored_rows_do_not_count():
    x = t64(X, requires_grad=True)
    F.cross_entropy(x, torch.tensor([2, -100, 1, -100]), t64(WEIGHT)).backward()
    got = array(x.grad)
    assert not got[[1, 3]].any() and got[[0, 2]].all()
    empty = F.cross_entropy(t64(X), torch.tensor([-100] * 4))
    assert np.isnan(empty.item())
    bad = t64([[float("nan")] * 3, [0.0] * 3], requires_grad=True)
    F.nll_loss(bad, torch.tensor([-100, 1])).backward()
    assert bad.grad.tolist() == [[0, 0, 0], [0, -1, 0]]


def test_dropout():
    torch.manual_seed(4)
    x = torch.ones(10_000, requires_grad=True)
    y = F.dropout(x, 0.25)
    values = array(y)
    assert set(np.unique(values)) == {0.0, np.float32(1 / 0.75)} and 0.2 < np.mean(values == 0) < 0.3
    y.sum().backward()
    assert np.array_equal(array(x.grad), values)
    torch.manual_seed(4)
    assert np.array_equal(array(F.dropout(x, 0.25)), values)
    assert not array(F.dropout(x, 1.0)).any() and F.dropout(x, 0.5, training=False) is x


def test_one_hot():
    assert F.one_hot(torch.tensor([[0, 2], [1, 0]])).tolist() == [[[1, 0, 0], [0, 0, 1]], [[0, 1, 0], [1, 0, 0]]]
    assert F.one_hot(torch.tensor([1]), 4).tolist() == [[0, 1, 0, 0]]
    with pytest.raises(RuntimeError, match="num_classes"):
        F.one_hot(torch.tensor([4]), 4)


def test_embedding_padding_gets_no_gradient():
    w = t64(X, requires_grad=True)
    F.embedding(torch.tensor([0, 1, 1]), w, padding_idx=1).sum().backward()
    assert w.grad.tolist() == [[1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0]]


@wengert_only
@pytest.mark.parametrize("shape", [(200_000,), (3, 70_000), (700, 300), (40, 3000), (2000, 17)])
def test_bits_do_not_depend_on_threads(shape):
    x = torch.tensor(RANDOM.normal(size=shape).astype(np.float32), requires_grad=True)
    before, runs = torch.get_num_threads(), []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found = []
        for dim in range(len(shape)):
            for f in (
                lambda x, d: x.softmax(d),
                lambda x, d: x.log_softmax(d),
                lambda x, d: x.logsumexp(d),
                lambda x, d: x.var(d),
                lambda x, d: x.cumsum(d),
                lambda x, d: x.cumprod(d),
                lambda x, d: x.amin(d),
                lambda x, d: x.prod(d),
                lambda x, d: F.layer_norm(x, shape[d:], x.reshape(-1)[: x[(0,) * d].numel()].reshape(shape[d:])),
            ):
                y = f(x, dim)
                (g,) = torch.autograd.grad((y * y).sum(), x)
                found += [array(y), array(g)]
        runs.append(found)
    torch.set_num_threads(before)
    for one, other in zip(*runs, strict=True):
        assert np.array_equal(one, other, equal_nan=True)


@wengert_only
def test_sums_are_accurate():
    """float32 results of a million elements against float64, no worse than NumPy's pairwise sums."""
    x = (RANDOM.normal(size=1_000_000) + 100).astype(np.float32)
    wide = x.astype(np.float64)
    t = torch.tensor(x)
    assert abs(t.var().item() / wide.var(ddof=1) - 1) < 1e-6
    assert abs(t.reshape(1000, 1000).var(0).numpy() / wide.reshape(1000, 1000).var(0, ddof=1) - 1).max() < 1e-6
    assert abs(t.cumsum(0).numpy() / wide.cumsum() - 1).max() < 2**-23
    assert (
        abs(t.logsumexp(0).item() / np.log(np.sum(np.exp(wide - 100))) - 100 / np.log(np.sum(np.exp(wide - 100))) - 1)
        < 1e-4
    )
    assert abs(t.softmax(0).sum().item() - 1) < 1e-5


ACTIVATIONS = {
    "elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0)))),
    "hardtanh": (lambda x: np.clip(x, -1, 1)),
    "leaky_relu": (lambda x: np.where(x > 0, x, 0.01 * x)),
    "logsigmoid": (lambda x: -np.log1p(np.exp(-x))),
    "mish": (lambda x: x * np.tanh(np.log1p(np.exp(x)))),
    "relu6": (lambda x: np.clip(x, 0, 6)),
    "silu": (lambda x: x / (1 + np.exp(-x))),
    "softsign": (lambda x: x / (1 + np.abs(x))),
    "tanhshrink": (lambda x: x - np.tanh(x)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_and_their_slopes(name):
    function, reference = getattr(F, name), ACTIVATIONS[name]
    values = np.array([-3.1, -0.7, -0.2, 0.3, 0.8, 2.2, 7.5])
    x = torch.tensor(values, requires_grad=True)
    y = function(x)
    np.testing.assert_allclose(y.detach().numpy(), reference(values), rtol=1e-12)
    y.sum().backward()
    slope = (reference(values + 1e-6) - reference(values - 1e-6)) / 2e-6
    np.testing.assert_allclose(x.grad.numpy(), slope, rtol=1e-6, atol=1e-9)
