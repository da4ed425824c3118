"""Columns that are missing: what a row is, and what can be done about each, tried here as the error says it."""

import re
from itertools import pairwise

import datasets
import numpy as np
import pandas as pd
import pytest

from dt_helpers.data import formats

LENGTHS = [3, 2, 4]
N = sum(LENGTHS)
FIRST = np.isin(np.arange(N), np.cumsum([0, *LENGTHS[:-1]]))
IDS = np.repeat(np.arange(3), LENGTHS)
STEPS = {"observations": [[1.0, 2.0]] * N, "actions": [0.5] * N, "rewards": [1.0] * N, "dones": [False] * N}


def steps(*without, **other):
    return {name: values for name, values in (STEPS | other).items() if name not in without}


def of_episodes(columns):
    bounds = np.cumsum([0, *LENGTHS])
    cut = {name: [list(values[a:b]) for a, b in pairwise(bounds)] for name, values in columns.items()}
    return datasets.Dataset.from_dict(cut)


A_STEP = {  # tables whose rows are steps, and what they lack
    "an id, no dones": (steps("dones", episode_index=IDS), ["dones"]),
    "starts": (steps("dones", episode_starts=FIRST), ["dones", "episode_index"]),
    "no rewards": (steps("rewards", episode_index=IDS, frame_index=range(N)), ["rewards"]),
    "other names": (steps("rewards", "dones", reward=[1.0] * N), ["rewards", "dones", "episode_index"]),
    "numbers in columns": (steps("observations", pos=[0.1] * N, vel=[1.0] * N), ["observations", "episode_index"]),
    "no names at all": ({str(i): [1.0] * N for i in range(4)}, [*STEPS, "episode_index"]),
    "a date": ({"day": pd.date_range("2024-02-01", periods=N), "close": [1.0] * N}, [*STEPS, "episode_index"]),
}


@pytest.mark.parametrize("name", A_STEP)
@pytest.mark.parametrize("door", [pd.DataFrame, lambda found: datasets.Dataset.from_pandas(pd.DataFrame(found))])
def test_a_table_of_steps_is_not_told_to_have_one_row_per_episode(name, door):
    columns, missing = A_STEP[name]
    words = re.escape(f"lacks the columns {missing};") + ".*'episode_index'], as a row is a step here, not an episode"
    with pytest.raises(ValueError, match=words) as error:
        formats.open(door(columns))
    assert "one row per episode" not in str(error.value)


AN_EPISODE = {
    "no dones": (steps("dones"), "dones"),
    "no rewards": (steps("rewards"), "rewards"),
    "ids in lists": (steps("dones", episode_index=IDS), "dones"),
    "another name": (steps("rewards", rews=[1.0] * N), "rewards"),
}


@pytest.mark.parametrize("name", AN_EPISODE)
def test_a_table_of_episodes_is(name):
    columns, missing = AN_EPISODE[name]
    with pytest.raises(ValueError, match=rf"lacks the columns \['{missing}'\].*'dones'\], one row per episode\."):
        formats.open(of_episodes(columns))


@pytest.mark.parametrize("start", ["episode_starts", "is_first", "first"])
@pytest.mark.parametrize("kind", [bool, float, int])
def test_where_episodes_begin_is_no_name_of_where_they_end(start, kind):
    flags = FIRST.astype(kind)
    columns = steps("dones", **{start: flags})
    for source, ours in ((pd.DataFrame(columns), "dones"), (columns, "terminals")):
        with pytest.raises(ValueError, match=f"'{start}' says where episodes begin: `[^`]+`") as error:
            formats.open(source)
        assert "'your name'" not in str(error.value) and "add a column of False" in str(error.value)
        with pytest.raises(ValueError, match=f"'{start}' for '{ours}', but it is true where an episode begins"):
            formats.open(source, rename={start: ours})
        name, code = re.findall(r"begin: `(\w+) = ([^`]+)`", str(error.value))[0]
        added = {name: eval(code, {"numpy": np, start: flags})}
        if ours == "dones":
            data = formats.open(pd.DataFrame({**columns, **added, ours: False}))
        else:
            data = formats.open(columns | added | {ours: np.zeros(N, bool)})
        assert data.lengths.tolist() == LENGTHS


