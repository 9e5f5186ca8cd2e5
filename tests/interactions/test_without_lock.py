"""Python's lock is given up in long operations: what other threads may do meanwhile, forks and exits included."""

import pytest

import child
from backend import wengert_only

pytestmark = wengert_only

BEGIN = """
import time
class Turns(threading.Thread):
    '''Counts its turns while something else runs.'''
    def __init__(self, work=lambda: None):
        super().__init__(daemon=True)
        self.count, self.over, self.work = 0, False, work
        self.begun = threading.Event()
        self.start()
        self.begun.wait()
    def run(self):
        sys.setswitchinterval(1e-4)
        self.begun.set()
        while not self.over:
            self.work()
            self.count += 1
    def stop(self):
        self.over = True
        self.join()
"""


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    "operation",
    [
        "a @ a",
        "torch.matmul(a, a)",
        "big.lgamma()",
        "torch.lgamma(big)",
        "big / 3.0",
        "big.sum(0)",
        "big.sort()",
        "a.mm(a)",
    ],
)
def test_other_threads_have_turns(operation, threads):
    child.run(
        BEGIN
        + f"""
torch.set_num_threads({threads})
a, big = torch.ones(1500, 1500), torch.full((2**23,), 2.5)
wanted = {operation}
# Without a turn in between: the counter stands still while this thread holds the lock.
other, turns = Turns(), 0
for _ in range(10):
    before = other.count
    got = {operation}
    turns = other.count - before
    if turns > 100:
        break
other.stop()
same = lambda x, y: torch.equal(x, y) if isinstance(x, torch.Tensor) else all(map(torch.equal, x, y))
assert same(wanted, got)
assert turns > 100, turns
"""
    )


def test_operands_may_be_changed_and_dropped_meanwhile():
    child.run(
        BEGIN
        + """
a = torch.ones(1500, 1500, requires_grad=True)
b = torch.ones(1500, 1500)
def work():
    # What the objects hold is exchanged; memory that is let go is taken again and written to.
    a.data = torch.ones(1500, 1500)
    b.data = torch.full((1500, 1500), 1.0)
    torch.full((1500, 1500), float("nan"))
    x = torch.ones(3, requires_grad=True)
    (x * x).sum().backward()
    gc.collect(0)
other = Turns(work)
for _ in range(5):
    y = a @ b
    assert (y == 1500).all()
    (g,) = torch.autograd.grad(y.sum(), a)
    assert (g == 1500).all()
    assert (torch.ones(1000, 1000).exp() == torch.ones(1).exp()).all()
other.stop()
assert other.count > 0
"""
    )


def test_many_threads_compute_at_once():
    child.run(
        BEGIN
        + """
def work(k):
    for _ in range(3):
        w = torch.full((400, 400), 0.01 * (k + 1), requires_grad=True)
        y = (w @ w).sin().sum()
        y.backward()
        results.setdefault(k, []).append(w.grad)
results = {}
threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
for t in threads: t.start()
for t in threads: t.join()
for k in range(6):
    w = torch.full((400, 400), 0.01 * (k + 1), requires_grad=True)
    (w @ w).sin().sum().backward()
    assert len(results[k]) == 3 and all(torch.equal(g, w.grad) for g in results[k])
"""
    )


def test_a_fork_while_another_thread_computes():
    child.run(
        BEGIN
        + """
a = torch.ones(1500, 1500)
other = Turns(lambda: a @ a)
for _ in range(5):
    time.sleep(0.02)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            status = 0 if (a @ a == 1500).all() and a.sum() == 1500 * 1500 else 2
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
other.stop()
"""
    )


@pytest.mark.parametrize("end", ["pass", "sys.exit(0)", "import atexit; atexit.register(lambda: (a @ a).sum())"])
def test_the_end_of_the_interpreter_while_threads_compute(end):
    child.run(
        BEGIN
        + f"""
a, b = torch.ones(800, 800), torch.full((2**22,), 2.5)
others = [Turns(lambda: a @ a), Turns(lambda: b.lgamma()), Turns(lambda: torch.ones(2**20) + 1)]
time.sleep(0.2)
{end}
"""
    )


def test_a_fork_that_ends_like_a_program():
    child.run(
        BEGIN
        + """
a = torch.ones(800, 800)
others = [Turns(lambda: a @ a), Turns(lambda: a @ a)]
time.sleep(0.1)
for _ in range(5):
    pid = os.fork()
    if pid == 0:
        assert (a @ a == 800).all()
        sys.exit(0)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
"""
    )


def test_hooks_and_functions_may_start_what_they_want():
    child.run(
        BEGIN
        + """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x @ torch.eye(600)
    @staticmethod
    def backward(ctx, g):
        return g @ torch.eye(600)
w = torch.ones(600, 600, requires_grad=True)
def work():
    y = Twice.apply(w)
    y.register_hook(lambda g: g @ torch.eye(600))
    (g,) = torch.autograd.grad(y.sum(), w)
    assert (g == 1).all()
other, another = Turns(work), Turns(work)
for _ in range(10):
    work()
other.stop(), another.stop()
"""
    )
