"""The graph as Python sees it: names of grad_fn, next_functions, and that they are PyTorch's."""

import pytest

from backend import t64, torch

M = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


def name(tensor):
    return type(tensor.grad_fn).__name__


NAMES = {
    "AddBackward0": [lambda x: x + 1, lambda x: 1 + x, lambda x: x + x, lambda x: x.clone().add_(1)],
    "SubBackward0": [lambda x: x - 1, lambda x: x - x],
    "RsubBackward1": [lambda x: 1 - x],
    "MulBackward0": [lambda x: x * 2, lambda x: 2 * x, lambda x: x * x],
    "DivBackward0": [lambda x: x / 2, lambda x: x / x],
    "PowBackward0": [lambda x: x**2, lambda x: x.pow(0.5)],
    "PowBackward1": [lambda x: x**x],
    "NegBackward0": [lambda x: -x, torch.neg],
    "ExpBackward0": [torch.exp, lambda x: x.clone().exp_()],
    "LogBackward0": [torch.log],
    "TanhBackward0": [torch.tanh],
    "SinBackward0": [torch.sin],
    "CosBackward0": [torch.cos],
    "SqrtBackward0": [torch.sqrt],
    "AbsBackward0": [abs, torch.abs],
    "ReluBackward0": [torch.relu, lambda x: x.clone().relu_()],
    "WhereBackward0": [lambda x: torch.where(x > 2, x, 0.0), lambda x: torch.where(x > 2, x, x * 2)],
    "SumBackward0": [lambda x: x.sum()],
    "SumBackward1": [lambda x: x.sum(1), lambda x: x.sum(dim=(0, 1)), lambda x: x.sum(0, keepdim=True)],
    "MeanBackward0": [lambda x: x.mean()],
    "MeanBackward1": [lambda x: x.mean(1), lambda x: x.mean(0, keepdim=True)],
    "MaxBackward0": [lambda x: x.max(1).values, lambda x: x.max(1)[0]],
    "MaxBackward1": [lambda x: x.max()],
    "LinalgVectorNormBackward0": [lambda x: x.norm(), lambda x: x.norm(1), lambda x: x.norm(2, 1), torch.norm],
    "DotBackward0": [lambda x: x[0].dot(x[1]), lambda x: x[0] @ x[1]],
    "MvBackward0": [lambda x: x.mv(x[0]), lambda x: x @ x[0]],
    "MmBackward0": [lambda x: x.mm(x.t()), lambda x: x @ x.T],
    "BmmBackward0": [lambda x: x[None].bmm(x[None].mT)],
    "UnsafeViewBackward0": [lambda x: x[None] @ x[None].mT, lambda x: x[None] @ x[0], lambda x: x.t().reshape(6)],
    "SqueezeBackward4": [lambda x: x[:, 0] @ x],
    "SelectBackward0": [lambda x: x[0], lambda x: x[0, 1], lambda x: x.select(1, 0)],
    "SliceBackward0": [lambda x: x[1:], lambda x: x[:, 1:], lambda x: x[:]],
    "ViewBackward0": [lambda x: x.view(6), lambda x: x.reshape(3, 2)],
    "TransposeBackward0": [lambda x: x.transpose(0, 1), lambda x: x.mT],
    "TBackward0": [lambda x: x.t()],
    "PermuteBackward0": [lambda x: x.permute(1, 0), lambda x: x.T],
    "ExpandBackward0": [lambda x: x.expand(2, 2, 3)],
    "UnsqueezeBackward0": [lambda x: x.unsqueeze(0), lambda x: x[None], lambda x: x[:, None]],
    "SqueezeBackward0": [lambda x: x[None].squeeze()],
    "SqueezeBackward1": [lambda x: x[None].squeeze(0)],
    "AliasBackward0": [lambda x: x[...]],
    "CatBackward0": [lambda x: torch.cat([x, x])],
    "IndexBackward0": [lambda x: x[torch.tensor([0, 1])], lambda x: x[x > 2], lambda x: x[[0, 1]]],
    "ToCopyBackward0": [lambda x: x.float(), lambda x: x.to(torch.float32)],
    "CloneBackward0": [lambda x: x.clone(), lambda x: x.t().contiguous()],
    "CopyBackwards": [
        lambda x: torch.zeros(2, 3, dtype=torch.float64).copy_(x),
        lambda x: written(x.clone(), slice(None), x),
    ],
    "CopySlices": [
        lambda x: written(x.clone(), 0, 1.0),
        lambda x: written(x.clone(), 0, x[1]),
        lambda x: written(x.clone(), slice(0, 1), x[1:]),
        lambda x: doubled_first(x.clone()),
    ],
    "IndexPutBackward0": [lambda x: written(x.clone(), torch.tensor([0, 1]), x)],
}


def written(x, index, value):
    x[index] = value
    return x


def doubled_first(x):
    x[0].mul_(2)
    return x


@pytest.mark.parametrize("wanted", NAMES)
def test_name(wanted):
    for make in NAMES[wanted]:
        assert name(make(t64(M, requires_grad=True))) == wanted


def test_same_conversion_is_the_tensor_itself():
    x = t64(M, requires_grad=True)
    assert x.to(torch.float64) is x and x.double() is x and x.contiguous() is x


def test_graph_is_walkable():
    x = t64(M, requires_grad=True)
    y = x * 2
    node = (y + x).grad_fn
    assert node.name() == "AddBackward0"
    left, right = node.next_functions
    assert left[0].name() == "MulBackward0" and left[1] == 0
    assert left[0] is y.grad_fn
    assert right[0].name().endswith("AccumulateGrad")
    assert right[0].variable is x
    assert left[0].next_functions[0][0] is right[0]
    assert left[0].next_functions[1][0] is None
    assert right[0].next_functions == ()


def test_constants_have_no_next_function():
    x = t64(M, requires_grad=True)
    node = (x * t64(M)).grad_fn
    assert node.next_functions[0][0] is not None and node.next_functions[1] == (None, 0)


def test_second_output_index():
    values, indices = t64(M, requires_grad=True).max(1)
    assert not indices.requires_grad and indices.dtype == torch.int64
    assert (values * 1).grad_fn.next_functions[0] == (values.grad_fn, 0)


def test_grad_fn_is_stable():
    y = t64(M, requires_grad=True) * 2
    assert y.grad_fn is y.grad_fn
    assert y.detach().grad_fn is None
    assert y.data.grad_fn is None
    assert "MulBackward0" in repr(y.grad_fn)


def test_in_place_moves_grad_fn():
    y = t64(M, requires_grad=True) * 2
    first = y.grad_fn
    y.add_(1)
    assert name(y) == "AddBackward0"
    assert y.grad_fn.next_functions[0][0] is first


def test_repr_shows_grad_fn():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    assert repr(x) == "tensor([1., 2.], requires_grad=True)"
    assert repr(x * 2) == "tensor([2., 4.], grad_fn=<MulBackward0>)"
