"""What programs written for PyTorch call besides the main road: Variable, modes around classes, NumPy under no_grad, flags."""

import warnings

import pytest

from backend import assert_close, t64, torch


def test_variable_is_a_tensor_off_the_tape():
    x = t64([1.0, 2.0], requires_grad=True)
    y = torch.autograd.Variable(x * 2, requires_grad=True)
    assert type(y) is type(x) and y.is_leaf and y.requires_grad and isinstance(y, torch.autograd.Variable)
    (y * y).sum().backward()
    assert_close(y.grad, [4.0, 8.0])
    assert x.grad is None and not torch.autograd.Variable(x).requires_grad
    assert torch.autograd.Variable(x).data_ptr() == x.data_ptr()
    assert torch.autograd.Variable().shape == (0,)
    assert not isinstance(1.0, torch.autograd.Variable)
    with pytest.raises(TypeError, match="Variable data has to be a tensor"):
        torch.autograd.Variable([1.0])
    with pytest.warns(UserWarning, match="volatile was removed"):
        torch.autograd.Variable(x, volatile=True)


def test_a_mode_around_a_class_holds_while_it_is_made():
    with pytest.warns(FutureWarning, match="Decorating classes is deprecated"):

        @torch.no_grad()
        class Model:
            def __init__(self):
                self.made = torch.is_grad_enabled()

            def forward(self):
                return torch.is_grad_enabled()

    assert not Model().made and Model().forward()
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @torch.no_grad()
        def under():
            return torch.is_grad_enabled()

    assert not under()


def test_numpy_under_no_grad():
    x = t64([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="requires grad"):
        x.numpy()
    with torch.no_grad():
        assert x.numpy().tolist() == [1.0, 2.0]


def test_casts_take_a_memory_format():
    x = torch.tensor([1.5, 0.0])
    for name in ("float", "double", "long", "int", "short", "char", "byte", "bool"):
        cast = getattr(x, name)
        assert cast(memory_format=torch.preserve_format).dtype == cast().dtype


def test_anomaly_mode_says_that_it_is_on():
    assert not torch.is_anomaly_enabled()
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        context = torch.autograd.detect_anomaly(check_nan=False)
    with context:
        assert torch.is_anomaly_enabled() and not torch.is_anomaly_check_nan_enabled()
    assert not torch.is_anomaly_enabled() and torch.is_anomaly_check_nan_enabled()


def test_zeros_for_what_is_unused_can_be_differentiated():
    x, a = t64(0.5, requires_grad=True), t64(1.0, requires_grad=True)
    (first,) = torch.autograd.grad(x * a, x, create_graph=True)
    (second,) = torch.autograd.grad(first, x, create_graph=True, materialize_grads=True)
    (third,) = torch.autograd.grad(second, x, materialize_grads=True)
    assert second.item() == 0 and third.item() == 0 and second.requires_grad and not third.requires_grad


def test_batches_of_cotangents_have_the_shape_of_their_outputs():
    x = t64([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    for y, g in ((x * 1, torch.ones(2, 2)), (x.sum(), torch.ones(2, 1))):
        with pytest.raises(RuntimeError, match="If `is_grads_batched=True`, we interpret the first"):
            torch.autograd.grad(y, x, g, is_grads_batched=True)


def test_vmap_by_its_short_name():
    assert_close(torch.vmap(lambda x: x * 2)(t64([1.0, 2.0])), [2.0, 4.0])


def test_arguments_that_are_there_for_older_programs():
    x = t64([1.0, 2.0], requires_grad=True)
    g = t64([1.0, 10.0])
    assert_close(torch.autograd.grad(x * x, x, g, True, True, True, False)[0], [2.0, 40.0])
    (found,) = torch.autograd.grad(outputs=x * x, inputs=x, grad_outputs=g, create_graph=True, only_inputs=True)
    assert_close(found, [2.0, 40.0])
    with pytest.warns(FutureWarning, match="only_inputs argument is deprecated"):
        torch.autograd.grad(x * x, x, g, only_inputs=False)
    with pytest.warns(FutureWarning, match="Use `grad_tensors` instead"):
        torch.autograd.backward(x * x, grad_variables=g)
    assert_close(x.grad, [2.0, 40.0])
    with pytest.warns(FutureWarning), pytest.raises(RuntimeError, match="both passed to"):
        torch.autograd.backward(x * x, g, grad_variables=g)


def test_inputs_by_name():
    inputs = {"x": t64(3.0, requires_grad=True), "y": t64(2.0, requires_grad=True)}
    found = torch.autograd.grad(inputs["x"] ** 2, inputs, allow_unused=True)
    assert list(found) == ["x", "y"] and found["x"].item() == 6 and found["y"] is None
    with pytest.raises(RuntimeError, match="Set allow_unused=True"):
        torch.autograd.grad(inputs["x"] ** 2, inputs)
    with pytest.raises(RuntimeError, match="cannot be empty"):
        torch.autograd.grad(inputs["x"] ** 2, {})
    torch.autograd.backward(inputs["x"] * inputs["y"], inputs={"y": inputs["y"]})
    assert inputs["x"].grad is None and inputs["y"].grad.item() == 3
