"""vmap: dimensions in and out as trees, chunks, random numbers, indices, writes, errors."""

import numpy as np
import pytest

from backend import ON_TORCH, array, assert_close, t64, torch, wengert_only

vmap = torch.func.vmap

A = np.arange(24.0).reshape(2, 3, 4)


def test_in_dims_of_trees():
    d = {"a": t64(A), "b": t64([1.0, 2.0, 3.0]), "c": 2.0}
    got = vmap(lambda d, s: d["a"] * d["b"] * d["c"] + s, in_dims=({"a": 1, "b": 0, "c": None}, None))(d, t64(1.0))
    assert_close(got, A.transpose(1, 0, 2) * np.array([1.0, 2.0, 3.0])[:, None, None] * 2 + 1)
    assert_close(vmap(lambda pair: pair[0] + pair[1], in_dims=((0, -1),))((t64(A), t64(A.transpose(1, 2, 0)))), 2 * A)


def test_out_dims_of_trees():
    def f(x):
        return {"t": x, "pair": (x.sum(), x)}

    got = vmap(f, out_dims={"t": 2, "pair": (0, -1)})(t64(A))
    assert_close(got["t"], A.transpose(1, 2, 0))
    assert_close(got["pair"][0], A.sum((1, 2)))
    assert_close(got["pair"][1], A.transpose(1, 2, 0))


def test_outputs_that_are_the_same_for_all():
    assert_close(vmap(lambda x: t64([1.0, 2.0]), out_dims=None)(t64(A)), [1.0, 2.0])
    assert_close(vmap(lambda x: t64([1.0, 2.0]))(t64(A)), [[1.0, 2.0]] * 2)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_chunks(size):
    x = t64(np.arange(21.0).reshape(7, 3))
    got = vmap(lambda r, s: (r * s, r.sum()), in_dims=(0, None), out_dims=(1, 0), chunk_size=size)(x, t64(2.0))
    assert_close(got[0], 2 * array(x).T)
    assert_close(got[1], array(x).sum(1))


def test_keywords_are_the_same_for_all():
    assert_close(vmap(lambda x, y: x * y.sum())(t64([1.0, 2.0]), y=t64([1.0, 2.0])), [3.0, 6.0])


REFUSED = [
    (lambda x: 3.0, {}, ValueError, "must only return Tensors"),
    (lambda x: None, {}, ValueError, "must only return Tensors"),
    (lambda x: x, {"in_dims": 3}, ValueError, "in_dim"),
    (lambda x: x, {"in_dims": (0, 0)}, ValueError, "in_dims"),
    (lambda x: x, {"in_dims": [0]}, ValueError, "in_dims"),
    (lambda x: x, {"in_dims": "a"}, ValueError, "in_dims"),
    (lambda x: x, {"in_dims": None}, ValueError, ""),
    (lambda x: x, {"in_dims": (None,)}, ValueError, "at least one"),
    (lambda x: x, {"out_dims": None}, ValueError, "out_dim is None"),
    (lambda x: (x, x), {"out_dims": (0, 0, 0)}, ValueError, "out_dims"),
    (lambda x: {"o": x}, {"out_dims": {"p": 0}}, ValueError, "out_dims"),
    (lambda x: x, {"out_dims": "a"}, ValueError, "must be an int, None or a python collection of ints"),
    (lambda x: x, {"out_dims": ("a",)}, ValueError, "must be an int, None or a python collection of ints"),
    (lambda x: x, {"out_dims": 7}, IndexError, "out of range"),
    (lambda x: x, {"randomness": "often"}, RuntimeError, "randomness"),
    (lambda x: x.sum().item(), {}, RuntimeError, ""),
]


@pytest.mark.parametrize("f, options, error, text", REFUSED)
def test_refuses(f, options, error, text):
    with pytest.raises(error, match=text):
        vmap(f, **options)(t64(A))
    assert_close(vmap(lambda x: x)(t64(A)), A)


def test_refuses_arguments():
    with pytest.raises(ValueError, match="no inputs"):
        vmap(lambda: None)()
    with pytest.raises(ValueError, match="non-Tensor"):
        vmap(lambda x, y: x)(t64(A), 3.0)
    with pytest.raises(ValueError, match="same size"):
        vmap(lambda x, y: x)(t64(A), t64([1.0, 2.0, 3.0]))


# Random numbers.


def test_random_operations_are_errors_unless_asked_for():
    for draw in (
        lambda: torch.rand(3),
        lambda: torch.randint(5, (2,)),
        lambda: torch.randperm(3),
        lambda: t64([0.0]).normal_(),
    ):
        with pytest.raises(RuntimeError, match="random"):
            vmap(lambda x, draw=draw: x * 0 + draw().sum())(t64(A))


