"""Bad inputs: each row raises the stated class with the stated words, and afterwards the library still computes.

The words are a regular expression, matched without regard to case, that PyTorch's message satisfies too; words that only
wengert promises stand in `PROMISED`, which lists what an error must say of what was got and what was wanted.
"""

import re

import numpy as np
import pytest

from backend import ON_TORCH, t64, torch

if ON_TORCH:
    import torch.nn.functional as functional
else:
    import wengert.nn.functional as functional


def f(*shape):
    return torch.ones(*shape, dtype=torch.float64)


def leaf(*shape):
    return f(*shape).requires_grad_()


def whole(*values):
    return torch.tensor(list(values))


def put(x, index, value):
    x[index] = value


def unpack(x):
    a, b = x
    return a, b


IndexOrRuntime = (IndexError, RuntimeError)
TypeOrRuntime = (TypeError, RuntimeError)
ValueOrRuntime = (ValueError, RuntimeError)

ROWS = {
    # creation
    "tensor of a string": (lambda: torch.tensor("abc"), (TypeError, ValueError), ""),
    "tensor of ragged lists": (lambda: torch.tensor([[1, 2], [3]]), ValueError, "length|ragged|shape"),
    "tensor of objects": (lambda: torch.tensor([object()]), (TypeError, ValueError, RuntimeError), ""),
    "tensor of a huge integer": (lambda: torch.tensor(2**70), (RuntimeError, OverflowError, ValueError), ""),
    "zeros of a negative size": (lambda: torch.zeros(-1, 2), ValueOrRuntime, "negative"),
    "zeros of a float size": (lambda: torch.zeros(1.5), TypeError, ""),
    "full of a string": (lambda: torch.full((2,), "a"), TypeError, ""),
    "arange without an end": (lambda: torch.arange(0, 5, 0), ValueOrRuntime, "step|zero"),
    "arange the wrong way": (lambda: torch.arange(5, 0), ValueOrRuntime, "bound|step"),
    "unknown dtype": (lambda: torch.zeros(2, dtype="float99"), TypeError, ""),
    "from_numpy of a list": (lambda: torch.from_numpy([1.0]), TypeError, ""),
    "from_numpy of strings": (lambda: torch.from_numpy(np.array(["a"])), TypeError, ""),
    "manual_seed of a string": (lambda: torch.manual_seed("x"), (TypeError, ValueError), ""),
    "more memory than there is": (lambda: torch.zeros(10**7, 10**7), (RuntimeError, MemoryError), "memory|alloc"),
    "more elements than can be counted": (
        lambda: torch.zeros(2**40, 2**40),
        (RuntimeError, MemoryError, ValueError),
        "",
    ),
    "zeros on another device": (lambda: torch.zeros(2, device="nowhere"), RuntimeError, "device|cpu"),
    "zeros into another shape's dtype": (
        lambda: torch.zeros(2, out=f(2), dtype=torch.float32),
        RuntimeError,
        "dtype|type",
    ),
    "eye of a negative size": (lambda: torch.eye(-1), RuntimeError, "-1|negative"),
    "linspace of a negative number": (lambda: torch.linspace(0, 1, -1), RuntimeError, "non-negative"),
    "randint of nothing": (lambda: torch.randint(3, 3, (2,)), RuntimeError, "from=3"),
    "randint of a number as size": (lambda: torch.randint(3, 4), TypeError, "size"),
    "normal of a negative deviation": (lambda: torch.normal(0.0, -1.0, (2,)), RuntimeError, "std"),
    "bernoulli beyond 1": (lambda: torch.bernoulli(t64([2.0])), RuntimeError, "p_in|probab"),
    "multinomial of zeros": (lambda: torch.multinomial(f(3) * 0, 1), RuntimeError, "sum of probabilities"),
    "multinomial of too many": (lambda: torch.multinomial(f(3), 4), RuntimeError, "n_sample"),
    "uniform_ the wrong way": (lambda: f(2).uniform_(1, 0), RuntimeError, "from"),
    "uniform_ on a leaf": (lambda: leaf(2).uniform_(), RuntimeError, "leaf"),
    "set_state of no state": (lambda: torch.Generator().set_state(f(2)), TypeError, "ByteTensor"),
    "generator that is none": (lambda: torch.rand(2, generator=1), TypeError, "generator"),
    "device that is none": (lambda: torch.device("nowhere"), RuntimeError, "device"),
    "from_dlpack of a list": (lambda: torch.from_dlpack([1.0]), TypeOrRuntime, ""),
    "dlpack of a leaf": (lambda: leaf(2).__dlpack__(), BufferError, "detach"),
    "type that is none": (lambda: f(2).type("nothing"), ValueError, "invalid type"),
    # shapes
    "add of unequal shapes": (lambda: f(2, 3) + f(2), ValueOrRuntime, r"\b3\b.*\b2\b|\b2\b.*\b3\b"),
    "where of unequal shapes": (lambda: torch.where(f(2).bool(), f(3), f(2)), ValueOrRuntime, r"2.*3|3.*2"),
    "in place into too little": (lambda: f(2).add_(f(3, 2)), ValueOrRuntime, "shape|broadcast"),
    "mm of unequal sizes": (lambda: f(2, 3).mm(f(2, 3)), ValueOrRuntime, r"2.*3"),
    "mm of a vector": (lambda: f(2, 3).mm(f(3)), ValueOrRuntime, "2-?D|matri|dim"),
    "mv of unequal sizes": (lambda: f(2, 3).mv(f(2)), ValueOrRuntime, r"3.*2|2.*3"),
    "bmm of unequal batches": (lambda: f(2, 3, 4).bmm(f(3, 4, 5)), ValueOrRuntime, r"batch|\[2, 4\]|2.*3"),
    "dot of matrices": (lambda: f(2, 2).dot(f(2, 2)), ValueOrRuntime, "1D|1-D|2D"),
    "dot of unequal sizes": (lambda: f(2).dot(f(3)), ValueOrRuntime, r"2.*3"),
    "matmul of unequal sizes": (lambda: f(3, 5) @ f(4, 2), ValueOrRuntime, r"5.*4"),
    "matmul of a scalar": (lambda: f(2, 2) @ t64(1.0), ValueOrRuntime, "scalar|0-?D|1D|dim"),
    "matmul of unequal dtypes": (lambda: f(2, 2) @ torch.ones(2, 2), TypeOrRuntime, "dtype|same|float|double"),
    "reshape to another size": (lambda: f(2, 3).reshape(4), ValueOrRuntime, r"4"),
    "reshape with two unknowns": (lambda: f(2, 3).reshape(-1, -1), ValueOrRuntime, "one|infer|-1"),
    "view of what is not contiguous": (lambda: f(2, 3).t().view(6), ValueOrRuntime, "stride|contiguous|reshape"),
    "expand of a longer dimension": (lambda: f(2, 3).expand(2, 4), ValueOrRuntime, "expand"),
    "expand to fewer dimensions": (lambda: f(2, 3).expand(3), ValueOrRuntime, "dim|expand"),
    "permute with a dimension missing": (lambda: f(2, 3).permute(0), ValueOrRuntime, "dim"),
    "permute with a dimension twice": (lambda: f(2, 3).permute(0, 0), ValueOrRuntime, "dim|repeat|dup"),
    "t of a cube": (lambda: f(2, 2, 2).t(), ValueOrRuntime, "2"),
    "cat of nothing": (lambda: torch.cat([]), ValueOrRuntime, "empty|at least one|non-empty"),
    "cat of unequal shapes": (lambda: torch.cat([f(2, 3), f(2, 4)]), ValueOrRuntime, r"3.*4|4.*3"),
    "cat of a number": (lambda: torch.cat([1, 2]), TypeError, ""),
    # products, parts and arrangements
    "einsum without operands": (lambda: torch.einsum("ij"), ValueOrRuntime, "operand"),
    "einsum of too many operands": (lambda: torch.einsum("ij", f(2, 2), f(2, 2)), ValueOrRuntime, "more operands"),
    "einsum of too few operands": (lambda: torch.einsum("ij,jk", f(2, 2)), ValueOrRuntime, "fewer operands"),
    "einsum of unequal sizes": (lambda: torch.einsum("ij,jk", f(2, 3), f(4, 2)), RuntimeError, r"\bj\b.*4.*3"),
    "einsum of too few letters": (lambda: torch.einsum("i", f(2, 3)), RuntimeError, r"1.*2"),
    "einsum of a strange letter": (lambda: torch.einsum("i?", f(2, 3)), RuntimeError, "subscript"),
    "einsum with half an ellipsis": (lambda: torch.einsum("i..", f(2, 3)), RuntimeError, "ellipsis"),
    "einsum to a letter twice": (lambda: torch.einsum("i->ii", f(2)), RuntimeError, "more than once"),
    "einsum to a letter from nowhere": (lambda: torch.einsum("i->j", f(2)), RuntimeError, "does not appear"),
    "einsum of an uneven diagonal": (lambda: torch.einsum("ii", f(2, 3)), RuntimeError, r"3 != 2"),
    "outer of matrices": (lambda: torch.outer(f(2, 2), f(2)), RuntimeError, "1-D"),
    "inner of unequal sizes": (lambda: torch.inner(f(2, 3), f(2, 2)), RuntimeError, "last dimension"),
    "tensordot of unequal sizes": (lambda: torch.tensordot(f(2, 3), f(4, 2), 1), RuntimeError, r"3.*4"),
    "addmm of unequal sizes": (lambda: torch.addmm(f(2), f(2, 3), f(4, 2)), RuntimeError, r"2x3.*4x2"),
    "addmm onto another shape": (lambda: torch.addmm(f(3), f(2, 3), f(3, 2)), RuntimeError, "expand"),
    "cross of two": (lambda: torch.cross(f(2), f(2), dim=0), RuntimeError, "3"),
    "trace of a vector": (lambda: torch.trace(f(2)), RuntimeError, "matrix"),
    "power of an oblong matrix": (lambda: torch.matrix_power(f(2, 3), 2), RuntimeError, "square"),
    "split that does not sum": (lambda: f(4).split([1, 2]), RuntimeError, r"sum.*4"),
    "split into nothing": (lambda: f(4).split(0), RuntimeError, "split_size"),
    "chunk into none": (lambda: f(4).chunk(0), RuntimeError, "greater than 0"),
    "unbind of a 0-d tensor": (lambda: t64(1.0).unbind(), IndexError, "dimension"),
    "tensor_split into none": (lambda: f(4).tensor_split(0), RuntimeError, "larger than 0"),
    "hsplit that does not divide": (lambda: f(2, 3).hsplit(2), RuntimeError, "divisible"),
    "write to one of several views": (lambda: (leaf(4) * 1).chunk(2)[0].mul_(2), RuntimeError, "multiple views"),
    "as_strided beyond the storage": (lambda: f(4).as_strided((3,), (2,)), RuntimeError, "out of bounds"),
    "as_strided backwards": (lambda: f(4).as_strided((2,), (-1,), 3), RuntimeError, "negative"),
    "as_strided of too few strides": (lambda: f(4).as_strided((2, 2), (1,)), RuntimeError, "mismatch"),
    "as_strided of sizes beyond counting": (
        lambda: f(4).as_strided((2**40,), (2**40,)),
        (RuntimeError, ValueError),
        "",
    ),
    "unfold of a long window": (lambda: f(4).unfold(0, 5, 1), RuntimeError, r"4.*5"),
    "unfold without a step": (lambda: f(4).unfold(0, 2, 0), RuntimeError, "step"),
    "diagonal of one dimension": (lambda: f(2, 2).diagonal(0, 1, 1), RuntimeError, "identical"),
    "diag of a cube": (lambda: f(2, 2, 2).diag(), RuntimeError, "1D or 2D|1-D|2-D"),
    "movedim of unequal lists": (lambda: f(2, 2).movedim((0, 1), (0,)), RuntimeError, "same number"),
    "movedim of a dimension twice": (lambda: f(2, 2).movedim((0, 0), (0, 1)), RuntimeError, "repeated"),
    "flatten backwards": (lambda: f(2, 2).flatten(1, 0), RuntimeError, "start_dim"),
    "unflatten to another size": (lambda: f(6).unflatten(0, (4, 2)), RuntimeError, "sizes"),
    "flip of a dimension twice": (lambda: f(2).flip((0, 0)), RuntimeError, "multiple times"),
    "rot90 in one dimension": (lambda: f(2, 2).rot90(1, (0, 0)), RuntimeError, "different"),
    "roll by too few shifts": (lambda: f(2, 2).roll((1,), (0, 1)), RuntimeError, "align"),
    "repeat of too few counts": (lambda: f(2, 2).repeat(2), RuntimeError, "dimensions"),
    "repeat of a negative count": (lambda: f(2).repeat(-1), RuntimeError, "negative"),
    "repeat_interleave of unequal counts": (lambda: f(3).repeat_interleave(whole(1, 2), 0), RuntimeError, "same size"),
    "tril of a vector": (lambda: f(3).tril(), RuntimeError, "2 dimensions"),
    "meshgrid in another order": (lambda: torch.meshgrid(f(2), f(2), indexing="xyz"), RuntimeError, "indexing"),
    "broadcast_tensors of unequal shapes": (lambda: torch.broadcast_tensors(f(2), f(3)), RuntimeError, r"2.*3|3.*2"),
    "broadcast_shapes of unequal shapes": (lambda: torch.broadcast_shapes((2,), (3,)), RuntimeError, "broadcast"),
    "block_diag of a cube": (lambda: torch.block_diag(f(2, 2, 2)), RuntimeError, "2 or fewer"),
    "H of a cube": (lambda: f(2, 2, 2).H, RuntimeError, "2-D"),
    # dimensions and indices
    "sum over a missing dimension": (lambda: f(2, 3).sum(dim=2), IndexError, r"2"),
    "sum over a dimension twice": (lambda: f(2, 3).sum(dim=(0, 0)), ValueOrRuntime, "dim|appear|repeat|dup"),
    "mean of integers": (lambda: whole(1, 2).mean(), TypeOrRuntime, "int64|long|float"),
    "max of nothing": (lambda: f(0).max(), ValueOrRuntime, "numel|empty|no elements"),
    "max over an empty dimension": (lambda: f(2, 0).max(dim=1), IndexOrRuntime, "size|empty|non-zero"),
    "argmax of nothing": (lambda: f(0).argmax(), IndexOrRuntime, "dim|empty"),
    "argmin over an empty dimension": (lambda: f(2, 0).argmin(dim=1), IndexOrRuntime, "size|empty|non-zero"),
    "amax over an empty dimension": (lambda: f(2, 0).amax(dim=1), IndexError, "size|non-zero"),
    "amax over a dimension twice": (lambda: f(2, 3).amax(dim=(0, 0)), ValueOrRuntime, "dim|appear|repeat|dup"),
    "median over an empty dimension": (lambda: f(2, 0).median(dim=1), IndexOrRuntime, "size|empty|non-zero"),
    "mode over a missing dimension": (lambda: f(2, 3).mode(dim=2), IndexError, r"2"),
    "prod over a missing dimension": (lambda: f(2, 3).prod(dim=2), IndexError, r"2"),
    "any over a missing dimension": (lambda: f(2, 3).any(dim=-3), IndexError, r"-3"),
    "var of integers": (lambda: whole(1, 2).var(), RuntimeError, "float"),
    "cumsum over a missing dimension": (lambda: f(2, 3).cumsum(2), IndexError, r"2"),
    "cumprod without a dimension": (lambda: f(2, 3).cumprod(), TypeError, "dim|argument"),
    "diff of a 0-d tensor": (lambda: torch.diff(t64(1.0)), RuntimeError, "one-dimensional"),
    "diff of a negative order": (lambda: torch.diff(f(3), n=-1), RuntimeError, "non-negative|order"),
    "softmax of integers": (lambda: whole(1, 2).softmax(0), RuntimeError, "not implemented|long"),
    "softmax over a missing dimension": (lambda: f(2, 3).softmax(2), IndexError, r"2"),
    "logcumsumexp of integers": (lambda: whole(1, 2).logcumsumexp(0), RuntimeError, "not implemented|long"),
    "layer_norm of another shape": (lambda: torch.layer_norm(f(2, 3), (2,)), RuntimeError, "normalized_shape"),
    "layer_norm by an unfitting weight": (lambda: torch.layer_norm(f(2, 3), (3,), f(2)), RuntimeError, "weight"),
    "cross entropy of unequal batches": (
        lambda: functional.cross_entropy(f(2, 3), whole(0, 1, 2)),
        ValueError,
        r"batch_size.*2.*3",
    ),
    "cross entropy of no such class": (lambda: functional.cross_entropy(f(2, 3), whole(0, 3)), IndexError, r"3"),
    "cross entropy with another reduction": (
        lambda: functional.cross_entropy(f(2, 3), whole(0, 1), reduction="average"),
        ValueError,
        "average.*reduction",
    ),
    "cross entropy smoothed too much": (
        lambda: functional.cross_entropy(f(2, 3), whole(0, 1), label_smoothing=2.0),
        RuntimeError,
        "label_smoothing",
    ),
    "cross entropy by an unfitting weight": (
        lambda: functional.cross_entropy(f(2, 3), whole(0, 1), f(2)),
        RuntimeError,
        "weight",
    ),
    "binary cross entropy of unequal shapes": (
        lambda: functional.binary_cross_entropy(f(2), f(3)),
        ValueError,
        "size",
    ),
    "binary cross entropy outside of 0 to 1": (
        lambda: functional.binary_cross_entropy(f(2) * 2, f(2)),
        RuntimeError,
        "between 0 and 1",
    ),
    "huber loss of no delta": (lambda: functional.huber_loss(f(2), f(2), delta=0.0), RuntimeError, "delta"),
    "dropout of a wrong probability": (lambda: functional.dropout(f(2), 1.5), ValueError, r"between 0 and 1.*1\.5"),
    "one_hot of floats": (lambda: functional.one_hot(f(2)), RuntimeError, "index tensor|Long"),
    "one_hot of a negative class": (lambda: functional.one_hot(whole(-1)), RuntimeError, "non-negative"),
    "norm of integers": (lambda: whole(1, 2).norm(), TypeOrRuntime, "float|dtype"),
    "transpose of a missing dimension": (lambda: f(2, 3).transpose(0, 2), IndexError, r"2"),
    "unsqueeze too far": (lambda: f(2).unsqueeze(3), IndexError, r"3"),
    "squeeze of a missing dimension": (lambda: f(2).squeeze(1), IndexError, r"1"),
    "index out of range": (lambda: f(2, 3)[2], IndexError, r"2"),
    "negative index out of range": (lambda: f(2, 3)[0, -4], IndexError, r"4"),
    "too many indices": (lambda: f(2)[0, 0], IndexError, "too many"),
    "index of a 0-d tensor": (lambda: t64(1.0)[0], IndexError, "0-dim|scalar|item|too many"),
    "index by a string": (lambda: f(2)["a"], (IndexError, TypeError), ""),
    "index by a float": (lambda: f(2)[1.5], (IndexError, TypeError), ""),
    "index by a float tensor": (lambda: f(2)[t64([0.0])], IndexError, "long|int|bool"),
    "integer tensor out of range": (lambda: f(2)[whole(0, 5)], IndexError, r"5"),
    "mask of another shape": (lambda: f(3)[torch.tensor([True, False])], IndexError, r"2.*3|3.*2"),
    "indices that do not broadcast": (
        lambda: f(3, 3)[whole(0, 1), whole(0, 1, 2)],
        (IndexError, RuntimeError),
        "broadcast",
    ),
    "negative step": (lambda: f(3)[::-1], ValueError, "step"),
    "step of zero": (lambda: f(3)[::0], ValueError, "step|zero"),
    "assignment out of range": (lambda: put(f(2), 3, 1.0), IndexError, r"3"),
    "assignment of an unfitting tensor": (lambda: put(f(2), slice(None), f(3)), ValueOrRuntime, r"3.*2|2.*3"),
    "assignment of a string": (lambda: put(f(2), 0, "a"), TypeError, ""),
    "select out of range": (lambda: f(2).select(0, 2), IndexError, r"2"),
    "assignment of another dtype at indices": (
        lambda: put(f(2), whole(0), torch.ones(1)),
        RuntimeError,
        "dtypes match",
    ),
    "gather out of range": (lambda: f(2, 3).gather(0, whole(0, 5).unsqueeze(0)), RuntimeError, r"5.*size 2"),
    "gather by a negative index": (lambda: f(2).gather(0, whole(-1)), RuntimeError, r"-1.*out of bounds"),
    "gather of another rank": (lambda: f(2, 3).gather(0, whole(0)), RuntimeError, "same number of dimensions"),
    "gather by floats": (lambda: f(2).gather(0, f(1)), RuntimeError, "int64"),
    "gather along a missing dimension": (lambda: f(2).gather(1, whole(0)), IndexError, "range"),
    "scatter from too little": (
        lambda: f(2, 3).scatter(0, torch.zeros(2, 3, dtype=torch.int64), f(1, 3)),
        RuntimeError,
        "no larger",
    ),
    "scatter of another dtype": (lambda: f(2).scatter(0, whole(0), torch.ones(1)), RuntimeError, "dtype"),
    "scatter by an unknown reduction": (
        lambda: f(2).scatter_reduce(0, whole(0), f(1), "median"),
        RuntimeError,
        "sum, prod, mean, amax or amin",
    ),
    "index_select out of range": (lambda: f(2).index_select(0, whole(2)), IndexError, "out of range"),
    "index_select by a matrix": (lambda: f(2).index_select(0, whole(0).unsqueeze(0)), IndexError, "vector"),
    "index_add of unequal shapes": (lambda: f(2, 3).index_add(0, whole(0), f(1, 2)), RuntimeError, "shape"),
    "index_copy out of range": (lambda: f(2).index_copy(0, whole(2), f(1)), IndexError, r"2"),
    "take out of range": (lambda: f(2).take(whole(2)), IndexError, r"out of range.*2"),
    "put of unequal sizes": (lambda: f(2).put_(whole(0), f(2)), IndexError, "same number of elements"),
    "masked_fill by integers": (lambda: f(2).masked_fill(whole(0, 1), 1.0), RuntimeError, "boolean mask"),
    "masked_fill with a vector": (lambda: f(2).masked_fill(f(2) > 0, f(2)), RuntimeError, "0-dim"),
    "masked_scatter from too little": (
        lambda: f(2).masked_scatter(f(2) > 0, f(1)),
        RuntimeError,
        "elements of source",
    ),
    "topk of too many": (lambda: f(2).topk(3), RuntimeError, "k out of range"),
    "kthvalue of zero": (lambda: f(2).kthvalue(0), RuntimeError, "k out of range"),
    "sort along a missing dimension": (lambda: f(2).sort(1), IndexError, "range"),
    "searchsorted in other rows": (lambda: torch.searchsorted(f(2, 3), f(3, 3)), RuntimeError, r"2, 3.*3, 3"),
    "bincount of negative numbers": (lambda: torch.bincount(whole(-1)), RuntimeError, "non-negative"),
    "bincount of floats": (lambda: torch.bincount(f(2)), NotImplementedError, "not implemented"),
    "histc the wrong way": (lambda: torch.histc(f(2), 3, 2, 1), RuntimeError, "larger than min"),
    "unique along a missing dimension": (lambda: torch.unique(f(2), dim=1), IndexError, "range"),
    # types
    "add of a string": (lambda: f(2) + "a", TypeError, ""),
    "add of None": (lambda: f(2) + None, TypeError, ""),
    "exp of a list": (lambda: torch.exp([1.0]), TypeError, ""),
    "unknown argument": (lambda: f(2).sum(dimension=0), TypeError, "dimension|keyword|argument"),
    "missing argument": (lambda: torch.mm(f(2, 2)), TypeError, ""),
    "surplus argument": (lambda: torch.exp(f(2), f(2), f(2)), TypeError, ""),
    "item of many": (lambda: f(2).item(), ValueOrRuntime, "one element|scalar|2"),
    "bool of many": (lambda: bool(f(2)), ValueOrRuntime, "ambiguous"),
    "float of many": (lambda: float(f(2)), (TypeError, ValueError, RuntimeError), ""),
    "len of a 0-d tensor": (lambda: len(t64(1.0)), TypeError, "0-d"),
    "unpacking of too many": (lambda: unpack(f(3)), ValueError, "too many"),
    "float into integers in place": (lambda: whole(1, 2).add_(0.5), TypeOrRuntime, "cast|dtype|type"),
    "quotient into integers in place": (lambda: whole(1, 2).div_(2), TypeOrRuntime, "cast|dtype|type"),
    "negative integer power": (lambda: whole(1, 2) ** -1, ValueOrRuntime, "negative"),
    "minus on bool": (lambda: -torch.tensor([True]), TypeOrRuntime, "bool"),
    # autograd
    "requires_grad on integers": (lambda: whole(1, 2).requires_grad_(), RuntimeError, "float"),
    "backward without a graph": (lambda: f(1).sum().backward(), RuntimeError, "does not require grad"),
    "backward of a vector": (lambda: (leaf(2) * 2).backward(), RuntimeError, "scalar"),
    "gradient of the wrong shape": (lambda: (leaf(2) * 2).backward(f(3)), RuntimeError, "shape"),
    "gradient that is a list": (lambda: (leaf(2) * 2).backward([1.0, 1.0]), (TypeError, RuntimeError), ""),
    "gradient by an unused input": (lambda: torch.autograd.grad(leaf(2).sum(), leaf(2)), RuntimeError, "allow_unused"),
    "in place on a leaf": (lambda: leaf(2).mul_(2), RuntimeError, "leaf"),
    "numpy of a leaf": (lambda: leaf(2).numpy(), RuntimeError, "detach"),
    "hook on a constant": (lambda: f(2).register_hook(print), RuntimeError, "require"),
    "grad of another shape": (lambda: setattr(leaf(2), "grad", f(3)), RuntimeError, "shape|size"),
    "grad that is a number": (lambda: setattr(leaf(2), "grad", 1.0), TypeOrRuntime, ""),
    "func.grad of a vector": (lambda: torch.func.grad(lambda x: x * 2)(f(2)), RuntimeError, "scalar"),
    "func.jvp with another shape": (lambda: torch.func.jvp(torch.exp, (f(2),), (f(3),)), ValueOrRuntime, ""),
    "func.vmap of unequal sizes": (lambda: torch.func.vmap(torch.add)(f(2), f(3)), ValueError, "2.*3|3.*2|size"),
    "write into an expanded tensor": (lambda: f(1).expand(3).add_(1), RuntimeError, "memory|expand"),
}