@pytest.mark.parametrize("names", [("pos", "vel"), ("x", "theta", "speed"), ("0", "1")])
def test_several_columns_are_joined_as_the_error_says(names):
    df = pd.DataFrame(steps("observations", episode_index=IDS, **{name: np.arange(N) + 0.5 for name in names}))
    with pytest.raises(ValueError, match="`observations` of several columns, for instance: `df") as error:
        formats.open(df)
    exec(re.findall(r"several columns, for instance: `([^`]+)`", str(error.value))[0])
    data = formats.open(df)
    assert data.observations.tolist() == [[i + 0.5] * 2 for i in range(N)] and data.lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["returns_to_go", "rtg", "return_to_go"])
def test_rewards_are_the_differences_of_returns_to_go(name):
    sums = np.array([6.0, 5.0, 3.0])
    episode = {"observations": np.ones((3, 2)), "actions": np.zeros(3), "dones": [False] * 3, name: sums}
    with pytest.raises(ValueError, match=f"The rewards are the differences of '{name}'") as error:
        formats.open([episode])
    assert "column of zeros" not in str(error.value)
    rewards = eval(re.findall(r"as it is: `([^`]+)`", str(error.value))[0], {"numpy": np, "sums": sums})
    assert formats.open([episode | {"rewards": rewards}]).returns_to_go.tolist() == sums.tolist()


@pytest.mark.parametrize("name", ["returns_to_go", "rtg", "return_to_go"])
@pytest.mark.parametrize("way", ["list", "columns", "table"])
def test_returns_to_go_are_no_rewards_and_their_differences_end_with_the_episode(name, way):
    sums = np.array([6.0, 5.0, 3.0, 2.0, -1.0, 4.0, 4.0, 3.0, 1.0])
    ends, flags = np.append(FIRST[1:], True), {"terminals" if way == "columns" else "dones": np.append(FIRST[1:], True)}
    plain = {"observations": np.arange(N) + 0.5, "actions": np.linspace(-1, 1, N), name: sums} | flags
    each = [{column: values[i == IDS] for column, values in plain.items()} for i in range(3)]
    source = {"list": each, "columns": plain, "table": pd.DataFrame(plain).assign(episode_index=IDS)}[way]
    refused = f"rename= takes '{name}' for 'rewards', but it is a sum of rewards"
    for rename, words in (({}, f"The rewards are the differences of '{name}'"), ({name: "rewards"}, refused)):
        with pytest.raises(ValueError, match=words) as error:
            formats.open(source, rename=rename)
        one, all_of_them = re.findall(r"`(numpy\.(?:append\(-|where)[^`]*)`", str(error.value))
        if way == "list":
            data = formats.open([e | {"rewards": eval(one, {"numpy": np, "sums": e[name]})} for e in each])
        elif way == "columns":
            data = formats.open(plain | {"rewards": eval(all_of_them, {"numpy": np, "sums": sums, "ends": ends})})
        else:
            given = {"numpy": np, "sums": source[name], "ends": ends}
            data = formats.open(source.assign(rewards=eval(all_of_them, given)))
        assert data.returns_to_go.tolist() == sums.tolist() and data.lengths.tolist() == LENGTHS


@pytest.mark.parametrize("columns", [{"train": [1.0]}, {"a": [[1.0]], "b": [[2.0]]}, {str(i): [1.0] for i in range(4)}])
def test_where_nothing_is_known_zeros_are_no_remedy(columns):
    with pytest.raises(ValueError, match="lacks the columns") as error:
        formats.open(datasets.Dataset.from_dict(columns))
    assert "column of zeros" not in str(error.value)


@pytest.mark.parametrize("prefix", ["continuous_", "discrete_", "agent."])
def test_names_with_a_prefix_are_guessed(prefix):
    rows = of_episodes(steps("observations", "actions"))
    rows = rows.add_column(f"{prefix}observations", [[[1.0]] * n for n in LENGTHS])
    rows = rows.add_column(f"{prefix}actions", [[0.5] * n for n in LENGTHS])
    rename = {f"{prefix}observations": "observations", f"{prefix}actions": "actions"}
    with pytest.raises(ValueError, match=re.escape(f"rename={rename}")):
        formats.open(rows)
    assert formats.open(rows, rename=rename).lengths.tolist() == LENGTHS


