"""Messages come back as they were, and nothing that somebody makes up gets further than a `WireError`."""

import json
import select
import socket
import struct
import threading
import tracemalloc

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from dt_helpers.check.engine.answers import describe
from dt_helpers.check.engine.calling import gappy_array, gappy_tensor
from dt_helpers.grading.sandbox.inside import wire
from dt_helpers.grading.sandbox.inside.arguments import ArgumentsUnpacker, CannotBeSent, Exact
from dt_helpers.grading.sandbox.inside.values import MAX_NODES, OUTPUTS, Packer, Unpacker


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def there_and_back(value, fields=(), packer=None):
    packer = packer or Packer(fields)
    message = json.loads(json.dumps(packer.message(value=packer.pack(value))))
    reader = ArgumentsUnpacker if isinstance(packer, Exact) else Unpacker
    return reader(message, b"".join(packer.arrays.parts)).unpack(message["value"])


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
    for value in ("secret", b"secret", {1, 2}):
        back = there_and_back(value)
        assert isinstance(back, type(value)) and len(back) == len(value) and describe(back) == describe(value)


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


def forged(value, data=b"", graph=()):
    """What the grader makes of a message that no Packer has written."""
    return Unpacker({"graph": list(graph)}, data).unpack(value)


ARRAY = {"dtype": "uint8", "shape": [1000], "at": 0}
BYTES = bytes(1000)


@pytest.mark.parametrize(
    "name",
    ["__array_interface__", "__array_struct__", "__array__", "__array_ufunc__", "__array_function__", "__class__",
     "__dlpack__", "__cuda_array_interface__", "__torch_function__", "__len__", "shape", "dtype", "logits", ""],
)  # fmt: skip
def test_no_name_but_the_predictions_gets_into_an_object(name):
    """By `__array_interface__`, numpy would read whatever address the message names."""
    interface = {"k": "mapping", "name": "dict", "fields": {}, "n": 3}
    for kind in ({"k": "object"}, {"k": "mapping", "n": 3}):
        with pytest.raises(wire.WireError):
            forged(kind | {"name": "X", "fields": {name: interface}})


@pytest.mark.parametrize("kind", ["text", "dict", "set"])
def test_what_only_the_grader_writes_is_not_read_from_a_student_s_process(kind):
    with pytest.raises(wire.WireError):
        forged({"k": kind, "v": "x", "items": []})


def test_no_byte_is_made_into_two_arrays():
    once = {"k": "array", "a": ARRAY}
    assert len(forged(once, BYTES)) == 1000
    with pytest.raises(wire.WireError, match="more bytes than came"):
        forged({"k": "list", "items": [once, once]}, BYTES)
    with pytest.raises(wire.WireError, match="more bytes than came"):
        forged(once, BYTES, graph=[{"a": ARRAY}])


def test_no_tensor_of_the_graph_comes_twice():
    tensor = {"k": "tensor", "graph": 0}
    assert forged(tensor, BYTES, graph=[{"a": ARRAY}]).shape == (1000,)
    with pytest.raises(wire.WireError):
        forged({"k": "list", "items": [tensor, tensor]}, BYTES, graph=[{"a": ARRAY}])


HUGE = wire.MAX_ARRAYS
EMPTY = {"dtype": "complex128", "shape": [HUGE, 0], "at": 0}
SMALL_MESSAGES = [
    [{"k": "sized", "name": name, "n": HUGE} for name in ("str", "bytes", "set", "x")] * 2000,
    [{"k": "mapping", "name": "d", "fields": {}, "n": HUGE}] * 5000,
    [{"k": "linear", "weight": {"k": "tensor", "a": EMPTY}, "bias": {"k": "tensor", "a": EMPTY}}] * 50,
    [{"k": "linear", "weight": {"k": "tensor", "a": EMPTY},
      "bias": {"k": "tensor", "a": {"dtype": "uint8", "shape": [0], "at": 0}}}] * 50,
    [{"k": "meta", "dtype": "float64", "shape": [HUGE] * 16}] * 50,
    [{"k": "meta", "dtype": "float64", "shape": [HUGE]}] * 5000,
    [{"k": "tensor", "a": {"dtype": "complex128", "shape": [HUGE], "at": 0}}] * 5000,
    [{"k": "array", "a": {"dtype": "uint8", "shape": [1 << 16] * 8, "at": 0}}] * 5000,
    [{"k": "object", "name": f"a class {i}"} for i in range(15_000)],
    [{"k": "number", "v": 1 << 10_000}] * 100,
    [{"k": "list", "items": [{"k": "none"}] * 5000}] * 5,
    [{"k": "array", "a": {"dtype": "uint8", "shape": [100], "at": 0}, "gappy": True}] * 15_000,
]  # fmt: skip


@pytest.mark.parametrize("items", SMALL_MESSAGES, ids=range(len(SMALL_MESSAGES)))
def test_a_small_message_makes_nothing_large(items):
    """Tensors are counted by their own bytes, which tracemalloc doesn't see."""
    made = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch, "empty", lambda *a, _real=torch.empty, **k: made.append(_real(*a, **k)) or made[-1])
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            tracemalloc.reset_peak()
            forged({"k": "list", "items": items}, bytes(100))
        except wire.WireError:
            pass
        finally:
            peak = tracemalloc.get_traced_memory()[1] - before
            tracemalloc.stop()
    assert peak < 16 << 20
    assert sum(one.nbytes for one in made if one.device.type != "meta") == 0


def test_a_message_of_too_many_parts_is_refused_before_it_is_read(pair):
    text = b'{"x": [' + b"[]," * (wire.MAX_PARTS // 2) + b"[]]}"
    threading.Thread(target=pair[0].sendall, args=(struct.pack(">II", len(text), 0) + text,)).start()
    with pytest.raises(wire.WireError, match="too many parts"):
        wire.receive(pair[1], most_parts=wire.MAX_PARTS)


def test_numbers_that_no_array_holds_are_told_by_their_type():
    assert type(there_and_back(1 << 70)).__name__ == "int" and describe(there_and_back(-(10**100))) == "an int"
    assert there_and_back((1 << 64) - 1) == (1 << 64) - 1


def test_predictions_are_read_from_objects_and_mappings():
    fields = {name: {"k": "number", "v": 1} for name in OUTPUTS}
    assert forged({"k": "object", "name": "X", "fields": fields}).action_preds == 1
    table = forged({"k": "mapping", "name": "X", "fields": fields, "n": 7})
    assert table["state_preds"] == 1 and len(table) == 7
