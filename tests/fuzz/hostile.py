"""Hypothesis strategies for lines of Python that call the library badly: source text, so that a line can be run again."""

import re

from hypothesis import strategies as st

from . import face

WHOLE = [
    "0", "1", "-1", "2", "3", "-2", "-3", "5", "-7", "64", "-64", "1000", "2**31", "-2**31", "2**40", "2**62", "-2**62",
    "2**63 - 1", "-2**63", "2**63", "2**64", "10**30", "-10**30",
]  # fmt: skip
REAL = ["0.0", "-0.0", "0.5", "-1.5", "1e30", "-1e308", "1e-320", "float('nan')", "float('inf')", "-float('inf')"]
SHAPES = ["()", "0", "1", "3", "2, 3", "3, 2", "3, 3", "2, 0, 3", "1, 3", "2, 1, 3", "2, 3, 4", "1, 1, 1, 1, 1"]
TENSORS = [
    *[f"torch.ones({shape})" for shape in SHAPES],
    *[f"torch.ones({shape}, requires_grad=True)" for shape in SHAPES],
    *[f"(torch.ones({shape}, requires_grad=True) * 2)" for shape in SHAPES],
    *[f"torch.ones({shape}, dtype=torch.float64)" for shape in ("()", "3", "2, 3")],
    *[f"torch.ones({shape}, dtype=torch.{d})" for shape in ("()", "3", "2, 3", "0") for d in ("bool", "uint8", "int8")],
    *[f"torch.ones({shape}, dtype=torch.{d})" for shape in ("()", "3", "2, 3", "0") for d in ("int16", "int32", "int64")],
    "torch.ones(2, 3).t()", "torch.ones(8)[::2]", "torch.ones(1).expand(3)", "torch.ones(2, 1).expand(2, 3)",
    "torch.arange(6.0).as_strided((3, 3), (1, 1))", "torch.ones(3, 3).diagonal()", "torch.ones(4, 4)[1:, 2:]",
    "torch.zeros(0).expand(2**40, 0)", "torch.zeros(0, 2**31)", "torch.ones(1).expand(1000, 1000)",
    "torch.tensor([float('nan'), float('inf'), -0.0])", "torch.tensor([-2**63, 2**63 - 1])", "torch.tensor([-1.0, 2.0])",
    "torch.tensor([0, 1, 2])", "torch.tensor([5, -7])", "torch.tensor([2**62, 2**62])", "torch.tensor([[0, 1], [1, 0]])",
    "torch.tensor([[0, 3, -100]])", "torch.tensor([-128, 127], dtype=torch.int8)", "torch.tensor([True, False, True])",
    "torch.tensor(2**62)", "torch.tensor(-1)", "torch.tensor(3)", "torch.tensor(1e30)", "torch.tensor(float('nan'))",
    "torch.ones(70000)", "torch.ones(200, 300, requires_grad=True)", "torch.arange(70000)", "torch.ones(300, 200).t()",
    "torch.tensor([[1.0, -1.0], [0.0, 1.0]], requires_grad=True).t()", "torch.nn.Parameter(torch.ones(3))",
    "torch.ones(70000)", "torch.ones(200, 300, requires_grad=True)", "torch.arange(70000)", "torch.ones(300, 200).t()",
]  # fmt: skip
OTHERS = [
    "None", "True", "False", "''", "'a'", "'mean'", "'none'", "'sum'", "'cpu'", "'cuda'", "'float32'", "'ij,jk->ik'", "b'a'", "1j",
    "()", "[]", "{}", "set()", "{1}", "(0,)", "(0, 0)", "(0, 1)", "(-1, 0)", "[1, 2]", "(2**62, 2**62)", "(2**40, 2**40)",
    "(1.5,)", "('a',)", "(None,)", "[[1, 2], [3]]", "[[[0]], [1, 2]]", "(0,) * 65", "(1,) * 100", "list(range(70))", "[3] * 3",
    "object()", "int", "float", "range(3)", "iter([1, 2])", "(x for x in [1])", "(lambda x: x)", "print.__self__", "...",
    "slice(None)", "slice('a', None)", "slice(None, None, -1)", "slice(None, None, 0)", "slice(2**62, -2**62, 2**62)",
    "slice(10**30)", "slice(0, 2)", "(slice(1, None), 0)", "(None,) * 70", "(..., 0)", "(..., ...)",
    "torch.float32", "torch.float64", "torch.int64", "torch.int8", "torch.uint8", "torch.bool", "torch", "torch.Tensor",
    "torch.device('cpu')", "torch.strided", "torch.Generator()", "torch.Generator", "torch.Size((2, 3))", "torch.add",
    "np.ones(3)", "np.ones((2, 3)).T", "np.ones(4)[::-1]", "np.ones(3, dtype='>f8')", "np.array(['a'])", "np.ones(())",
    "np.array([object()])", "np.float64(1.5)", "np.int8(3)", "np.bool_(True)", "np.ones(2, dtype=complex)", "np.uint64(2**64 - 1)",
    "np.zeros((0, 3))", "np.datetime64('2020')", "np.ones(3, dtype=np.float16)", "np.broadcast_to(np.ones(1), (3,))",
    "Refuses()", "Index(0)", "Index(2**62)", "Index(-2**70)", "Index('a')", "Lies([1, 2])", "Attributes()", "Array()", "Capsule()",
    "Text('a')", "Whole(1)", "Real(1.0)", "loop()", "loop_pair()", "loop_dict()", "deep()", "grows()", "Meddles(x)", "Meddles(x, 2)",
    "[Meddles(x)]", "(Meddles(x), 0)", "refuse", "same", "twice", "total", "writes", "len", "[Refuses()]", "[Real(1.0)]",
    "memoryview(b'ab')", "bytearray(8)", "x", "[x, x]", "(x, 0)", "[x, 1.0]", "[x, None]", "(x,) * 5", "[x.grad]", "torch.arange(200)",
]  # fmt: skip
FUNCTIONS = [
    "same",
    "twice",
    "total",
    "writes",
    "refuse",
    "torch.sum",
    "torch.exp",
    "torch.Tensor.t_",
    "float",
    "len",
    "None",
    "3",
]
INTS = [
    "(2, 3)",
    "(3,)",
    "(-1,)",
    "(0, 1)",
    "(1, 0)",
    "(2, 2)",
    "(6,)",
    "()",
    "(3, -1)",
    "(0,)",
    "(-1, -2)",
    "(2**62, 4)",
    "[2, 1]",
]