# What the message says besides: what was got, what was wanted, by name of the op.
PROMISED = {
    "add of unequal shapes": r"add.*[\[(]2, 3[\])].*[\[(]2,?[\])]",
    "mm of unequal sizes": r"mm.*first input \(3\).*second \(2\).*[\[(]2, 3[\])]",
    "matmul of unequal sizes": r"last dimension of the first input \(5\) must equal the second-to-last of the second \(4\); "
    r"got [\[(]3, 5[\])] and [\[(]4, 2[\])]",
    "mv of unequal sizes": r"mv.*[\[(]2, 3[\])].*[\[(]2,?[\])]",
    "dot of unequal sizes": r"(?=.*dot).*\b2\b.*\b3\b",
    "reshape to another size": r"(?=.*reshape)(?=.*[\[(]2, 3[\])]).*[\[(]4,?[\])]",
    "sum over a missing dimension": r"sum|got 2",
    "sum over a dimension twice": r"dim 0|sum",
    "cat of unequal shapes": r"cat.*[\[(]2, 3[\])].*[\[(]2, 4[\])]",
    "max of nothing": r"max",
    "mean of integers": r"mean.*(int64|Long)",
    "expand of a longer dimension": r"(?=.*expand)(?=.*[\[(]2, 3[\])]).*[\[(]2, 4[\])]",
    "index out of range": r"index 2.*size 2",
    "view of what is not contiguous": r"view.*reshape",
}


def still_computes():
    """A value, a gradient and a write, right after an error."""
    x = t64([1.0, 2.0], requires_grad=True)
    y = (x * x).exp() * 1
    y.mul_(2)
    y.sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), [4 * np.e, 8 * np.exp(4.0)])
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("row", ROWS)
def test_bad_input(row):
    attempt, wanted, words = ROWS[row]
    with pytest.raises(wanted) as caught:
        attempt()
    message = str(caught.value)
    assert message.strip(), "an error says something"
    assert re.search(words, message, re.IGNORECASE | re.DOTALL), message
    assert "panic" not in message.lower() and "src/" not in message
    if not ON_TORCH and row in PROMISED:
        assert re.search(PROMISED[row], message, re.DOTALL), message
    still_computes()


def test_promises_are_rows():
    assert set(PROMISED) <= set(ROWS)
    assert len(ROWS) >= 40


@pytest.mark.parametrize(
    "row", ["add of unequal shapes", "index out of range", "in place on a leaf", "gradient of the wrong shape"]
)
def test_bad_input_many_times(row):
    """An error leaves nothing behind, however often it is made."""
    attempt, wanted, _ = ROWS[row]
    for _ in range(2000):
        with pytest.raises(wanted):
            attempt()
    still_computes()
