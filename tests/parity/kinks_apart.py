"""Where wengert's answers at kinks and edges are not those that kinks.json has of PyTorch, on purpose: the reason, then the rows
(expression, operands, question) with wengert's own answer; and the rows where forward mode gives what reverse mode gives, which in PyTorch it does not.
"""

import json

INF, NAN = "inf", "nan"

APART = {
    "A norm where nothing is left of it, and what is divided by one, has the derivative 0 of any order. PyTorch has 0 for the "
    "first and nan for the second.": [
        ("x.norm()", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm()", "0.0", "second", [[0.0]]),
        ("x.norm(p=0.5)", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm(p=0.5)", "[0.0, 4.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm(p=1.5)", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm(p=1.5)", "[0.0, 4.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm(p=-1)", "[0.0, 2.0]", "second", [[[0.0, 0.0]]]),
        ("x.norm(dim=1)", "[[0.0, 0.0], [3.0, 4.0]]", "second", [[[[0.0, 0.0], [0.0, 0.0]]]]),
        ("torch.linalg.vector_norm(x, 0.5)", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        ("torch.linalg.vector_norm(x)", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        (
            "(x - y).norm()",
            "[1.0, 2.0], [1.0, 2.0]",
            "second",
            [[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]],
        ),
        (
            "F.pairwise_distance(x, y, eps=0.0)",
            "[[1.0, 2.0]], [[1.0, 2.0]]",
            "second",
            [[[[0.0, 0.0]], [[0.0, 0.0]]], [[[0.0, 0.0]], [[0.0, 0.0]]]],
        ),
        ("torch.dist(x, y)", "[1.0, 2.0], [1.0, 2.0]", "second", [[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]]),
        (
            "torch.renorm(x, 2.0, 0, 1.0)",
            "[[0.0, 0.0], [1.0, 0.0], [3.0, 4.0]]",
            "second",
            [[[[0.0, 0.0], [0.0, 0.0], [-0.20352005026559716, 0.1446399163392047]]]],
        ),
        ("torch.linalg.matrix_norm(x)", "[[0.0, 0.0], [0.0, 0.0]]", "second", [[[[0.0, 0.0], [0.0, 0.0]]]]),
        ("F.normalize(x, dim=0)", "[0.0, 0.0]", "second", [[[0.0, 0.0]]]),
        (
            "F.cosine_similarity(x, y, dim=0)",
            "[0.0, 0.0], [1.0, 2.0]",
            "second",
            [[[0.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]],
        ),
    ],
    "Where the second derivative exists it is given. PyTorch's formula has 0 * inf or 0 / 0 there.": [
        (
            "torch.copysign(x, y)",
            "[0.0, 0.0, 2.0, -2.0, -0.0], [1.0, -1.0, -0.0, 0.0, 1.0]",
            "second",
            [[[0.0] * 5, [0.0] * 5], [[0.0] * 5, [0.0] * 5]],
        ),
        ("0.0**x", "[0.0, 1.0, 2.0, -1.0]", "second", [[[0.0, 0.0, 0.0, INF]]]),
        (
            "x**y",
            "[0.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 2.0, 0.5, -1.0]",
            "second",
            [
                [[NAN, 0.0, 2.0, "-inf", INF], [NAN, 1.0, 0.0, NAN, INF]],
                [[0.0, 0.0, 0.0, NAN, INF], [0.0, 0.0, 0.0, 0.0, INF]],
            ],
        ),
        (
            "torch.logit(x, eps=0.25)",
            "[0.0, 0.25, 0.5, 0.75, 1.0]",
            "second",
            [[[0.0, -14.222222222222221, 0.0, 14.222222222222221, 0.0]]],
        ),
        (
            "torch.logaddexp(x, y)",
            "[0.0, '-inf', '-inf', 'inf', 1000.0], [0.0, 0.0, '-inf', 'inf', -1000.0]",
            "second",
            [
                [[0.25, 0.0, NAN, NAN, 0.0], [-0.25, 0.0, NAN, NAN, 0.0]],
                [[-0.25, 0.0, NAN, NAN, 0.0], [0.25, 0.0, NAN, NAN, 0.0]],
            ],
        ),
        (
            "torch.logaddexp2(x, y)",
            "[0.0, '-inf', '-inf', 'inf'], [0.0, 0.0, '-inf', 'inf']",
            "second",
            [
                [[0.17328679513998632, 0.0, NAN, NAN], [-0.17328679513998632, 0.0, NAN, NAN]],
                [[-0.17328679513998632, 0.0, NAN, NAN], [0.17328679513998632, 0.0, NAN, NAN]],
            ],
        ),
        ("F.mish(x)", "[0.0, -1000.0, 1000.0]", "second", [[[0.64, 0.0, 0.0]]]),
    ],
    "What does not enter a result has the derivative 0, and what makes it nan has nan.": [
        ("torch.logit(x)", "[0.0, 1.0, 2.0]", "second", [[[NAN, NAN, NAN]]]),
        ("x.prod()", "[2.0, 'inf', 0.0]", "second", [[[NAN, 6.0, NAN]]]),
        (
            "x.logcumsumexp(0)",
            "['-inf', '-inf', 0.0, 1.0]",
            "reverse",
            [[0.0, 0.0, 4.075765685479981, 2.9242343145200196]],
        ),
        (
            "x.logcumsumexp(0)",
            "['-inf', '-inf', 0.0, 1.0]",
            "second",
            [[[0.0, 0.0, -0.786447732965927, 0.786447732965927]]],
        ),
        ("x.var()", "[2.0]", "second", [[[NAN]]]),
    ],
    "Ties share a gradient, and so do several nan: `amax` as `max`, and distances as norms do. PyTorch has nan for `amax`, and "
    "gives each of the tied coordinates of a distance the whole gradient.": [
        ("x.amax()", "[1.0, 'nan', 3.0, 'nan']", "reverse", [[0.0, 0.5, 0.0, 0.5]]),
        (
            "torch.cdist(x, y, p=float('inf'))",
            "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 5.0]]",
            "reverse",
            [[[-1.0, -1.0]], [[0.0, 0.0], [1.0, 1.0]]],
        ),
    ],
    "At the seam of two pieces all derivatives are those of the piece that the value is taken from; PyTorch takes the second "
    "derivative from the other piece.": [
        (
            "F.elu(x, 1.5)",
            "[-1000.0, -0.0, 0.0, 1.0, '-inf', 'inf', 'nan']",
            "second",
            [[[0.0, 1.5, 1.5, 0.0, 0.0, 0.0, 0.0]]],
        ),
        (
            "F.celu(x, 1.5)",
            "[-2.0, -0.0, 0.0, 1.0, '-inf', 'inf', 'nan']",
            "second",
            [[[0.1757314254104845, 2 / 3, 2 / 3, 0.0, 0.0, 0.0, 0.0]]],
        ),
        (
            "F.selu(x)",
            "[-2.0, -0.0, 0.0, 1.0, '-inf', 'inf', 'nan']",
            "second",
            [[[0.2379328722516818, 1.7580993408473766, 1.7580993408473766, 0.0, 0.0, 0.0, 0.0]]],
        ),
        (
            "F.softplus(x)",
            "[-1000.0, 0.0, 20.0, 20.5, 1000.0, '-inf', 'inf']",
            "second",
            [[[0.0, 0.25, 2.0611536181902037e-09, 0.0, 0.0, 0.0, 0.0]]],
        ),
        (
            "F.softplus(x, beta=2.0, threshold=4.0)",
            "[1.0, 2.0, 2.5]",
            "second",
            [[[0.20998717080701323, 0.03532541242658223, 0.0]]],
        ),
        (
            "F.huber_loss(x, y, reduction='none')",
            "[0.0, 1.0, -1.0, 2.0], [0.0, 0.0, 0.0, 0.0]",
            "second",
            [
                [[1.0, 4.0, 9.0, 0.0], [-1.0, -4.0, -9.0, 0.0]],
                [[-1.0, -4.0, -9.0, 0.0], [1.0, 4.0, 9.0, 0.0]],
            ],
        ),
    ],
    "A slope is 1 / 6 in the precision of x, in PyTorch in single precision; and there are second derivatives, which PyTorch "
    "has not.": [
        (
            "F.hardsigmoid(x)",
            "[-4.0, -3.0, 0.0, 3.0, 4.0, '-inf', 'inf']",
            "reverse",
            [[0.0, 0.0, 1 / 6, 0.0, 0.0, 0.0, 0.0]],
        ),
        ("F.hardsigmoid(x)", "[-4.0, -3.0, 0.0, 3.0, 4.0, '-inf', 'inf']", "second", [[[0.0] * 7]]),
        ("F.multi_margin_loss(x, torch.tensor([0]))", "[[1.0, 0.0, 0.5]]", "second", [[[[0.0, 0.0, 0.0]]]]),
    ],
    "The binary cross-entropy at 0 and 1 has the slope of the part that remains; where that has none, 1e12, as a line. "
    "PyTorch divides by x (1 - x), kept above 1e-12.": [
        (
            "F.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=x.dtype))",
            "[0.0, 0.0, 1.0, 1.0]",
            "reverse",
            [[0.25, -2.5e11, 2.5e11, -0.25]],
        ),
        (
            "F.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=x.dtype))",
            "[0.0, 0.0, 1.0, 1.0]",
            "second",
            [[[0.25, 0.0, 0.0, 1.0]]],
        ),
    ],
}


FORWARD_AS_REVERSE = [
    ("torch.atan2(x, y)", "[0.0, -0.0, 0.0, 1.0, 0.0], [0.0, 0.0, -1.0, 0.0, -0.0]"),
    ("F.prelu(x, torch.tensor([0.25], dtype=x.dtype))", "[-1.0, -0.0, 0.0, 1.0, 'nan']"),
    ("F.hardsigmoid(x)", "[-4.0, -3.0, 0.0, 3.0, 4.0, '-inf', 'inf']"),
    ("F.multi_margin_loss(x, torch.tensor([0]))", "[[1.0, 0.0, 0.5]]"),
    ("x.clamp(min=y)", "[-1.0, 0.0, 0.0, 1.0, 'nan'], [0.0, 0.0, 1.0, 'nan', 0.0]"),
    ("x.clamp(max=y)", "[-1.0, 0.0, 0.0, 1.0, 'nan'], [0.0, 0.0, 1.0, 'nan', 0.0]"),
    ("torch.maximum(x, y)", "[1.0, 2.0, 3.0, 'nan', 1.0, 0.0], [2.0, 2.0, 2.0, 1.0, 'nan', -0.0]"),
    ("torch.minimum(x, y)", "[1.0, 2.0, 3.0, 'nan', 1.0, 0.0], [2.0, 2.0, 2.0, 1.0, 'nan', -0.0]"),
    ("torch.maximum(x, x)", "[1.0, 'nan']"),
    ("torch.cdist(x, y)", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 6.0]]"),
    ("torch.cdist(x, y, p=0.0)", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]"),
    ("torch.cdist(x, y, p=0.5)", "[[1.0, 2.0]], [[1.0, 2.0], [2.0, 3.0]]"),
    ("torch.cdist(x, y, p=1.0)", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]"),
    ("torch.cdist(x, y, p=1.5)", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]"),
    ("torch.cdist(x, y, p=3.0)", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 2.0]]"),
    ("torch.cdist(x, y, p=float('inf'))", "[[1.0, 2.0]], [[1.0, 2.0], [4.0, 5.0]]"),
    ("torch.cdist(x, x)", "[[1.0, 2.0], [1.0, 2.0]]"),
    ("x.max()", "[1.0, 'nan', 3.0, 'nan']"),
    ("x.amax()", "[1.0, 'nan', 3.0, 'nan']"),
    ("x.median()", "[1.0, 'nan', 3.0]"),
    ("F.binary_cross_entropy(x, torch.tensor([0.0, 1.0, 0.0, 1.0], dtype=x.dtype))", "[0.0, 0.0, 1.0, 1.0]"),
]


# Where x is nan, PyTorch's gradient among many elements is another one than the gradient of one or a few.
UNSTEADY = (
    "F.relu6(x)",
    "F.hardtanh(x)",
    "F.elu(x, 1.5)",
    "F.celu(x, 1.5)",
    "F.selu(x)",
    "F.hardswish(x)",
    "F.hardshrink(x)",
    "F.softshrink(x)",
)


def operands_of(row):
    """The operands of a recorded row, as text."""
    return ", ".join(repr(row[name]) for name in "xy" if name in row)


def ours():
    """wengert's own answers: {(expression, operands, question): answer}."""
    return {(f, at, question): answer for rows in APART.values() for f, at, question, answer in rows}


def wanted(row, question, dtype="float64"):
    """What wengert is to answer."""
    at = row["f"], operands_of(row)
    if question == "forward" and at in FORWARD_AS_REVERSE:
        question = "reverse"
    stated = ours().get((*at, question))
    return row.get(dtype, row).get(question, row[question]) if stated is None else stated


def recorded(path):
    """The rows of kinks.json."""
    return json.loads(path.read_text(encoding="utf-8"))["rows"]
