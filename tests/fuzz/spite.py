"""Objects that answer the interpreter's questions badly, by names that a line of the fuzz target may use.
And the operands of samples, as `tests/laws/samples.py` names them."""

import wengert as torch


class Spite(Exception):
    """What hostile objects raise: it must come out as itself."""


class Refuses:
    """Raises whatever it is asked."""

    def _refuse(self, *args):
        raise Spite("refused")

    __index__ = __int__ = __float__ = __bool__ = __len__ = __iter__ = __getitem__ = __array__ = __dlpack__ = _refuse
    __eq__ = __lt__ = __add__ = __radd__ = __call__ = __contains__ = _refuse
    __hash__ = None


class Index:
    """A whole number by `__index__` alone."""

    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


class Meddles:
    """Changes a tensor in the middle of a call that reads this as a number."""

    def __init__(self, tensor, value=0):
        self.tensor, self.value = tensor, value

    def __index__(self):
        self.tensor.squeeze_()
        self.tensor.unsqueeze_(0)
        self.tensor.data = self.tensor.new_zeros(0)
        return self.value

    def __float__(self):
        return float(self.__index__())

    def __len__(self):
        return self.__index__() + 1

    def __getitem__(self, i):
        if i > 2:
            raise IndexError(i)
        return self.__index__()


class Lies(list):
    """A list that says it is longer than it is."""

    def __len__(self):
        return 5


class Endless:
    """Never ends; what reads it all has to give up by itself."""

    def __len__(self):
        return 2**62

    def __getitem__(self, i):
        return 0


class Attributes:
    """Claims to be an array, a tensor, a capsule."""

    dtype = "float32"
    shape = (2**62, 2**62)
    ndim = -1
    __array__ = None
    __dlpack__ = None
    __array_interface__ = None


class Array:
    """An array that is none."""

    def __array__(self, *args, **kwargs):
        return [[1.0], 2]


class Capsule:
    """Gives no capsule."""

    def __dlpack__(self, **kwargs):
        return 3

    def __dlpack_device__(self):
        return "a", None


class Text(str):
    pass


class Whole(int):
    def __index__(self):
        raise Spite("index")


class Real(float):
    def __float__(self):
        raise Spite("float")


def loop():
    items = []
    items.append(items)
    return items


def loop_pair():
    items = []
    pair = (items, items)
    items.append(pair)
    return pair


def loop_dict():
    found = {}
    found["a"] = found
    return found


def deep(n=3000):
    items = [1.0]
    for _ in range(n):
        items = [items]
    return items


def grows():
    """A list that grows while it is read."""
    items = []

    class Grows(float):
        def __float__(self):
            items.extend(items[:8])
            return 1.0

    items.extend([Grows(1.0), 1.0])
    return items


def refuse(*args, **kwargs):
    raise Spite("called")


def same(*args):
    return args[0] if args else None


def twice(x, *args):
    return x * 2


def total(x, *args):
    return (x * x).sum()


def writes(x, *args):
    return x.add_(1)


def f(*shape, lo=-2.0, hi=2.0):
    return torch.rand(shape) * (hi - lo) + lo


def pos(*shape):
    return torch.rand(shape) + 0.3


def i(*shape, lo=0, hi=5):
    return torch.randint(lo, hi, shape)


def b(*shape):
    return torch.rand(shape) > 0.5


inf, nan = float("inf"), float("nan")
int8, uint8, int16, int32, int64 = torch.int8, torch.uint8, torch.int16, torch.int32, torch.int64
float32, float64 = torch.float32, torch.float64