def any_of(*groups):
    return st.sampled_from([item for group in groups for item in group])


hostile = st.one_of(any_of(WHOLE), any_of(REAL), any_of(TENSORS), any_of(OTHERS))
small = st.sampled_from(["0", "1", "-1", "2", "-2", "3"])


def fitting(kind, name):
    """Values of the kind that a parameter wants, to come past the check of its type."""
    options = []
    if name in ("f", "func", "callable", "hook"):
        return st.sampled_from(FUNCTIONS)
    if "Sequence[Tensor]" in kind or name in ("tensors", "inputs", "outputs"):
        options.append(
            st.lists(any_of(TENSORS, ["x", "x", "x"]), max_size=3).map(lambda items: f"[{', '.join(items)}]")
        )
    elif "Tensor" in kind:
        options.append(any_of(TENSORS, ["x"] * 8))
    if "tuple[int" in kind or "Sequence[int]" in kind or name in ("size", "shape", "dims"):
        options.append(st.sampled_from(INTS))
    if "int" in kind.replace("Sequence[int]", "").replace("tuple[int", ""):
        options += [small, any_of(WHOLE)]
    if "Number" in kind or "float" in kind:
        options += [any_of(REAL), small, any_of(WHOLE)]
    if "bool" in kind:
        options.append(st.sampled_from(["True", "False"]))
    if "dtype" in kind:
        options.append(
            st.sampled_from(["torch.float32", "torch.float64", "torch.int64", "torch.int8", "torch.bool", "None"])
        )
    if "str" in kind:
        options.append(
            st.sampled_from(["'mean'", "'sum'", "'none'", "'prod'", "'trunc'", "'floor'", "'a'", "'fro'", "''"])
        )
    return st.one_of(options) if options else hostile


@st.composite
def arguments(draw, parameters):
    """An argument list for a signature: mostly of the wanted kinds, some of them hostile, some missing, some surplus."""
    texts, named = [], False
    # How hostile: from one bad argument to all of them.
    spite = draw(st.sampled_from([1, 1, 3, 9]))
    for name, kind, way in parameters:
        if way == "many":
            for _ in range(draw(st.integers(0, 3))):
                texts.append(draw(hostile if draw(st.integers(0, 9)) < spite else fitting(kind, name)))
            continue
        if way == "keyword" and draw(st.integers(0, 2)) > 0:
            continue
        if "None" in kind or name not in ("input", "other"):
            if draw(st.integers(0, 7)) == 0:
                named = True  # left out; what follows is given by name
                continue
        value = draw(hostile if draw(st.integers(0, 9)) < spite else fitting(kind, name))
        named = named or way == "keyword" or draw(st.integers(0, 9)) == 0
        texts.append(f"{name}={value}" if named else value)
    extra = draw(st.integers(0, 30))
    if extra == 0 and not named:
        texts.append(draw(hostile))
    elif extra == 1:
        texts.append(f"{draw(st.sampled_from(['dim', 'out', 'axis', 'nothing', 'dtype']))}={draw(hostile)}")
    elif extra == 2:
        texts.append(f"out={draw(any_of(TENSORS))}")
    return ", ".join(legal(texts))