@pytest.mark.parametrize("name", ["terminals", "terminated", "terminateds", "terminations"])
def test_each_library_s_name_for_an_end_is_known(name):
    ends = np.append(FIRST[1:], True)
    for source in (
        of_episodes(steps("dones", **{name: ends})),
        pd.DataFrame(steps("dones", episode_index=IDS, **{name: ends})),
    ):
        assert formats.open(source).dones.tolist() == ends.tolist()


ENDED = {  # columns that say where episodes end, in a table without a name for each episode
    "terminals": {"terminals": np.append(FIRST[1:], True)},
    "terminated and truncated": {"terminated": np.arange(N) == 4, "truncated": np.isin(np.arange(N), [2, N - 1])},
    "done": {"done": np.append(FIRST[1:], True)},
    "nothing but a horizon": {"terminals": np.zeros(N, bool)},
}


@pytest.mark.parametrize("name", ENDED)
def test_without_a_name_for_each_episode_the_columns_can_be_passed_as_a_dict(name):
    df = pd.DataFrame(steps("dones", **ENDED[name]))
    with pytest.raises(ValueError, match="If no column names the episode: in a dict of columns") as error:
        formats.open(df)
    assert "`formats.open(df.to_dict('list'))`" in str(error.value)
    options = {"rename": {"done": "terminals"}} if name == "done" else {}
    if "horizon" in name:
        assert formats.open(df.to_dict("list"), horizon=3).lengths.tolist() == [3, 3, 3]
    else:
        assert formats.open(df.to_dict("list"), **options).lengths.tolist() == LENGTHS


@pytest.mark.parametrize(
    "beside", ["run", "trial", "eps_id", "t", "step", "time_step", "traj_index", "seed", "log.timestamp"]
)
def test_what_says_which_step_or_episode_it_is_is_offered_as_no_part(beside):
    table = pd.DataFrame({beside: IDS} | steps("observations", pos=[0.1] * N, vel=[1.0] * N))
    with pytest.raises(ValueError) as error:
        formats.open(table)
    assert "df[['pos', 'vel']]" in str(error.value)


def test_columns_with_numbers_in_their_names_are_offered_together():
    names = [f"state_feature_{i}" for i in range(4)]
    beside = {"all_probabilities": ["[1]"] * N, "episode_name": ["a"] * N, "transition_number": IDS}
    table = pd.DataFrame(beside | steps("observations", episode_index=IDS))
    for name in names:
        table[name] = np.arange(N) * 1.0
    with pytest.raises(ValueError) as error:
        formats.open(table)
    assert f"df[{names}]" in str(error.value)


@pytest.mark.parametrize("column", ["actions", "rewards"])
def test_a_last_row_that_holds_only_the_observation_is_left_out_as_the_error_says(column):
    table = pd.DataFrame(steps(observations=[[float(i), 1.0] for i in range(N)], episode_index=IDS))
    table.loc[~pd.Series(IDS).duplicated(keep="last"), column] = np.nan
    with pytest.raises(ValueError, match="last step of each episode") as error:
        formats.open(table)
    data = formats.open(eval(re.search(r"`(table\.dropna.*?)`", str(error.value))[1], {"table": table}))
    assert data.lengths.tolist() == [length - 1 for length in LENGTHS]


def test_rows_without_a_number_of_the_step_are_left_out_as_the_error_says():
    table = pd.DataFrame(steps(episode_index=IDS, frame_index=np.arange(N) * 1.0))
    table.loc[~pd.Series(IDS).duplicated(keep="last"), "frame_index"] = np.nan
    with pytest.raises(ValueError, match="missing") as error:
        formats.open(table)
    data = formats.open(eval(re.search(r"`(table\.dropna.*?)`", str(error.value))[1], {"table": table}))
    assert data.lengths.tolist() == [length - 1 for length in LENGTHS]
