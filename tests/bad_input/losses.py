"""Losses and layers: targets that are no class, shapes that differ, parameters out of their range."""

from .making import *

ROWS = {
    "class out of range": (
        lambda: functional.cross_entropy(f(2, 3), whole(0, 3)),
        IndexError,
        "Target 3 is out of bounds",
    ),
    "cross_entropy of a number": (lambda: functional.cross_entropy(t64(1.0), t64(1.0)), IndexError, "no dimensions"),
    "class -1": (lambda: functional.cross_entropy(f(2, 3), whole(0, -1)), IndexError, "Target -1 is out of bounds"),
    "class 2**62": (lambda: functional.cross_entropy(f(2, 3), whole(0, 2**62)), IndexError, "out of bounds"),
    "class -2**63": (lambda: functional.cross_entropy(f(2, 3), whole(0, -(2**63))), IndexError, "out of bounds"),
    "class out of range of nll_loss": (lambda: functional.nll_loss(f(2, 3), whole(0, 3)), IndexError, "Target 3"),
    "class -7 of nll_loss": (lambda: functional.nll_loss(f(2, 3), whole(0, -7)), IndexError, "Target -7"),
    "nll_loss by an unfitting weight": (
        lambda: functional.nll_loss(f(2, 3), whole(0, 1), f(2)),
        RuntimeError,
        "weight",
    ),
    "nll_loss of a vector and two classes": (
        lambda: functional.nll_loss(f(2), whole(0, 1)),
        (ValueError, RuntimeError),
        "target",
    ),
    "cross entropy of a vector of floats as classes": (
        lambda: functional.cross_entropy(f(2, 3), f(2)),
        (RuntimeError, ValueError),
        "",
    ),
    "cross entropy without a target": (
        lambda: functional.cross_entropy(f(2, 3), None),
        (TypeError, AttributeError),
        "",
    ),
    "cross entropy of integers": (
        lambda: functional.cross_entropy(torch.tensor([[1, 2]]), whole(0)),
        (NotImplementedError, RuntimeError),
        "not implemented",
    ),
    "cross entropy of unequal probabilities": (
        lambda: functional.cross_entropy(f(2, 3), f(2, 4)),
        RuntimeError,
        "shape|size|match|target",
    ),
    "mse_loss of shapes that do not broadcast": (lambda: functional.mse_loss(f(2), f(3)), RuntimeError, "2.*3|3.*2"),
    "mse_loss with another reduction": (
        lambda: functional.mse_loss(f(2), f(2), reduction="x"),
        ValueError,
        "x.*reduction",
    ),
    "binary cross entropy with logits of unequal shapes": (
        lambda: functional.binary_cross_entropy_with_logits(f(2), f(3)),
        ValueError,
        "size",
    ),
    "kl_div with another reduction": (lambda: functional.kl_div(f(2), f(2), reduction="x"), ValueError, "x.*reduction"),
    "huber loss of delta -1": (lambda: functional.huber_loss(f(2), f(2), delta=-1.0), RuntimeError, "delta"),
    "smooth_l1_loss of beta -1": (lambda: functional.smooth_l1_loss(f(2), f(2), beta=-1.0), RuntimeError, "beta"),
    "one_hot beyond the classes": (lambda: functional.one_hot(whole(3), 2), RuntimeError, "smaller than num_classes"),
    "one_hot of nothing": (lambda: functional.one_hot(whole(dtype=torch.int64)), RuntimeError, "empty"),
    "one_hot of a number": (lambda: functional.one_hot(3), TypeError, "Tensor, not int"),
    "embedding out of range": (lambda: functional.embedding(whole(5), f(3, 2)), IndexError, "out of"),
    "embedding at -1": (lambda: functional.embedding(whole(-1), f(3, 2)), IndexError, "out of range"),
    "embedding by floats": (lambda: functional.embedding(f(1), f(3, 2)), (RuntimeError, IndexError), "long|int"),
    "embedding padded out of range": (
        lambda: functional.embedding(whole(0), f(3, 2), padding_idx=7),
        AssertionError,
        "within num_embeddings",
    ),
    "pad by half a pair": (lambda: functional.pad(f(2), (1,)), RuntimeError, "divisible by 2|even"),
    "pad by more than there is": (lambda: functional.pad(f(2), (-3, 0)), RuntimeError, ""),
    "pad of too many dimensions": (lambda: functional.pad(f(2), (1, 1, 1, 1)), RuntimeError, "dimension|length"),
    "pad in another mode": (lambda: functional.pad(f(2), (1, 1), mode="x"), NotImplementedError, ""),
    "dropout of -0.1": (lambda: functional.dropout(f(2), -0.1), ValueError, "between 0 and 1"),
    "layer_norm of no shape": (lambda: functional.layer_norm(f(2, 3), ()), RuntimeError, "normalized_shape"),
    "layer_norm of a longer shape": (
        lambda: functional.layer_norm(f(2, 3), (2, 3, 4)),
        RuntimeError,
        "normalized_shape",
    ),
    "layer_norm by an unfitting bias": (
        lambda: functional.layer_norm(f(2, 3), (3,), f(3), f(2)),
        RuntimeError,
        "bias",
    ),
    "linear of unequal sizes": (lambda: functional.linear(f(2, 3), f(4, 2)), RuntimeError, "3.*2|shape"),
    "softmax over dimension 5": (lambda: functional.softmax(f(2), dim=5), IndexError, "5"),
    "hardtanh upside down": (lambda: functional.hardtanh(f(2), 1.0, -1.0), (ValueError, AssertionError), ""),
    "gelu by another approximation": (lambda: functional.gelu(f(2), approximate="x"), RuntimeError, "approximate"),
}

OURS = {
    "l1_loss of a number": (lambda: functional.l1_loss(f(2), 3), TypeError, "target.*Tensor, not int"),
    "softmin of a list": (lambda: functional.softmin([1.0]), TypeError, "Tensor, not list"),
    "dropout of NaN": (lambda: functional.dropout(f(2), float("nan")), ValueError, "between 0 and 1"),
}