def legal(texts):
    """The arguments without what is no Python: a name twice, a position after a name."""
    kept, names = [], set()
    for text in texts:
        name = text.partition("=")[0] if NAMED.match(text) else None
        if name in names or (name is None and names):
            continue
        names |= {name} - {None}
        kept.append(text)
    return kept


NAMED = re.compile(r"[a-zA-Z_0-9]+=(?!=)")
CALLS = face.calls()
PROPERTIES = face.properties()


@st.composite
def line(draw):
    """A statement about the tensor `x`."""
    way = draw(st.integers(0, 19))
    if way == 0:
        return f"x {draw(st.sampled_from(face.BINARY))} {draw(hostile)}"
    if way == 1:
        return f"{draw(hostile)} {draw(st.sampled_from(face.BINARY))} x"
    if way == 2:
        return f"x {draw(st.sampled_from(face.INPLACE))} {draw(hostile)}"
    if way == 3:
        return f"x[{draw(hostile)}]"
    if way == 4:
        return f"x[{draw(hostile)}, {draw(hostile)}]"
    if way == 5:
        return f"x[{draw(hostile)}] = {draw(hostile)}"
    if way == 6:
        name = draw(st.sampled_from(PROPERTIES))
        return draw(st.sampled_from([f"x.{name}", f"x.{name} = {draw(hostile)}", f"del x.{name}"]))
    path = draw(st.sampled_from(sorted(CALLS)))
    method, parameters = CALLS[path]
    if not method:
        call = f"{path}({draw(arguments(parameters))})"
    else:
        rest = parameters[1:] if parameters[:1] and parameters[0][2] == "position" else parameters
        call = f"x{path}({draw(arguments(rest))})"
    # What writes would write to the operand itself, and a function that fails afterwards leaves that as it is.
    if way in (7, 8, 9) and not path.endswith(("_", "__")):
        return draw(st.sampled_from(TRANSFORMS)).replace("CALL", call)
    return call


TRANSFORMS = [
    "torch.func.vmap(lambda x: CALL)(x)",
    "torch.func.vmap(lambda x: CALL, in_dims=-1, out_dims=-1)(x)",
    "torch.func.jvp(lambda x: CALL, (x,), (x,))",
    "torch.func.grad(lambda x: (CALL).sum())(x)",
    "torch.func.vmap(torch.func.grad(lambda x: (CALL).sum()))(x)",
    "torch.func.jvp(torch.func.grad(lambda x: (CALL).sum()), (x,), (x,))",
    "torch.func.vmap(lambda x: torch.func.jvp(lambda x: CALL, (x,), (x,)))(x)",
    "torch.func.vmap(lambda x: torch.func.vmap(lambda x: CALL)(x))(x)",
]


@st.composite
def spoiled(draw):
    """A call that an operation's row states as a sample, with one or two of its arguments replaced."""
    name, method, samples = draw(st.sampled_from(face.ROWS))
    texts = face.split(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(texts) - 1))
        head = texts[at].partition("=")[0] + "=" if NAMED.match(texts[at]) else ""
        texts[at] = head + draw(st.one_of(hostile, small, any_of(TENSORS), st.sampled_from(INTS), any_of(WHOLE)))
    if draw(st.integers(0, 9)) == 0:
        del texts[draw(st.integers(0, len(texts) - 1))]
    texts = legal(texts)
    if texts and TENSOR.match(texts[0]) and method:
        first, call = texts[0], f"x.{name}({', '.join(texts[1:])})"
        if draw(st.booleans()):
            first = f"{first}.requires_grad_()" if first[0] in "fp" else first
        if name[-1] != "_" and draw(st.integers(0, 3)) == 0:
            call = draw(st.sampled_from(TRANSFORMS)).replace("CALL", call)
        return first, call
    return "torch.ones(2, 3)", f"{'torch.Tensor' if method else 'torch._core'}.{name}({', '.join(texts)})"


TENSOR = re.compile(r"(f|pos|i|b)\([^()]*\)$")


@st.composite
def several(draw):
    """An operand and a few statements about it, each about what the one before left; some keep their result as `x`."""
    lines = draw(st.lists(line(), min_size=1, max_size=4))
    keeps = [gives(text) and draw(st.integers(0, 2)) == 0 for text in lines]
    return draw(any_of(TENSORS)), [f"x = {text}" if keep else text for text, keep in zip(lines, keeps)]


def gives(text):
    """Whether a line has a result."""
    try:
        compile(text, "<line>", "eval")
    except SyntaxError:
        return False
    return True


program = st.one_of(spoiled().map(lambda pair: (pair[0], [pair[1]])), several())
