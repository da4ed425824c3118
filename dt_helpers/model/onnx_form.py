"""A model as ONNX, a form that runs without Python: a window of K steps goes in, one action comes out."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from dt_helpers.model import attentions

EXTRA = "pip install 'dt-helpers[web]'"
CLOSE = 1e-4  # actions, which lie within ±1, may differ by this much
INPUTS = ("states", "actions", "returns_to_go", "timesteps", "attention_mask")
OUTPUTS = ("action", "attention")


class Step(nn.Module):
    """What one step of a replay asks of a model, and what the current action attends to."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model = model

    def forward(
        self,
        states: torch.Tensor,  # (1, K, state_dim), normalised
        actions: torch.Tensor,  # (1, K, act_dim), the last row is not known yet
        returns_to_go: torch.Tensor,  # (1, K, 1), scaled
        timesteps: torch.Tensor,  # (1, K) int64
        attention_mask: torch.Tensor,  # (1, K) int64, 0 at padding
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """The current action (1, act_dim), and the weights, averaged over the heads, with which its state's token
        attends to all tokens R_1, s_1, a_1, R_2, ..., (layers, 3K)."""
        forward = getattr(self.model, "original_forward", self.model)
        window = dict(zip(INPUTS, (states, actions, returns_to_go, timesteps, attention_mask), strict=True))
        with attentions.watched(self.model) as latest:
            action = forward(**window, return_dict=False)[1][:, -1]
        return action, torch.stack(latest).mean(dim=2)[:, 0, -2]


def write(model: Any, path: Path) -> float:
    """Write the ONNX form of a `DecisionTransformerModel`, or of a student's own, to `path`, and run it.

    Returns the largest difference between its actions and the model's, in random windows, some of them padded.
    Weights that are float16 numbers, as those of the course's models are, take two bytes each; what is computed is
    float32. Raises ImportError without the extra ``web``, and ValueError if the model can't be exported, or acts
    differently afterwards.
    """
    model.eval()
    rng = np.random.default_rng(0)
    windows = [random_window(model.config, real, rng) for real in (1, model.config.context_length)]
    step = Step(model)
    save(step, tensors(windows[0]), INPUTS, OUTPUTS, path, name=type(model).__name__)
    with torch.inference_mode():
        expected = [step(*tensors(window))[0].numpy() for window in windows]
    return compared(type(model).__name__, [run(path, window)[0] for window in windows], expected)


def _converted(
    name: str,
    step: nn.Module,
    example: tuple[torch.Tensor, ...],
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    shapes: tuple[dict, ...] | None = None,
) -> Any:
    """The ONNX model of `step`, which stands for the model whose class is `name`; `shapes` says, as ``torch.export``
    does, which dimensions may be of any size. Raises ValueError if it can't be exported."""
    try:
        with _quietly(), torch.no_grad():
            program = torch.onnx.export(
                step, example, input_names=inputs, output_names=outputs, dynamic_shapes=shapes, dynamo=True,
                verbose=False,
            )  # fmt: skip
    except Exception as error:  # whatever the exporter or the model's own code raises
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ValueError(
            f"{name} can't be exported to ONNX: {reason} Its forward pass has to consist of "
            "torch's operations, without an `if` or a loop that depends on the values of a tensor."
        ) from error
    assert program is not None
    return _halved(_without_traces(program.model_proto))


def compared(name: str, found: list[np.ndarray], expected: list[np.ndarray]) -> float:
    """The largest difference of actions. Raises ValueError if it isn't below CLOSE."""
    apart = max(float(np.abs(a - b).max()) for a, b in zip(found, expected, strict=True))
    if not apart < CLOSE:
        raise ValueError(
            f"The exported {name} acts differently, by up to {apart:.2g}: something in its forward "
            "pass was fixed to the values of the window that it was exported with."
        )
    return apart


def save(
    module: nn.Module,
    example: tuple[torch.Tensor, ...],
    inputs: Sequence[str],
    outputs: Sequence[str],
    path: Path,
    shapes: tuple[dict, ...] | None = None,
    name: str | None = None,
) -> None:
    """Write any module as ONNX to `path`, with the shapes of `example` but for those that `shapes` leaves open, and
    names for its inputs and outputs. An error calls it `name`, by default its class.

    Weights that are float16 numbers take two bytes each. Raises ImportError without the extra ``web``, and ValueError
    if the module can't be exported.
    """
    require_extra()
    import onnx

    proto = _converted(name or type(module).__name__, module, example, tuple(inputs), tuple(outputs), shapes)
    onnx.save(proto, path)


def require_extra() -> None:
    """Raises ImportError, saying what to install, where a library of the extra ``web`` is missing."""
    try:
        import onnx  # noqa: F401
        import onnxruntime  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(f"Exporting a model for the browser needs {error.name}: {EXTRA}") from None


def random_window(config, real: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A window of K steps, INPUTS by name, whose last `real` steps are random and whose others are padding."""
    K = config.context_length
    shown = (np.arange(K) >= K - real)[None]  # (1, K)
    first = rng.integers(0, max(1, config.max_ep_len - real))
    window = {
        "states": rng.normal(size=(1, K, config.state_dim)).astype(np.float32),
        "actions": rng.uniform(-1, 1, (1, K, config.act_dim)).astype(np.float32),
        "returns_to_go": rng.uniform(0, 10, (1, K, 1)).astype(np.float32),
        "timesteps": np.minimum(first + np.arange(K) - (K - real), config.max_ep_len - 1)[None],
    }
    for value in window.values():
        value[~shown] = 0
    return window | {"attention_mask": shown.astype(np.int64)}


def tensors(named: dict[str, np.ndarray]) -> tuple[torch.Tensor, ...]:
    """A window, or other inputs, as a module's forward takes them."""
    return tuple(torch.from_numpy(np.ascontiguousarray(value)) for value in named.values())


def run(path: Path, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
    """What the file at `path` gives for its inputs; for a window, OUTPUTS."""
    import onnxruntime

    return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(None, inputs)


def _without_traces(proto: Any) -> Any:
    """`proto` without the exporter's notes, which name the files of this machine."""
    graph = proto.graph
    for part in (proto, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    return proto


def _halved(proto: Any) -> Any:
    """`proto` with those weights as float16 that lose nothing by it, and a cast behind each."""
    from onnx import helper, numpy_helper

    graph, casts = proto.graph, []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.size < 128:
            continue
        with np.errstate(over="ignore"):
            half = values.astype(np.float16)
        if np.array_equal(half.astype(np.float32), values):
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(half, f"{name}.half"))
            casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=helper.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return proto


@contextmanager
def _quietly() -> Iterator[None]:
    """Without what the exporter says of its own inside, by logging and warnings."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
