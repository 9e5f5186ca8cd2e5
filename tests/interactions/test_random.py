"""Random numbers: generators, their states, what is drawn, and that the number of threads does not matter."""

import pickle

import numpy as np
import pytest

from backend import array, dtype_name, t64, torch, wengert_only


def test_a_generator_repeats_itself():
    g = torch.Generator().manual_seed(5)
    assert g.initial_seed() == 5 and g.device == torch.device("cpu")
    state = g.get_state()
    assert state.dtype == torch.uint8
    draws = [
        lambda: torch.rand(3, generator=g), lambda: torch.randn(3, generator=g), lambda: torch.randint(9, (3,), generator=g),
        lambda: torch.randperm(5, generator=g), lambda: torch.normal(0.0, 1.0, (3,), generator=g),
        lambda: torch.bernoulli(torch.full((4,), 0.5), generator=g),
        lambda: torch.multinomial(torch.ones(4), 2, generator=g), lambda: torch.zeros(3).uniform_(generator=g),
        lambda: torch.zeros(3).exponential_(generator=g), lambda: torch.zeros(3).random_(generator=g),
    ]  # fmt: skip
    first = [draw().tolist() for draw in draws]
    g.set_state(state)
    assert [draw().tolist() for draw in draws] == first
    assert draws[0]().tolist() != first[0]
    assert torch.rand(3, generator=torch.Generator().manual_seed(5)).tolist() == first[0]
    assert isinstance(g.seed(), int)


def test_the_default_generator():
    assert torch.manual_seed(4) is torch.default_generator and torch.initial_seed() == 4
    state = torch.get_rng_state()
    first = torch.rand(2).tolist()
    with torch.random.fork_rng(devices=[]):
        torch.rand(7)
    second = torch.rand(2).tolist()
    torch.set_rng_state(state)
    assert torch.rand(2).tolist() == first and torch.rand(2).tolist() == second
    assert torch.seed() == torch.initial_seed()
    torch.manual_seed(-1)
    assert torch.initial_seed() == 2**64 - 1


@wengert_only
def test_generators_are_pickled():
    g = torch.Generator().manual_seed(8)
    torch.rand(3, generator=g)
    h = pickle.loads(pickle.dumps(g))
    assert torch.rand(3, generator=h).tolist() == torch.rand(3, generator=g).tolist()


@wengert_only
def test_streams_of_different_dtypes_do_not_overlap():
    """A float64 takes two words: what is drawn next starts behind them."""
    torch.manual_seed(0)
    double = torch.rand(8, dtype=torch.float64)
    single = torch.rand(16)
    assert not set(np.round(array(double) * 2**24).astype(int)) & set(np.round(array(single) * 2**24).astype(int))


@wengert_only
def test_the_number_of_threads_does_not_matter():
    def drawn():
        torch.manual_seed(11)
        n = 200_003
        return [
            torch.rand(n),
            torch.randn(n),
            torch.randint(0, 1000, (n,)),
            torch.randperm(n),
            torch.zeros(n).exponential_(),
        ]

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = drawn()
        torch.set_num_threads(3)
        assert all((a == b).sum().item() == a.numel() for a, b in zip(one, drawn()))
    finally:
        torch.set_num_threads(before)


def test_randint():
    x = torch.randint(3, 7, (10_000,))
    assert dtype_name(x) == "int64" and set(x.tolist()) == {3, 4, 5, 6}
    counts = np.bincount(x.tolist())[3:]
    assert abs(counts - 2500).max() < 300
    assert torch.randint(0, 1, ()).tolist() == 0
    assert torch.randint(high=5, size=(2, 3)).shape == (2, 3)
    assert torch.randint(low=-5, high=-4, size=(2,), dtype=torch.float64).tolist() == [-5.0, -5.0]
    assert torch.randint_like(torch.zeros(2, dtype=torch.int8), 1).dtype == torch.int8
    assert torch.randint_like(torch.zeros(2), 4, 5).tolist() == [4.0, 4.0]
    assert torch.randint_like(torch.zeros(2), high=1).tolist() == [0.0, 0.0]
    with pytest.raises(TypeError):
        torch.randint_like(torch.zeros(2))
    with pytest.raises(RuntimeError, match="from=3"):
        torch.randint(3, 3, (2,))
    with pytest.raises((RuntimeError, ValueError)):
        torch.randint(0, 1000, (2,), dtype=torch.int8)
    with pytest.raises(TypeError):
        torch.randint(1.5, (2,))


def test_randperm():
    assert sorted(torch.randperm(1000).tolist()) == list(range(1000))
    assert torch.randperm(0).tolist() == [] and torch.randperm(3, dtype=torch.float32).dtype == torch.float32
    torch.manual_seed(1)
    places = np.zeros((3, 3))
    for _ in range(600):
        for at, value in enumerate(torch.randperm(3).tolist()):
            places[at, value] += 1
    assert abs(places - 200).max() < 60
    with pytest.raises(RuntimeError, match="negative"):
        torch.randperm(-1)


def test_normal():
    torch.manual_seed(2)
    x = array(torch.normal(3.0, 0.5, (20_000,)))
    assert abs(x.mean() - 3) < 0.02 and abs(x.std() - 0.5) < 0.02
    mean, std = t64([[0.0], [100.0]]), t64([0.0, 1e-9])
    x = torch.normal(mean, std)
    assert x.shape == (2, 2) and x.dtype == torch.float64
    np.testing.assert_allclose(array(x), [[0, 0], [100, 100]], atol=1e-7)
    assert torch.normal(t64([5.0]), 0.0).tolist() == [5.0] and torch.normal(5.0, t64([0.0])).tolist() == [5.0]
    assert torch.normal(2.0, 0.0, size=(1,)).tolist() == [2.0]
    with pytest.raises(RuntimeError, match="std"):
        torch.normal(0.0, -1.0, (2,))
    with pytest.raises(RuntimeError, match="std"):
        torch.normal(t64([0.0]), t64([-1.0]))