DRAWS = {
    "rand": lambda x: torch.rand(3),
    "randn_like": lambda x: torch.randn_like(x),
    "randint": lambda x: torch.randint(1000, (4,)),
    "randperm": lambda x: torch.randperm(50),
    "bernoulli": lambda x: torch.bernoulli(torch.full((60,), 0.5)),
    "multinomial": lambda x: torch.multinomial(torch.ones(50), 20),
    "dropout": lambda x: torch.nn.functional.dropout(torch.ones(60), 0.5),
    "normal": lambda x: torch.normal(0.0, 1.0, (3,)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_same_and_different(name):
    x = t64(A.reshape(6, 4))
    for chunk in (None, 2):
        torch.manual_seed(0)
        if name != "randn_like":  # of a mapped tensor: see below
            same = array(vmap(DRAWS[name], randomness="same", chunk_size=chunk)(x))
            assert same.shape[0] == 6 and (same == same[0]).all()
        different = array(vmap(DRAWS[name], randomness="different", chunk_size=chunk)(x))
        assert len({row.tobytes() for row in different}) == 6


def test_nested_random_numbers():
    x = t64(np.zeros((3, 4)))

    def draw(outer, inner):
        return array(
            vmap(vmap(lambda y: y + torch.rand((), dtype=torch.float64), randomness=inner), randomness=outer)(x)
        )

    both = draw("different", "different")
    assert len(set(both.ravel().tolist())) == 12
    rows = draw("different", "same")
    assert all(len(set(row)) == 1 for row in rows.tolist()) and len(set(rows[:, 0].tolist())) == 3
    columns = draw("same", "different")
    assert all(len(set(c)) == 1 for c in columns.T.tolist()) and len(set(columns[0].tolist())) == 4
    with pytest.raises(RuntimeError, match="random"):
        draw("error", "different")


@wengert_only
def test_random_numbers_of_mapped_operands():
    p = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    assert_close(vmap(torch.bernoulli, randomness="different")(p), array(p))
    assert_close(vmap(lambda w: torch.multinomial(w, 1), randomness="different")(p), [[1], [0]])
    with pytest.raises(RuntimeError, match="same"):
        vmap(lambda w: torch.multinomial(w, 1), randomness="same")(p)
    got = array(vmap(lambda x: torch.randn_like(x), randomness="same")(t64(np.zeros((3, 5)))))
    assert (got == got[0]).all()


# Indices and writes.


@pytest.mark.parametrize(
    "f, g",
    [
        (lambda x, i: x[i], lambda x, i: x[i]),
        (lambda x, i: x[:, i], lambda x, i: x[:, i]),
        (lambda x, i: x[i, i], lambda x, i: x[i, i]),
        (lambda x, i: x[i][..., None], lambda x, i: x[i][..., None]),
        (lambda x, i: x.index_select(0, i.reshape(-1)), lambda x, i: x[i.reshape(-1)]),
        (lambda x, i: torch.gather(x, 0, i.reshape(1, 1)), lambda x, i: x[i.reshape(1, 1), [[0]]]),
        (lambda x, i: torch.where(i > 0, x, -x), lambda x, i: np.where(i > 0, x, -x)),
    ],
)
@pytest.mark.parametrize("dims", [(0, 0), (None, 0)])
def test_mapped_indices(f, g, dims):
    x, i = np.random.default_rng(0).normal(size=(4, 3, 3)), np.array([0, 2, 1, 1])
    values = t64(x if dims[0] == 0 else x[0])
    want = [g(x[k] if dims[0] == 0 else x[0], i[k]) for k in range(4)]
    assert_close(vmap(f, in_dims=dims)(values, torch.tensor(i)), want)


def test_writes_at_mapped_indices():
    def f(x, i):
        y = x.clone()
        y[i] = 0.0
        y[0] += x[1] * 2
        return y

    x, i = np.random.default_rng(0).normal(size=(4, 3)), np.array([0, 2, 1, 1])
    want = x.copy()
    want[np.arange(4), i] = 0
    want[:, 0] += 2 * x[:, 1]
    if not ON_TORCH:  # there y[i] = 0.0 with a mapped i is refused
        assert_close(vmap(f)(t64(x), torch.tensor(i)), want)


def test_writes_through_views():
    def f(x):
        y = x.clone()
        tail = y[1:]
        tail.mul_(2)
        y[0] = tail.sum()
        return y

    x = np.random.default_rng(0).normal(size=(4, 3))
    want = x.copy()
    want[:, 1:] *= 2
    want[:, 0] = want[:, 1:].sum(1)
    assert_close(vmap(f)(t64(x)), want)
    assert_close(
        torch.func.grad(lambda x: (vmap(f)(x) ** 2).sum())(t64(x)),
        numeric(lambda x: (vmap(f)(x) ** 2).sum(), x),
        rtol=1e-6,
    )


def numeric(f, x, step=1e-6):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(t64(x + step * e)) - f(t64(x - step * e))).item() / (2 * step) for e in units]).reshape(x.shape)


def test_a_write_of_a_mapped_value_into_what_is_the_same_for_all_is_refused():
    def f(x):
        y = torch.zeros(3, dtype=torch.float64)
        y[0] = x[0]
        return y

    with pytest.raises(RuntimeError, match="vmap"):
        vmap(f)(t64(A.reshape(6, 4)))


def test_empty_batches():
    if not ON_TORCH:
        assert tuple(vmap(lambda x: x * 2)(t64(np.zeros((0, 3)))).shape) == (0, 3)


@pytest.mark.parametrize(
    "name", ["uniform_", "normal_", "exponential_", "cauchy_", "bernoulli_", "random_", "log_normal_"]
)
def test_numbers_of_their_own_need_a_place_for_each_example(name):
    shared = torch.zeros(3)
    with pytest.raises(RuntimeError, match="different inplace randomness on an unbatched tensor"):
        vmap(lambda x: getattr(shared, name)(), randomness="different")(torch.zeros(4))
    rows = torch.zeros(4, 3)
    vmap(lambda row: getattr(row, name)(), randomness="different")(rows)
    torch.manual_seed(0)
    got = vmap(lambda row: getattr(row, name)(), randomness="different")(rows)
    torch.manual_seed(0)
    assert_close(got, getattr(torch.zeros(4, 3), name)())


def test_the_same_places_of_different_weights():
    with pytest.raises(RuntimeError, match="same randomness with a batched tensor"):
        vmap(lambda w: torch.multinomial(w, 2), randomness="same")(torch.ones(3, 4))
