"""Does the result stay on its input's device? Asked without a GPU: torch's meta device has shapes and no numbers."""

import copy
import sys

from dt_helpers.check.engine.answers import Unreadable, is_tensor, safely
from dt_helpers.check.engine.calling import NotTheStudents, operations
from dt_helpers.check.engine.comparing import Difference, unpack
from dt_helpers.check.engine.exercise import Case, Exercise


def wrong_device(exercise: Exercise, fn, case: Case) -> Difference | None:
    """A `Difference` if `fn` mixes devices or answers on a device other than that of its inputs.

    On the GPU if there is one, unless the function, which may run elsewhere, names another in `probed_on`. On the meta
    device some right answers can't run (those that look at values): they are given the benefit of the doubt.
    """
    torch = sys.modules.get("torch")
    if torch is None or exercise.kind != "tensor":
        return None
    device = getattr(fn, "probed_on", "cuda" if torch.cuda.is_available() else "meta")
    args = [_moved(arg, device) for arg in case.args]
    try:
        with operations() as last:
            value = fn(*args, **case.kwargs)
    except (KeyboardInterrupt, NotTheStudents):
        raise
    except BaseException as error:
        return _mixed(exercise, error, getattr(error, "operation", "".join(last)))
    try:
        parts = unpack(exercise, value)
    except Unreadable:
        parts = []
    if len(parts) != len(exercise.results) or not all(map(is_tensor, parts)):
        return None  # it did something different here than on the CPU, where it was right
    for name, part in zip(exercise.results, parts, strict=True):
        if part.device.type != device:
            sentence = f"{name} is on the {part.device.type}, whatever device its inputs are on: a GPU would fail here."
            return Difference("wrong-device", sentence, name)
    return None


def _mixed(exercise: Exercise, error: BaseException, last: str = "") -> Difference | None:
    text = safely(str, error)
    mixed = "expected device" in text or "same device" in text or "two devices" in text
    written = "copy out of meta" in text and last in ("index_copy_", "scatter_", "masked_fill_")
    if not mixed and not written:
        return None
    return Difference("wrong-device", f"{exercise.function} mixes devices: a tensor inside is always on the CPU.")


def _moved(arg, device: str):
    if hasattr(arg, "parameters"):
        return copy.deepcopy(arg).to(device)
    return arg.to(device) if is_tensor(arg) else arg