def test_bernoulli():
    torch.manual_seed(3)
    p = torch.full((20_000,), 0.3)
    assert abs(array(torch.bernoulli(p)).mean() - 0.3) < 0.02
    assert torch.bernoulli(t64([0.0, 1.0])).tolist() == [0.0, 1.0]
    assert torch.bernoulli(t64([0.5, 0.5]), 1.0).tolist() == [1.0, 1.0] and t64([0.5]).bernoulli(p=0.0).tolist() == [
        0.0
    ]
    assert torch.zeros(3, dtype=torch.int64).bernoulli_(1.0).tolist() == [1, 1, 1]
    assert torch.zeros(2).bernoulli_(torch.tensor([0.0, 1.0])).tolist() == [0.0, 1.0]
    for wrong in (lambda: torch.bernoulli(t64([1.5])), lambda: t64([0.0]).bernoulli_(-0.5)):
        with pytest.raises(RuntimeError):
            wrong()


def test_multinomial():
    torch.manual_seed(4)
    weights = t64([[1.0, 0.0, 3.0], [0.0, 2.0, 0.0]])
    x = torch.multinomial(weights, 4000, replacement=True)
    assert x.shape == (2, 4000) and x.dtype == torch.int64
    counts = np.bincount(x[0].tolist(), minlength=3) / 4000
    assert abs(counts - [0.25, 0, 0.75]).max() < 0.03 and set(x[1].tolist()) == {1}
    assert sorted(torch.multinomial(t64([1.0, 0.0, 3.0]), 2).tolist()) == [0, 2]
    first = [torch.multinomial(t64([1.0, 2.0, 1.0]), 2)[0].item() for _ in range(2000)]
    assert abs(np.bincount(first) / 2000 - [0.25, 0.5, 0.25]).max() < 0.05
    for wrong in (
        lambda: torch.multinomial(t64([1.0, 1.0]), 3),
        lambda: torch.multinomial(t64([0.0, 0.0]), 1),
        lambda: torch.multinomial(t64([-1.0, 2.0]), 1, replacement=True),
        lambda: torch.multinomial(t64([np.inf, 2.0]), 1),
        lambda: torch.multinomial(t64([1.0]), 0),
        lambda: torch.multinomial(torch.tensor([1, 2]), 1),
        lambda: torch.multinomial(torch.ones(1, 1, 1), 1),
    ):
        with pytest.raises(RuntimeError):
            wrong()


def test_in_place():
    torch.manual_seed(5)
    x = torch.zeros(20_000, dtype=torch.float64)
    assert x.uniform_(-1, 3) is x
    u = array(x)
    assert -1 <= u.min() and u.max() < 3 and abs(u.mean() - 1) < 0.05
    assert abs(array(x.normal_(1, 2)).std() - 2) < 0.05
    e = array(x.exponential_(2.0))
    assert e.min() >= 0 and abs(e.mean() - 0.5) < 0.02
    assert abs(np.log(array(x.log_normal_(0.5, 0.25))).mean() - 0.5) < 0.02
    g = array(x.geometric_(0.25))
    assert g.min() == 1 and abs(g.mean() - 4) < 0.2 and np.array_equal(g, np.round(g))
    assert abs(np.median(array(x.cauchy_(2.0, 0.5))) - 2) < 0.05
    r = torch.zeros(1000, dtype=torch.uint8).random_()
    assert len(set(r.tolist())) > 200
    assert set(torch.zeros(100).random_(2, 4).tolist()) == {2.0, 3.0} and set(torch.zeros(50).random_(2).tolist()) == {
        0.0,
        1.0,
    }
    assert set(torch.zeros(50, dtype=torch.bool).random_().tolist()) == {True, False}
    for wrong in (
        lambda: x.uniform_(1, 0), lambda: x.normal_(0, -1), lambda: x.exponential_(0), lambda: x.geometric_(1.5),
        lambda: x.random_(3, 3), lambda: x.log_normal_(0, 0), lambda: x.cauchy_(0, 0),
    ):  # fmt: skip
        with pytest.raises(RuntimeError):
            wrong()


def test_in_place_draws_and_gradients():
    w = t64([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="leaf"):
        w.uniform_()
    with torch.no_grad():
        w.uniform_(2, 3)
    assert min(w.tolist()) >= 2
    y = w * 2
    y.normal_()
    (y.sum() + w.sum()).backward()
    assert w.grad.tolist() == [1.0, 1.0]


def test_rand_like():
    x = torch.zeros(2, 3, dtype=torch.float64)
    assert torch.rand_like(x).dtype == torch.float64 and torch.randn_like(x).shape == (2, 3)
    assert torch.randn_like(x, dtype=torch.float32, requires_grad=True).requires_grad
    out = torch.zeros(3)
    assert torch.rand(3, out=out) is out and out.tolist() != [0.0, 0.0, 0.0]
    with pytest.raises((RuntimeError, NotImplementedError)):
        torch.rand(2, dtype=torch.int64)
    with pytest.raises(TypeError):
        torch.rand(2, generator=3)
