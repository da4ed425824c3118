"""Messages come back as they were, and nothing that somebody makes up gets further than a `WireError`."""

import json
import select
import socket
import struct
import threading

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dt_helpers.check.engine.calling import gappy_array, gappy_tensor
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.inside.values import MAX_NODES, CannotBeSent, Exact, Packer, Unpacker


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def there_and_back(value, fields=(), packer=None):
    packer = packer or Packer(fields)
    message = json.loads(json.dumps(packer.message(value=packer.pack(value))))
    return Unpacker(message, b"".join(packer.arrays.parts)).unpack(message["value"])


@pytest.mark.parametrize("value", [None, ..., True, 3, 2.5, float("inf"), 1 + 2j, (), [1, [2.0, (None,)]], {}])
def test_plain_values(value):
    assert there_and_back(value) == value
    assert type(there_and_back(value)).__name__ == type(value).__name__


@pytest.mark.parametrize("value", ["word", {1, 2}, {"a": {0: [1, 2.5]}, (1, 2): None}, [{3: "x"}], {}])
def test_what_a_student_s_function_is_given_arrives_whole(value):
    back = there_and_back(value, packer=Exact())
    assert back == value and type(back) is type(value)


@pytest.mark.parametrize("value", [print, iter([1]), [object()], nn.Sequential(nn.ReLU()), np.array(["x"]), b"bytes"])
def test_or_the_check_can_t_be_asked(value):
    with pytest.raises(CannotBeSent, match="while grading"):
        there_and_back(value, packer=Exact())


def test_nan_stays_nan():
    assert np.isnan(there_and_back(float("nan")))


@pytest.mark.parametrize("dtype", sorted(wire.NUMPY))
def test_arrays_of_every_dtype_and_without_elements_or_dimensions(dtype):
    for array in (np.array([[0, 1, 1]]).astype(dtype), np.zeros((0, 3), dtype), np.ones((), dtype)):
        back = there_and_back(array)
        assert back.dtype == array.dtype and back.shape == array.shape and (back == array).all()
    assert type(there_and_back(np.ones(1, dtype)[0])) is type(np.ones(1, dtype)[0])


@pytest.mark.parametrize("dtype", wire.DTYPES.values(), ids=str)
def test_tensors_of_every_dtype(dtype):
    for tensor in (torch.tensor([[0, 1, 1]]).to(dtype), torch.zeros(0, 3).to(dtype), torch.ones(()).to(dtype)):
        back = there_and_back(tensor)
        assert back.dtype == tensor.dtype and torch.equal(back, tensor)
        assert not back.requires_grad


def test_gaps_in_memory_are_there_again():
    array, tensor = gappy_array(np.arange(6.0).reshape(2, 3)), gappy_tensor(torch.arange(6.0).reshape(2, 3))
    back = there_and_back([array, tensor])
    assert back[0].strides == array.strides and (back[0] == array).all()
    assert back[1].stride() == tensor.stride() and torch.equal(back[1], tensor)


def test_sparse_and_meta_tensors():
    assert torch.equal(there_and_back(torch.eye(2).to_sparse()), torch.eye(2))
    assert there_and_back(torch.ones(2, 3, device="meta")).device.type == "meta"


def test_heads():
    head = nn.Sequential(nn.Linear(3, 2), nn.Tanh())
    x = torch.randn(4, 3)
    back = there_and_back(head)
    assert torch.equal(back(x), head(x))
    assert all(isinstance(p, nn.Parameter) for p in back.parameters())


def test_what_has_no_form_of_its_own_is_told_by_its_name():
    class Odd:
        state_preds = torch.ones(1)

    odd = there_and_back(Odd(), ("state_preds", "action_preds"))
    assert type(odd).__name__ == "Odd" and torch.equal(odd.state_preds, torch.ones(1))
    assert not hasattr(odd, "action_preds")
    assert len(there_and_back({"a": 1, "b": 2})) == 2
    assert there_and_back("secret") == " " * 6


