"""Calls as PyTorch took them before alpha and beta were keywords: numbers before the tensors that they scale."""

import pytest

import wengert as torch

OLDER = "is deprecated"


def v(*values):
    return torch.tensor([float(x) for x in values])


def eye():
    return 2 * torch.eye(2)


CALLS = {
    "add": (lambda: v(5, 5).add(2, v(2, 2)), [9, 9]),
    "add_": (lambda: v(5, 5).add_(2, v(2, 2)), [9, 9]),
    "sub": (lambda: torch.sub(v(5, 5), 2, v(2, 2)), [1, 1]),
    "sub_": (lambda: v(5, 5).sub_(2, v(2, 2)), [1, 1]),
    "addcmul": (lambda: v(5, 5).addcmul(0.5, v(2, 2), v(3, 3)), [8, 8]),
    "addcdiv_": (lambda: v(5, 5).addcdiv_(3, v(2, 2), v(3, 3)), [7, 7]),
    "addmm": (lambda: torch.addmm(2, eye(), 3, eye(), eye()), [[16, 0], [0, 16]]),
    "addmm of two": (lambda: torch.addmm(2, eye(), eye(), eye()), [[8, 0], [0, 8]]),
    "addmm of a tensor": (lambda: eye().addmm(2, eye(), eye()), [[8, 0], [0, 8]]),
    "addr": (lambda: torch.addr(2, eye(), 3, v(5, 5), v(5, 5)), [[79, 75], [75, 79]]),
}


@pytest.mark.parametrize("name", CALLS)
def test_values(name):
    call, wanted = CALLS[name]
    with pytest.warns(UserWarning, match=OLDER):
        assert call().tolist() == wanted


def test_gradient_and_out():
    x, y, out = v(1, 2).requires_grad_(), v(3, 4).requires_grad_(), torch.empty(2)
    with pytest.warns(UserWarning, match=OLDER):
        torch.add(x, 3, y).sum().backward()
    assert x.grad.tolist() == [1, 1] and y.grad.tolist() == [3, 3]
    with pytest.warns(UserWarning, match=OLDER):
        torch.add(v(1, 2), 3, v(3, 4), out=out)
    assert out.tolist() == [10, 14]


def test_others_are_refused():
    for call in (
        lambda: v(1).add(1, 2),
        lambda: v(1).add(1, 2, v(1)),
        lambda: v(1).mul(1, v(1)),
        lambda: v(1).addcmul(v(1), 1, v(1), v(1)),
    ):
        with pytest.raises(TypeError):
            call()


def test_truth_of_uint8_is_uint8():
    x = torch.tensor([[0, 2], [3, 4]], dtype=torch.uint8)
    for found, wanted in ((x.all(), 0), (x.any(), 1), (x.all(1), [0, 1]), (torch.any(x, 0, keepdim=True), [[1, 1]])):
        assert found.dtype == torch.uint8 and found.tolist() == wanted
    assert x.all(()).dtype == torch.uint8
    assert x.int().all().dtype == torch.bool
