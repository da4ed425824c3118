"""RLDS's episodes of steps: what is read from each, and what is refused."""

import datasets
import numpy as np
import pytest

from dt_helpers.data import formats

LENGTHS = [4, 6, 1]
RNG = np.random.default_rng(0)
EPISODES = [
    {
        "observations": RNG.normal(size=(n + 1, 3)),
        "actions": RNG.uniform(-1, 1, (n, 2)),
        "rewards": RNG.normal(size=n),
        "fell": bool(n != 6),
    }
    for n in LENGTHS
]


def steps(episode, **names):
    """The steps as dicts; in the last one, action and reward are 0, as RLDS says nothing of them."""
    n = len(episode["rewards"])
    named = {"observation": "observation", "action": "action", "reward": "reward"} | names
    return [
        {
            named["observation"]: episode["observations"][t],
            named["action"]: episode["actions"][t] if t < n else np.zeros(2),
            named["reward"]: episode["rewards"][t] if t < n else 0.0,
            "discount": 1.0,
            "is_first": t == 0,
            "is_last": t == n,
            "is_terminal": t == n and episode["fell"],
        }
        for t in range(n + 1)
    ]


def in_columns(one):
    return {name: np.array([step[name] for step in one]) for name in one[0]}


def plain(value):
    return value.tolist() if hasattr(value, "tolist") else value


def as_dataset(listed):
    rows = [{"steps": [{name: plain(value) for name, value in step.items()} for step in one]} for one in listed]
    return datasets.Dataset.from_list(rows)


FORMS = {
    "lists of dicts": lambda listed: [{"steps": one} for one in listed],
    "what can be walked through": lambda listed: [{"steps": iter(one), "id": i} for i, one in enumerate(listed)],
    "dicts of columns": lambda listed: [{"steps": in_columns(one)} for one in listed],
    "a Dataset": as_dataset,
    "a Dataset of columns": lambda listed: datasets.Dataset.from_list(
        [{"steps": {name: values.tolist() for name, values in in_columns(one).items()}} for one in listed]
    ),
}


def require_equal(data, episodes=EPISODES):
    assert data.lengths.tolist() == [len(episode["rewards"]) for episode in episodes]
    np.testing.assert_allclose(data.observations, np.concatenate([e["observations"][:-1] for e in episodes]), rtol=1e-6)
    np.testing.assert_allclose(data.actions, np.concatenate([e["actions"] for e in episodes]), rtol=1e-6)
    np.testing.assert_allclose(data.rewards, np.concatenate([e["rewards"] for e in episodes]), rtol=1e-6)
    ends = np.zeros(data.offsets[-1], bool)
    ends[data.offsets[1:] - 1] = [episode["fell"] for episode in episodes]
    assert data.dones.tolist() == ends.tolist()


@pytest.mark.parametrize("form", FORMS)
def test_the_last_step_gives_the_end_and_is_left_out(form, capsys):
    data = formats.open(FORMS[form](list(map(steps, EPISODES))))
    require_equal(data)
    assert "(is_last) holds only the observation after the end: it is left out" in capsys.readouterr().out
    assert "is_last" in data.notes[0]


def test_a_single_episode():
    require_equal(formats.open({"steps": steps(EPISODES[0])}), EPISODES[:1])


def test_parts_of_observations_and_other_names():
    listed = [
        [
            step | {"observation": {"arm": step["observation"], "camera": np.zeros((64, 64, 3), np.uint8)}}
            for step in one
        ]
        for one in map(steps, EPISODES)
    ]
    data = formats.open([{"steps": one} for one in listed], key="arm")
    require_equal(data)
    assert data.observation_key == "arm"
    named = [{"steps": steps(episode, reward="language_reward", action="control")} for episode in EPISODES]
    require_equal(formats.open(named, rename={"language_reward": "rewards", "control": "actions"}))
    with pytest.raises(ValueError, match=r"lacks the columns .*'control': 'actions'"):
        formats.open(named)


def test_a_reward_in_the_last_step_is_not_lost_without_a_word():
    listed = list(map(steps, EPISODES))
    listed[1][-1]["reward"] = 1.0
    with pytest.raises(ValueError, match=r"its reward is not 0 in 1 of 3 episodes.*add it to that of the step before"):
        formats.open([{"steps": one} for one in listed])
    listed[1][-2]["reward"] += listed[1][-1]["reward"]
    listed[1][-1]["reward"] = 0.0
    assert formats.open([{"steps": one} for one in listed]).rewards[9] == pytest.approx(EPISODES[1]["rewards"][-1] + 1)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda step, t: {k: v for k, v in step.items() if k != "is_last"}, "in episode 0 no step has it"),
        (lambda step, t: step | {"is_last": t == 1}, "in episode 0 another step has it"),
        (lambda step, t: step | {"is_last": 2}, "`is_last` must hold one flag per step"),
        (lambda step, t: t, "`steps` must be a list of dicts"),
    ],
)
def test_steps_that_are_not_rlds(change, said):
    with pytest.raises(ValueError, match=said):
        formats.open([{"steps": [change(step, t) for t, step in enumerate(steps(EPISODES[0]))]}])


def test_an_iterable_of_episodes_is_told_to_be_listed():
    with pytest.raises(ValueError, match=r"list\(episodes\)"):
        formats.open(iter([{"steps": steps(EPISODES[0])}]))
