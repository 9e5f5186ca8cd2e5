"""The pool of threads: how many, how asked for, what happens where there are none, after forks and at exit."""

import os
import subprocess
import sys
import textwrap

import pytest

import child
from backend import wengert_only

pytestmark = wengert_only
COUNT = "len(os.listdir('/proc/self/task'))"
linux = pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="threads are counted by Linux's means")


def run(body, **variables):
    """What a program says on standard error."""
    environment = dict(os.environ, PYTHONPATH=os.path.dirname(child.__file__), **variables)
    command = [sys.executable, "-c", child.PRELUDE + textwrap.dedent(body)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("count", [1, 3])
def test_the_variable_says_how_many(count):
    assert "WENGERT" not in run(f"assert torch.get_num_threads() == {count}", WENGERT_NUM_THREADS=str(count))


@pytest.mark.parametrize("text", ["0", "-2", "many", "1.5"])
def test_a_variable_that_is_no_number(text):
    said = run("assert torch.get_num_threads() >= 1", WENGERT_NUM_THREADS=text)
    assert "WENGERT_NUM_THREADS" in said and text in said and "wanted a number from 1" in said


@linux
def test_threads_are_made_at_first_use():
    child.run(f"""
        before = {COUNT}
        torch.set_num_threads(3)
        torch.ones(3).exp()
        assert {COUNT} == before
        x = torch.ones(2**20)
        wanted = x.exp().sum()
        assert {COUNT} == before + 3
        for threads in (2, 3, 1, 2, 3):
            torch.set_num_threads(threads)
            assert torch.equal(x.exp().sum(), wanted)
        assert {COUNT} == before + 5  # two pools, kept for the next change
    """)


@linux
def test_no_threads_to_be_had():
    """One thread computes, and it is said once."""
    said = run("""
        x = torch.ones(2**20)
        wanted = (x * 2).sum()
        torch.empty_cache(), gc.collect()
        y = torch.zeros(2**20)
        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + (48 << 20),) * 2)
        torch.set_num_threads(200)  # two MiB of stack each
        for _ in range(3):
            y.copy_(x).mul_(2)
            assert torch.equal(y.sum(), wanted)
        assert torch.get_num_threads() == 1
    """)
    assert said.count("could not start 200 threads; computing on one") == 1, said


@linux
def test_a_fork_makes_a_pool_of_its_own():
    child.run(f"""
        torch.set_num_threads(2)
        x = torch.ones(2**20)
        wanted = x.exp().sum()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                alone = {COUNT}
                good = torch.equal(x.exp().sum(), wanted)
                status = 0 if good and alone == 1 and {COUNT} == 3 else 2
            finally:
                os._exit(status)
        _, status = os.waitpid(pid, 0)
        assert os.waitstatus_to_exitcode(status) == 0, status
        assert torch.equal(x.exp().sum(), wanted)
    """)


def test_forks_of_forks():
    child.run("""
        x = torch.ones(2**20)
        def generation(left):
            assert x.exp().sum() > 0
            if left == 0:
                return
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    generation(left - 1)
                    status = 0
                finally:
                    os._exit(status)
            _, status = os.waitpid(pid, 0)
            assert os.waitstatus_to_exitcode(status) == 0
        generation(4)
    """)


@linux
def test_threads_sleep_when_there_is_nothing_to_do():
    child.run("""
        import time
        torch.set_num_threads(2)
        x = torch.ones(2**22)
        for _ in range(20):
            x.exp()
        time.sleep(0.1)
        before = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - before < 0.1  # processor time, whatever else the machine does
    """)
