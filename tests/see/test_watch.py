"""What a watched thread shows: operations on and off the tape, their values, and nothing of other threads."""

import gc
import threading
import weakref

import pytest

from backend import torch, wengert_only
from see.program import run

pytestmark = wengert_only


@pytest.fixture(autouse=True)
def forget():
    yield
    torch.watch.forget()


def test_all_values_are_known():
    names = run(
        """
        def f():
            x = torch.tensor([1.0, 2.0], requires_grad=True)
            return ((x + 1) * 3).sum()
        with torch.watch() as seen:
            y = f()
        t = torch.tape(y)
        """
    )
    t = names["t"]
    assert [v.value.tolist() for v in t] == [[1.0, 2.0], [2.0, 3.0], [6.0, 9.0], 15.0]
    assert t[1].text.endswith(" + 1.0")


def test_what_is_not_recorded_is_seen():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.watch() as seen:
        with torch.no_grad():
            a = x * 2
        b = a.long()
        c = x.detach()
        n = float(x.sum())
        d = torch.tensor([n])
        c.numpy()
        x.argmax()
    told = [(e.kind, e.name, e.recorded, e.recording) for e in seen.recording]
    assert told[0] == ("op", "mul", False, False)
    assert ("detach", "detach", False, True) in told
    assert ("left", "float", False, True) in told and ("left", "numpy", False, True) in told
    assert ("made", "tensor", False, True) in told
    assert not next(e for e in seen.recording if e.name == "argmax").differentiable
    assert seen.recording.value(0).tolist() == [2.0, 4.0]
    assert "mul" in repr(seen.recording) and "not on the tape" in repr(seen.recording)
    assert seen.recording[0].where.startswith("test_watch.py:")
    assert seen.recording[-1].place == len(seen.recording) - 1
    with pytest.raises(IndexError):
        seen.recording[1000]
    del b, d


def test_values_are_those_of_the_time():
    with torch.watch() as seen:
        a = torch.ones(2) * 1
        a.add_(1)
        a.mul_(5)
    assert [seen.recording.value(i).tolist() for i in range(len(seen.recording))][-3:] == [
        [1.0, 1.0],
        [2.0, 2.0],
        [10.0, 10.0],
    ]
    assert [e.kind for e in seen.recording][-2:] == ["write", "write"]


def test_watches_are_nested_and_of_one_thread():
    def elsewhere():
        torch.ones(2) + 1

    with torch.watch() as outer:
        torch.ones(2) * 2
        with torch.watch() as inner:
            torch.ones(2) - 3
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        torch.ones(2) / 4
    assert [e.name for e in inner.recording] == ["sub"]
    assert [e.name for e in outer.recording] == ["mul", "sub", "div"]
    with pytest.raises(RuntimeError):
        torch._core._watch_end()


def test_an_error_ends_the_watch():
    with pytest.raises(ZeroDivisionError):
        with torch.watch() as seen:
            torch.ones(2) * 2
            raise ZeroDivisionError
    assert len(seen.recording) == 1
    torch.ones(2) * 3
    assert len(seen.recording) == 1


def test_gradients_are_the_same():
    def gradients():
        torch.manual_seed(0)
        net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
        x = torch.rand(5, 3)
        x[0] *= 2
        loss = net(x).pow(2).mean() + torch.cat([p.reshape(-1) for p in net.parameters()]).sort().values.sum()
        loss.backward()
        return [p.grad for p in net.parameters()]

    plain = gradients()
    with torch.watch():
        watched = gradients()
    assert all(torch.equal(a, b) for a, b in zip(plain, watched))


def test_transforms_are_seen():
    with torch.watch() as seen:
        torch.func.jvp(lambda x: (x * x).sum(), (torch.ones(2),), (torch.ones(2),))
        torch.func.vmap(torch.sin)(torch.ones(3, 2))
    names = [e.name for e in seen.recording]
    assert names.count("mul") >= 3 and "sin" in names


def test_recordings_go():
    with torch.watch() as seen:
        x = torch.ones(2, requires_grad=True)
        y = (x * x).sum()
    node = weakref.ref(y.grad_fn)
    del y, x
    gc.collect()
    assert node() is not None or len(seen.recording) > 1
    recording = weakref.ref(seen.recording)
    del seen
    assert recording() is not None
    torch.watch.forget()
    gc.collect()
    assert recording() is None


def test_a_function_that_holds_its_recording():
    class Holder:
        pass

    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, holder):
            ctx.holder = holder
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2, None

    holder = Holder()
    with torch.watch() as seen:
        y = Keep.apply(torch.ones(2, requires_grad=True), holder)
    holder.recording = seen.recording
    gone = weakref.ref(holder)
    del holder, y, seen
    torch.watch.forget()
    gc.collect()
    gc.collect()
    assert gone() is None