@pytest.mark.parametrize(
    "value",
    [torch.zeros(wire.MAX_ARRAYS // 4 + 1), [0] * (MAX_NODES + 1), [torch.zeros(1 << 22)] * 2, torch.zeros([1] * 20)],
    ids=["array", "parts", "sum", "dimensions"],
)
def test_what_is_too_large_is_refused_before_it_is_sent(value):
    with pytest.raises(wire.WireError):
        there_and_back(value)


def test_what_contains_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.WireError):
        there_and_back(loop)


def test_messages_arrive_whole(pair):
    arrays = wire.Arrays()
    described = arrays.add(np.arange(100_000.0))
    threading.Thread(target=wire.send, args=(pair[0], {"x": described}, arrays)).start()
    message, data = wire.receive(pair[1])
    assert (wire.array(message["x"], data) == np.arange(100_000.0)).all()


class Impatient:
    """Gives up the `times`-th time that nothing can be read or written."""

    def __init__(self, times):
        self.times = times

    def __call__(self, connection, writing):
        if not any(select.select([] if writing else [connection], [connection] if writing else [], [], 0)):
            self.times -= 1
        if self.times <= 0:
            raise wire.Late


def test_nobody_waits_longer_than_they_want_to(pair):
    pair[1].setblocking(False)
    with pytest.raises(wire.Late):
        wire.receive(pair[1], Impatient(3))
    pair[0].sendall(b"\0\0")  # the beginning of a message, and no end
    with pytest.raises(wire.Late):
        wire.receive(pair[1], Impatient(3))
    arrays = wire.Arrays()
    arrays.add(np.zeros(wire.MAX_ARRAYS // 8))  # more than fits where nobody reads
    with pytest.raises(wire.Late):
        wire.send(pair[1], {}, arrays, Impatient(3))


def test_a_connection_that_does_not_block_sends_and_receives_whole_messages(pair):
    arrays = wire.Arrays()
    described = arrays.add(np.arange(1_000_000.0))
    for end in pair:
        end.setblocking(False)
    threading.Thread(target=wire.send, args=(pair[0], {"x": described}, arrays, Impatient(np.inf))).start()
    message, data = wire.receive(pair[1], Impatient(np.inf))
    assert (wire.array(message["x"], data) == np.arange(1_000_000.0)).all()


def test_the_other_side_may_be_gone(pair):
    pair[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(pair[1])


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">II", wire.MAX_JSON + 1, 0),
        struct.pack(">II", 2, wire.MAX_ARRAYS + 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 2, 0) + b"{{",
        struct.pack(">II", 3, 0) + b"\xff\xfe\x00",
        struct.pack(">II", 100_000, 0) + b"[" * 100_000,
    ],
    ids=["long text", "long data", "no object", "no JSON", "no text", "deep"],
)
def test_what_is_no_message_is_refused(pair, raw):
    pair[0].sendall(raw)
    with pytest.raises(wire.WireError):
        wire.receive(pair[1])


NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["dtype", "shape", "at", "a", "k", "v", "n", "name", "items", "graph"]), inner)
    | st.fixed_dictionaries(
        {"k": st.sampled_from([name[6:] for name in dir(Unpacker) if name.startswith("_read_")])},
        optional={"v": inner, "a": inner, "items": inner, "name": inner, "n": inner, "fields": inner, "graph": inner,
                  "shape": inner, "dtype": st.sampled_from(sorted(wire.DTYPES)), "weight": inner, "bias": inner},
    )
    | st.fixed_dictionaries({"dtype": st.sampled_from(sorted(wire.NUMPY)), "at": st.integers(-1, 30),
                             "shape": st.lists(st.integers(-1, 4), max_size=3)}),
    max_leaves=12,
)  # fmt: skip


@given(NODES, NODES, st.binary(max_size=64))
def test_made_up_messages_are_read_or_refused(value, graph, data):
    try:
        unpacked = Unpacker({"graph": graph}, data).unpack(value)
    except wire.WireError:
        return
    there_and_back(unpacked)
