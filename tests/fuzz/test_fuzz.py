"""Hostile calls of everything public: only errors come out, and the process lives. `make fuzz` goes on for an hour."""

from backend import wengert_only

SECONDS = 45


def told(count, found):
    return "\n".join([f"{count} lines were run", *found])


@wengert_only
def test_only_errors_come_out():
    from . import drive

    count, found = drive.run(seed=20, seconds=SECONDS, mode="stop")
    assert not found, told(count, found)
    assert count > 500, "the target runs many lines"


@wengert_only
def test_a_crash_is_told_with_its_line():
    from . import drive

    line = "x = torch.ones(2); __import__('ctypes').string_at(0)"
    _, found = drive.run(seed=0, seconds=1, mode="stop", line=line)
    assert len(found) == 1 and "string_at(0)" in found[0] and "-11" in found[0]


@wengert_only
def test_a_wrong_exception_is_told_with_its_line():
    from . import drive

    line = "x = torch.ones(2); exec('raise SystemError(3)')"
    _, found = drive.run(seed=0, seconds=1, mode="stop", line=line)
    assert len(found) == 1 and "SystemError" in found[0]


@wengert_only
def test_a_change_by_a_failing_call_is_told():
    from . import drive

    line = "x = torch.ones(2); (x.add_(1), x.add_(None))"
    _, found = drive.run(seed=0, seconds=1, mode="stop", line=line)
    assert len(found) == 1 and "changed by a call that failed" in found[0]
