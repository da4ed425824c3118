from collections import deque

import numpy as np
import pytest
import torch

from dt_helpers.check.engine.answers import NAMES, Unreadable, describe, dtype_name, read


@pytest.mark.parametrize(
    ("value", "kind", "dtype"),
    [
        (torch.ones(2, requires_grad=True), "tensor", "float32"),
        (torch.ones(2, dtype=torch.bfloat16), "tensor", "bfloat16"),
        (torch.ones(2).to_sparse(), "tensor", "float32"),
        (np.ones(2, dtype=np.float64)[::-1], "array", "float64"),
        ([1.0, 1.0], "list", "float64"),
        ((np.float32(1), np.float32(1)), "list", "float32"),
        ([torch.tensor(1.0), torch.tensor(1.0)], "list", "float32"),
        (deque([1, 1]), "list", "int64"),
        ([True, True], "list", "bool"),
    ],
)
def test_arrays_of_any_make_are_read(value, kind, dtype):
    answer = read(value)
    assert (answer.kind, answer.dtype) == (kind, dtype)
    assert answer.array.tolist() == [1, 1]


@pytest.mark.parametrize("value", [2, 2.0, np.float64(2), torch.tensor(2.0), np.array(2)])
def test_single_numbers_are_arrays_without_axes(value):
    assert read(value).array.shape == ()


def test_a_lists_rows_may_be_arrays():
    assert read([np.zeros(3), torch.ones(3), [1, 2, 3]]).array.shape == (3, 3)


class Series:
    """As pandas has it: neither array nor sequence."""

    def __array__(self, dtype=None, copy=None):
        return np.array([1.0, 2.0])


def test_what_offers_an_array_is_taken_at_its_word():
    assert read(Series()).array.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "value",
    [None, ..., "6, 5, 3", {"a": 1}, {1, 2}, object(), (x for x in "ab"), ["a"], np.array(["a"]), np.array([None])],
)
def test_what_is_no_array_of_numbers_is_unreadable(value):
    with pytest.raises(Unreadable):
        read(value)


def test_ragged_lists_are_unreadable_and_say_so():
    with pytest.raises(Unreadable, match="different shapes"):
        read([[1, 2], [3]])


def test_descriptions_fit_into_a_sentence():
    assert describe(torch.zeros(2, 3)) == "a float32 tensor of shape (2, 3)"
    assert describe(np.zeros(2)) == "a float64 array of shape (2,)"
    assert describe([1, 2]) == "a list of 2"
    assert describe(3) == "an int"
    assert describe("abc") == "a string of 3"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.ones(4, dtype=object), "an array of Python objects (dtype object) of shape (4,)"),
        (np.array([[1, None]]), "an array of Python objects (dtype object) of shape (1, 2)"),
        (np.array(["a", "bc"]), f"an array of texts (dtype {np.dtype('U2')}) of shape (2,)"),
        (np.ones(2, dtype=np.float32), "a float32 array of shape (2,)"),
    ],
)
def test_arrays_that_hold_no_numbers_are_described_by_what_they_hold(value, words):
    assert describe(value) == words


@pytest.mark.parametrize("code", np.typecodes["All"])
@pytest.mark.parametrize("order", "<>=")
def test_the_name_of_a_dtype_is_numpy_s(code, order):
    dtype = np.dtype(code).newbyteorder(order)
    assert dtype_name(dtype) == str(dtype)


def test_the_name_of_a_dtype_with_parts_is_numpy_s_too():
    halves = np.dtype((np.int32, [("low", np.int16), ("high", np.int16)]))
    for dtype in (halves, np.dtype("3f4"), np.dtype("f4,i4"), np.dtype("f4", metadata={"of": "a student"})):
        assert dtype_name(dtype) == str(dtype)
    assert {dtype_name(np.dtype(name)) for name in NAMES.values()} == {*NAMES.values()}
