"""inference_mode, and the modes as decorators."""

import asyncio
import warnings

import pytest

from backend import assert_close, t64, torch


def test_what_is_made_inside_stays_out_of_graphs():
    x = t64([1.0, 2.0], requires_grad=True)
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled() and not torch.is_grad_enabled()
        y = x * 2
        z = torch.ones(2, dtype=torch.float64)
        leaf = torch.ones(2, requires_grad=True)
        assert leaf.requires_grad and not (leaf * 2).requires_grad
        y.add_(1)
    assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()
    assert y.is_inference() and z.is_inference() and not y.requires_grad
    assert y.view(2).is_inference() and y.detach().is_inference()
    assert not y.clone().is_inference() and not (y + 1).is_inference()
    assert_close(x + y, x + y.clone())
    for f in (lambda: x * y, lambda: x.clone().mul_(y), lambda: torch.dot(x, z)):
        with pytest.raises(RuntimeError, match="Inference tensors cannot be saved for backward"):
            f()
    with pytest.raises(RuntimeError, match="outside InferenceMode"):
        y.add_(1)
    with pytest.raises(RuntimeError, match="outside InferenceMode"):
        y.requires_grad_()
    with pytest.raises(RuntimeError, match="do not track version counter"):
        y._version  # noqa: B018
    # A refused operation leaves nothing behind.
    (x * y.clone()).sum().backward()
    assert_close(x.grad, y)


def test_tensors_from_outside_inside():
    x = t64([1.0, 2.0], requires_grad=True)
    plain = t64([1.0, 2.0])
    with torch.inference_mode():
        assert not x.is_inference() and not plain.view(2).is_inference() and not plain.detach().is_inference()
        plain.add_(1)
        x.add_(1)
        with torch.enable_grad():
            assert torch.is_grad_enabled() and not (x * 2).requires_grad
        with torch.inference_mode(False):
            assert torch.is_grad_enabled() and (x * 2).requires_grad and not torch.ones(2).is_inference()
        assert not torch.is_grad_enabled()
    assert_close(x, [2.0, 3.0])
    assert_close(plain, [2.0, 3.0])


def test_functions_do_not_save_inference_tensors():
    class Mul(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, y)
            return x * y

        @staticmethod
        def backward(ctx, g):
            x, y = ctx.saved_tensors
            return g * y, None

    x = t64([1.0, 2.0], requires_grad=True)
    with torch.inference_mode():
        y = x * 2
        Mul.apply(x, y)
    with pytest.raises(RuntimeError, match="Inference tensors cannot be saved"):
        Mul.apply(x, y)


@pytest.mark.parametrize("decorator", [torch.inference_mode, torch.inference_mode(), torch.no_grad, torch.no_grad()])
def test_decorators_of_functions(decorator):
    @decorator
    def f(x):
        """Says so."""
        return x * 2, torch.is_grad_enabled()

    y, on = f(torch.ones(2, requires_grad=True))
    assert not y.requires_grad and not on and torch.is_grad_enabled()
    assert f.__name__ == "f" and f.__doc__ == "Says so."


def test_decorators_of_generators_and_coroutines():
    @torch.no_grad()
    def generator():
        sent = yield torch.is_grad_enabled()
        try:
            yield sent, torch.is_grad_enabled()
        except KeyError:
            yield "caught", torch.is_grad_enabled()
        return "end"

    g = generator()
    assert next(g) is False and torch.is_grad_enabled()
    assert g.send(3) == (3, False) and torch.is_grad_enabled()
    assert g.throw(KeyError()) == ("caught", False)
    with pytest.raises(StopIteration) as stopped:
        next(g)
    assert stopped.value.value == "end"


def test_decorators_of_coroutines():
    seen = []

    @torch.no_grad()
    async def work():
        seen.append(torch.is_grad_enabled())
        await asyncio.sleep(0)
        seen.append(torch.is_grad_enabled())
        return 5

    @torch.no_grad()
    async def many():
        for i in range(2):
            await asyncio.sleep(0)
            yield i, torch.is_grad_enabled()

    async def main():
        assert await work() == 5
        return [(i, on, torch.is_grad_enabled()) async for i, on in many()]

    got = asyncio.run(main())
    assert [i for i, _, _ in got] == [0, 1] and len(seen) == 2
    if not torch.__name__.startswith("torch"):
        assert seen == [False, False] and got == [(0, False, True), (1, False, True)]


def test_decorating_a_class_warns():
    with pytest.warns(FutureWarning, match="Decorating classes is deprecated"):

        @torch.no_grad()
        class Model:
            def __init__(self):
                self.on = torch.is_grad_enabled()

    assert Model().on is False and torch.is_grad_enabled()


def test_names_that_users_meet():
    with torch.autograd.set_multithreading_enabled(False):
        assert not torch.autograd.is_multithreading_enabled()
    assert torch.autograd.is_multithreading_enabled()
    torch.autograd.set_detect_anomaly(False)
    assert torch.is_anomaly_enabled() is False
    torch.set_anomaly_enabled(True, check_nan=False)
    assert torch.is_anomaly_enabled() and not torch.is_anomaly_check_nan_enabled()
    torch.set_anomaly_enabled(False)
    x = torch.autograd.Variable(torch.ones(2), requires_grad=True)
    assert isinstance(x, torch.autograd.Variable) and isinstance(x, torch.Tensor) and x.requires_grad
    with pytest.raises(TypeError, match="has to be a tensor"):
        torch.autograd.Variable(3)
    with pytest.raises(RuntimeError, match="deprecated"):
        torch.autograd.variable([1.0])
    assert torch.vmap(torch.sin)(torch.zeros(2, 3)).shape == (2, 3)
    assert not torch.detach(x).requires_grad


def test_inference_mode_is_cheap_to_enter_and_leave_by_an_error():
    with warnings.catch_warnings(), pytest.raises(KeyError), torch.inference_mode():
        raise KeyError
    assert not torch.is_inference_mode_enabled() and torch.is_grad_enabled()
