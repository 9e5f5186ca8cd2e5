"""Mixed precision as programs ask for it: contexts that are off, and the scaling of losses."""

import math

import pytest

from backend import assert_close, torch, wengert_only


def test_autocast_for_a_gpu_is_off():
    x = torch.ones(2, 2)
    with pytest.warns(UserWarning, match="Disabling autocast"), torch.autocast("cuda"):
        assert (x @ x).dtype == torch.float32 and not torch.is_autocast_enabled()

    @torch.amp.autocast("cuda", enabled=False)
    def square(x):
        return x @ x

    assert square(x).dtype == torch.float32
    with pytest.warns(FutureWarning, match="is deprecated"), torch.cuda.amp.autocast(enabled=False):
        pass
    with pytest.warns(FutureWarning), pytest.warns(UserWarning, match="Disabling"):
        assert not torch.cuda.amp.GradScaler().is_enabled()
    with pytest.raises(ValueError, match="of type `str`"):
        torch.autocast(3)


@wengert_only
def test_floats_of_16_bits_are_refused():
    for kw in ({}, {"dtype": torch.bfloat16}):
        with pytest.raises(RuntimeError, match="pass enabled=False"):
            torch.autocast("cpu", **kw)
    assert not torch.amp.is_autocast_available("cpu")
    with pytest.warns(UserWarning, match="target dtype is not supported"):
        torch.autocast("cpu", dtype=torch.float32)


def steps(p):
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=2)
    sgd = torch.optim.SGD([p], lr=0.5)
    return scaler, sgd


def test_scaled_steps_are_steps():
    p = torch.ones(1, requires_grad=True)
    scaler, sgd = steps(p)
    for i in range(3):
        sgd.zero_grad()
        scaler.scale(p.sum()).backward()
        assert p.grad.item() == scaler.get_scale()
        scaler.unscale_(sgd)
        assert p.grad.item() == 1
        with pytest.raises(RuntimeError, match="already been called"):
            scaler.unscale_(sgd)
        scaler.step(sgd)
        with pytest.raises(RuntimeError, match="already been called"):
            scaler.step(sgd)
        scaler.update()
        assert p.item() == 0.5 - 0.5 * i and scaler.get_scale() == (8 if i == 0 else 16)
    state = scaler.state_dict()
    other, _ = steps(p)
    other.load_state_dict(state)
    assert other.state_dict() == state and other.get_scale() == 16
    with pytest.raises(RuntimeError, match="state dict is empty"):
        other.load_state_dict({})


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_steps_that_overflow_are_left_out(bad):
    p = torch.ones(1, requires_grad=True)
    scaler, sgd = steps(p)
    scaler.scale((p * bad).sum()).backward()
    scaler.step(sgd)
    scaler.update()
    assert p.item() == 1 and scaler.get_scale() == 4
    with pytest.raises(AssertionError, match="No inf checks"):
        scaler.update()
    scaler.update(32.0)
    a, b = scaler.scale((torch.ones(1), torch.ones(2)))
    assert_close(a, [32.0])
    assert_close(b, [32.0, 32.0])


def test_a_scaler_that_is_off_changes_nothing():
    p = torch.ones(1, requires_grad=True)
    scaler, sgd = torch.amp.GradScaler("cpu", enabled=False), torch.optim.SGD([p], lr=0.5)
    assert scaler.scale(p) is p and scaler.state_dict() == {} and scaler.get_scale() == 1
    p.sum().backward()
    scaler.unscale_(sgd)
    scaler.step(sgd)
    scaler.update()
    assert p.item() == 0.5
