"""The examples in the docs of the table of operations do what they say."""

import doctest

import pytest

from backend import ON_TORCH, operation, torch, wengert_only


def rows():
    if ON_TORCH:
        return []
    from wengert import _core

    return _core.ops()


@wengert_only
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["name"])
def test_examples(row):
    # The operation's own docstring: that is what help() shows.
    documented = operation(row["name"]) if row["function"] else getattr(torch.Tensor, row["name"])
    test = doctest.DocTestParser().get_doctest(documented.__doc__, {"wengert": torch}, row["name"], None, None)
    before = torch.get_default_dtype()
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples of {row['name']} fail, see the output"
    assert torch.get_default_dtype() is before


@wengert_only
def test_there_are_operations():
    assert rows()
