"""What PyTorch's documentation shows of functions that have no suite of their own: orders in memory, places to write to, warnings."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

F, L = torch.nn.functional, torch.linalg


def test_the_order_in_memory_is_asked_for_with_a_check():
    x = torch.empty((1, 2, 3, 4))
    assert x.dim_order(ambiguity_check=[torch.contiguous_format, torch.channels_last]) == (0, 1, 2, 3)
    with pytest.raises(RuntimeError, match="does not have unique dim order"):
        x.dim_order(ambiguity_check=True)
    with pytest.raises(TypeError, match="must be a bool or a list of memory formats"):
        x.dim_order(ambiguity_check="ILLEGAL")
    assert torch.empty(2, 3).t().dim_order(ambiguity_check=True) == (1, 0)


def test_a_tensor_of_given_strides_has_the_default_dtype():
    assert torch.empty_strided((2, 2), (0, 1)).dtype == torch.float32
    assert torch.empty_strided((2, 2), (2, 1), dtype=torch.int16).dtype == torch.int16


@pytest.mark.parametrize(
    "make",
    [lambda out: torch.arange(6, out=out), lambda out: torch.linspace(0, 5, 6, out=out)],
    ids=["arange", "linspace"],
)
def test_ranges_fill_an_out_of_as_many_elements(make):
    out = torch.zeros(2, 3)
    assert make(out) is out
    assert out.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_range_fills_a_part_of_a_tensor():
    x = torch.zeros(2, 3)
    torch.logspace(0, 3, 4, out=x.narrow(1, 1, 2))
    assert_close(x, np.array([[0, 1, 10], [0, 100, 1000]], np.float32), rtol=1e-5)


def test_an_array_that_may_not_be_written_to_gives_a_warning():
    x = np.ones(2)
    torch.from_numpy(x)
    x.flags.writeable = False
    # PyTorch says so once in a process.
    torch.set_warn_always(True)
    with pytest.warns(UserWarning, match="NumPy array is not writable"):
        assert torch.from_numpy(x).tolist() == [1, 1]
    torch.set_warn_always(False)


def test_copies_from_tensors_by_new_tensor_give_a_warning():
    with pytest.warns(UserWarning, match="recommended to use sourceTensor.detach"):
        assert torch.ones(2).new_tensor(torch.zeros(1)).tolist() == [0]


def test_a_precision_that_there_is_not_changes_nothing():
    before = torch.get_float32_matmul_precision()
    with pytest.warns(UserWarning, match="call has no effect"):
        torch.set_float32_matmul_precision("low")
    assert torch.get_float32_matmul_precision() == before


def test_multinomial_writes_to_int64_alone():
    with pytest.raises(RuntimeError, match="multinomial expects Long tensor out"):
        torch.multinomial(torch.ones(2), 1, out=torch.ones(1))


def test_integers_are_kept_between_bounds():
    assert F.hardtanh(torch.tensor([-3, 0, 4])).tolist() == [-1, 0, 1]
    sixes = F.relu6(torch.tensor([-3, 2, 14], dtype=torch.int16))
    assert sixes.dtype == torch.int16 and sixes.tolist() == [0, 2, 6]
    with pytest.raises(NotImplementedError, match="Bool inputs not supported"):
        F.hardtanh(torch.tensor([True]))


def test_cosines_are_of_broadcast_rows():
    x, y = t64([[[0, 1, 2], [0, 1, 2]]]), t64([[[0, 0, 0]], [[1, 1, 1]]])
    assert_close(F.cosine_similarity(x, y, dim=-2), np.array([[0, 0, 0], [0, 1, 1]]), rtol=1e-6)


def test_layers_refuse_what_has_the_wrong_dimensions():
    with pytest.raises(RuntimeError, match="'weight' must be 2-D"):
        F.embedding(torch.tensor([0]), torch.tensor(1.0))
    with pytest.raises(RuntimeError, match="Expected normalized_shape to be at least 1-dimensional"):
        F.rms_norm(torch.ones(2, 2), ())
    with pytest.raises(RuntimeError, match="Expected weight to be of same shape as normalized_shape"):
        F.rms_norm(torch.ones(2, 2), (2,), torch.ones(3))


def test_norms_of_no_elements():
    assert L.vector_norm(torch.zeros(0, 3), float("inf"), -1).shape == (0,)
    for order in (float("inf"), -1):
        with pytest.raises(RuntimeError, match="does not have an identity"):
            L.vector_norm(torch.zeros(0), order)


def test_the_sign_of_a_determinant_has_derivatives_of_zero():
    x = t64([[2.0, 1.0], [0.5, 3.0]], True)
    found = L.slogdet(x)
    assert found[0].requires_grad
    (found[0] * 3 + found[1]).backward()
    assert_close(x.grad, np.linalg.inv(array(x)).T)
    tangent = torch.func.jvp(lambda a: L.slogdet(a)[0], (x.detach(),), (x.detach(),))[1]
    assert tangent.item() == 0


def test_ranks_of_mapped_matrices():
    x = torch.eye(3, dtype=torch.float64).expand(2, 3, 3)
    assert torch.func.vmap(lambda a: L.lstsq(a, a).rank)(x).tolist() == [3, 3]
    ranks = torch.func.vmap(lambda a, least: L.matrix_rank(a, atol=least))(x, t64([0.1, 2.0]))
    assert ranks.tolist() == [3, 0]
    found = L.lstsq(x[:1], x, driver="gelsd")
    assert found.rank.shape == (1,) and found.singular_values.shape == (1, 3) and found.solution.shape == (2, 3, 3)


def test_values_are_written_into_a_copy_of_what_is_not_mapped():
    values = t64([1.0, 2.0])
    assert torch.func.vmap(lambda v: torch.fill(torch.zeros(2), v))(values).tolist() == [[1, 1], [2, 2]]

    def cubes(v):
        return torch.fill(torch.ones(3, dtype=torch.float64), v).pow(3).sum()

    assert torch.func.vmap(torch.func.grad(cubes))(values).tolist() == [9, 36]
    assert torch.func.jacfwd(torch.func.grad(cubes))(values[1]).item() == 36


def test_a_checkpoint_decorates_a_function():
    @torch.utils.checkpoint.checkpoint(use_reentrant=False)
    def square(x, *, power=2):
        return (x**power).exp()

    x = t64([0.5, 1.0], True)
    square(x, power=2).sum().backward()
    assert_close(x.grad, 2 * array(x) * np.exp(array(x) ** 2))
    with pytest.raises(ValueError, match="Unexpected keyword arguments: foo"):
        torch.utils.checkpoint.checkpoint(torch.sin, x, use_reentrant=True, foo=1)


def test_arrays_are_not_compared_with_tensors():
    with pytest.raises(TypeError, match="No comparison pair was able to handle inputs"):
        torch.testing.assert_close(np.ones(2), torch.ones(2, dtype=torch.float64))
