"""What gradcheck leaves out, refuses and looks at besides the Jacobian."""

import pytest

from backend import BACKEND, assert_close, t64, torch

gradcheck = torch.autograd.gradcheck
fwd = torch.autograd.forward_ad
MODES = ({}, {"fast_mode": True})


def error():
    return __import__(f"{BACKEND}.autograd.gradcheck", fromlist=["GradcheckError"]).GradcheckError


@pytest.mark.parametrize("options", MODES)
def test_outputs_off_the_tape_are_left_out(options):
    x = t64([0.5, 2.0], requires_grad=True)
    assert gradcheck(lambda x: (x.detach() * 3, x * 2), (x,), **options)
    assert gradcheck(lambda x: x.detach() * 0, (x,), **options)
    with pytest.raises(error(), match="expected to be zero"):
        gradcheck(lambda x: x.detach() * 3, (x,), **options)


@pytest.mark.parametrize("options", MODES)
def test_functions_may_register_hooks(options):
    def hooked(x):
        y = x * 2
        y.register_hook(lambda g: g + 0.5)
        return y

    x = t64([0.5, 2.0], requires_grad=True)
    with pytest.raises(error(), match="Jacobian mismatch for output 0 with respect to input 0"):
        gradcheck(hooked, (x,), **options)
    # What cotangents of zeros give is looked at whatever the tolerances are.
    with pytest.raises(error(), match="backward not multiplied by grad_output"):
        gradcheck(hooked, (x,), atol=10.0, **options)


@pytest.mark.parametrize("options", MODES)
def test_outputs_keep_shape_and_dtype(options):
    x = t64([1.0], requires_grad=True)
    with pytest.raises(AssertionError, match="same shape when inputs are perturbed"):
        gradcheck(lambda x: torch.cat([x, x]) if x.item() >= 1 else x * 1, (x,), **options)
    with pytest.raises(AssertionError, match="same dtype when inputs are perturbed"):
        gradcheck(lambda x: x.to(torch.float32) if x.item() >= 1 else x * 1, (x,), **options)
    assert_close(x.detach(), [1.0])


def test_expanded_inputs():
    x = t64([1.0], requires_grad=True).expand(2, 2)
    with pytest.raises(RuntimeError, match="input has a dimension with stride 0"):
        gradcheck(lambda x: x * 1, (x,), raise_exception=False)


@pytest.mark.parametrize("options", MODES)
def test_inputs_are_dual_at_the_level(options):
    assert fwd._current_level == -1

    def off(x, y):
        if fwd._current_level >= 0:
            primal, tangent = fwd.unpack_dual(y)
            y = fwd.make_dual(primal, tangent * 1.1)
        return x + y, y * 1

    x, y = t64([0.5, 2.0], requires_grad=True), t64([1.0, 3.0], requires_grad=True)
    with pytest.raises(error(), match="forward mode mismatch for output 0 with respect to input 1"):
        gradcheck(off, (x, y), check_forward_ad=True, **options)
    assert fwd._current_level == -1
