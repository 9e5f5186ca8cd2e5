"""Runs a piece of Python in a fresh interpreter, for tests of memory, threads, forks and exits."""

import os
import signal
import subprocess
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))

PRELUDE = """
import gc, os, resource, sys, threading
import numpy as np
from backend import torch

def resident():
    '''Bytes of memory this process holds now.'''
    with open('/proc/self/statm') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
"""


def run(body, timeout=120):
    """Run `body` after the prelude; returns what it printed. Any other exit than 0 fails the test."""
    source = PRELUDE + textwrap.dedent(body)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([HERE, os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-c", source]
    pipe = subprocess.PIPE
    child = subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=environment, start_new_session=True)
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)  # with it any process it forked
        out, err = child.communicate()
        raise AssertionError(f"still running after {timeout} s\n{out}\n{err}") from None
    assert child.returncode == 0, f"exit {child.returncode}\n{out}\n{err}"
    return out
