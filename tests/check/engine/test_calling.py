import numpy as np
import torch

from dt_helpers.check.engine.calling import call, fresh, quietly
from dt_helpers.check.engine.exercise import Case


def test_each_call_gets_copies_of_its_own():
    case = Case("", (np.ones(3), torch.ones(3)))

    def spoil(x, y):
        x[:], y[:] = 0, 0

    assert call(spoil, case).changed == (0, 1)
    assert call(lambda x, y: x.sum() + y.sum(), case).value == 6


def test_strided_inputs_have_the_right_values_and_gaps():
    case = Case("", (np.arange(6.0).reshape(2, 3), torch.arange(6.0).reshape(2, 3)), strided=True)
    (array, tensor), _ = fresh(case)
    assert not array.flags.c_contiguous and not tensor.is_contiguous()
    assert (array == case.args[0]).all() and torch.equal(tensor, case.args[1])
    assert tensor.view(-1).tolist() == list(range(6))  # a plain view is no mistake
    assert torch.from_numpy(array).shape == (2, 3)


def test_gradients_reach_the_leaves_and_in_place_changes_are_possible_and_seen():
    case = Case("", (torch.ones(2), torch.ones(2)), grad=(0,), strided=True)
    outcome = call(lambda x, y: (x * y * 3).sum(), case)
    (slope,) = torch.autograd.grad(outcome.value, outcome.leaves)
    assert slope.tolist() == [3, 3]
    assert call(lambda x, y: x.mul_(2), case).changed == (0,)


def test_a_heads_parameters_are_leaves_and_its_weights_are_safe():
    head = torch.nn.Linear(2, 1)
    before = head.weight.detach().clone()
    case = Case("", (torch.ones(2), head), grad=(0, 1))

    def meddle(x, head):
        with torch.no_grad():
            head.weight.zero_()
        return head(x)

    assert len(call(meddle, case).leaves) == 3
    assert torch.equal(head.weight, before)


def test_exceptions_and_exits_are_noted_and_iterators_are_read():
    def leaves():
        raise SystemExit

    assert isinstance(call(leaves, Case("", ())).error, SystemExit)
    assert isinstance(call(lambda: 1 / 0, Case("", ())).error, ZeroDivisionError)
    assert call(lambda: map(str, (1, 2)), Case("", ()), several=True).value == ["1", "2"]
    broken = call(lambda: (1 / x for x in (1, 0)), Case("", ()), several=True)
    assert isinstance(broken.error, ZeroDivisionError)


def test_the_students_settings_come_back_as_they_were():
    threads = torch.get_num_threads()
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    torch.set_default_dtype(torch.float64)
    try:
        with torch.no_grad(), quietly():
            assert torch.is_grad_enabled() and torch.get_num_threads() == 1
            assert torch.zeros(1).dtype == torch.float32
            torch.rand(5)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert torch.equal(torch.rand(2), expected)
    assert torch.get_num_threads() == threads
