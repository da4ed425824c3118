"""Numbers that were computed from the course's data, which the sandbox lacks: an answer that is wrongly divided by one
of them gets no points there either. Whether it waits or is wrong is test_depending's.
"""

import pytest

from tests.grading.course import failed, grades, hand_in, make_course

RETURNS = """SCALE = float(trajectories.returns.max())
{more}

def returns_to_go(rewards, gamma=1.0):
    out = np.zeros(len(rewards))
    total = 0.0
    for t in reversed(range(len(rewards))):
        total = rewards[t] + gamma * total
        out[t] = total
    return {value}
"""
LOSS = """VARIANCE = float(trajectories.actions.var())

def action_loss(predicted, target, mask):
    error = ((predicted - target) ** 2)[mask > 0]
    return error.mean() / VARIANCE
"""
NEXT = """MEAN = trajectories.rewards.mean()

def next_target_return(target, reward, scale):
    return target - reward / scale {how} float(MEAN)
"""


STEMS = {"returns_to_go": "02_dataset", "action_loss": "05_training", "next_target_return": "06_replay"}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    wrong = {
        "divided": {"returns_to_go": RETURNS.format(more="", value="out / SCALE")},
        "of an int": {"returns_to_go": RETURNS.format(more="SCALE = int(SCALE)", value="out / SCALE")},
        "of a sum": {"returns_to_go": RETURNS.format(more="SCALE = sum(trajectories.rewards)", value="out * SCALE")},
        "of an array": {
            "returns_to_go": RETURNS.format(more="SCALE = np.asarray(trajectories.returns).max()", value="out / SCALE")
        },
        "the loss": {"action_loss": LOSS},
        "the target": {"next_target_return": NEXT.format(how="*")},
        "its power": {"next_target_return": NEXT.format(how="**")},
    }
    right = {
        "and back": {"returns_to_go": RETURNS.format(more="", value="out / SCALE * SCALE")},
        "only shown": {"returns_to_go": RETURNS.format(more="print(f'{SCALE:.2f}')", value="out")},
    }
    places = make_course(tmp_path_factory.mktemp("made") / "course")
    for name, texts in (wrong | right).items():
        hand_in(places, name, tuple(STEMS[cell] for cell in texts), **texts)
    return grades(places), wrong, right


def test_wrong_scales_are_wrong(results):
    found, wrong, _ = results
    for name, texts in wrong.items():
        (cell,) = texts
        assert f"check_{cell}" in failed(found[name]), name


def test_right_ones_are_right(results):
    found, _, right = results
    for name, texts in right.items():
        (cell,) = texts
        assert f"check_{cell}" not in failed(found[name]), name


WINDOW = """{first}

def context_window(sequence, length):
    sequence = torch.as_tensor(sequence){use}
    return sequence[-length:]
"""


@pytest.fixture(scope="module")
def windows(tmp_path_factory):
    places = make_course(tmp_path_factory.mktemp("windows") / "course")
    texts = {
        "device": WINDOW.format(first="device = next(model.parameters()).device", use=".to(device)"),
        "its own": WINDOW.format(first="DEVICE = model.device", use=".to(device=DEVICE)"),
        "dtype": WINDOW.format(first="kind = model.dtype", use=".to(kind)"),
    }
    for name, text in texts.items():
        hand_in(places, name, ("06_replay",), context_window=text)
    return grades(places)


@pytest.mark.parametrize("name", ["device", "its own"])
def test_the_device_of_a_model_is_the_cpu(windows, name):
    assert "check_context_window" not in failed(windows[name])


def test_the_dtype_of_a_model_is_float32_which_time_steps_are_not(windows):
    (one,) = [one for one in windows["dtype"].exercises if one.check_id == "check_context_window"]
    assert one.status == "failed" and one.mistake == "wrong-dtype", one.sentence
