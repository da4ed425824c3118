"""What errors advise: the code in them is run here, and what it makes is read."""

import ast
import datetime
import json
import re

import datasets
import ml_dtypes
import numpy as np
import pandas as pd
import pytest

from dt_helpers.data import formats
from dt_helpers.data.trajectories import Trajectories

N = 6
DAY = datetime.date(2024, 2, 1)
DATES = pd.date_range("2024-02-01", periods=N)
VALUES = {  # what isn't numbers, in which column, and what is advised
    "pandas' dates": (pd.Series(DATES), "observations", "to_datetime"),
    "dates of a time zone": (pd.Series(DATES.tz_localize("Europe/Berlin")), "observations", "to_datetime"),
    "NumPy's dates": (DATES.to_numpy(), "rewards", "to_datetime"),
    "Python's dates": ([DAY + datetime.timedelta(days=i) for i in range(N)], "rewards", "to_datetime"),
    "dates as text": ([f"2024-02-0{i + 1}" for i in range(N)], "observations", "to_datetime"),
    "durations": (pd.Series(pd.to_timedelta(range(N), "s")), "rewards", "to_timedelta"),
    "numbers as text": (np.array(["0.5", "1", "2e3"] * 2), "rewards", "asarray"),
    "numbers as bytes": (np.array([b"0.5", b"1", b"2"] * 2), "rewards", "asarray"),
    "lists as text": (pd.Series(["(0.1, 2)"] * N), "observations", "literal_eval"),
    "NumPy's rows as text": (pd.Series(["[0.1 2. ]"] * N), "observations", "fromstring"),
    "words": (["left", "right", "left"] * 2, "actions", "factorize"),
    "words in brackets": (["[left]", "(right, 2)", "[left]"] * 2, "actions", "factorize"),
    "an array of words": (np.array(["left", "right", "left"] * 2), "actions", "factorize"),
    "a dict in each step": ([{"at": [1.0, 2.0], "goal": [3.0]}] * N, "actions", "step[part] for part in"),
    "records": (np.ones(N, [("x", "f4"), ("v", "f4")]), "observations", "structured_to_unstructured"),
    "flags as text": (["False", "False", "True"] * 2, "terminals", "map({'True': 1.0"),
    "flags as JSON": (["false", "false", "true"] * 2, "terminals", "map({'true': 1.0"),
    "flags as bytes": (np.array([b"FALSE", b"FALSE", b"TRUE"] * 2), "timeouts", "map({b'TRUE': 1.0"),
    "flags as letters": (["n", "n", "y"] * 2, "terminals", "map({'y': 1.0"),
    "flags as words": (["on", "on", "over"] * 2, "terminals", "value != 'on'"),
    "directions": (["n", "e", "s"] * 2, "actions", "factorize"),
    "lists as JSON": (["[1.0, true]"] * N, "observations", "json.loads(text)"),
    "bfloat16": (np.ones(N, ml_dtypes.bfloat16), "observations", 'astype("float32")'),
    "float8": (np.ones((N, 2), ml_dtypes.float8_e4m3fn), "observations", 'astype("float32")'),
    "int4": (np.ones(N, ml_dtypes.int4), "rewards", 'astype("float32")'),
    "complex numbers": (np.ones(N) + 1j, "observations", "numpy.imag"),
}


def columns(**other):
    found = {"observations": np.ones((N, 2)), "actions": np.linspace(-1, 1, N)[:, None], "rewards": np.ones(N)}
    return found | {"terminals": np.arange(N) % 3 == 2, "timeouts": np.zeros(N, bool)} | other


def advised(error, values, lazy=False):
    import numpy.lib.recfunctions

    code = [one for one in str(error).split("`")[1::2] if re.search(r"\bvalues\b", one)]
    assert code, error
    given = {"pandas": pd, "numpy": numpy, "ast": ast, "json": json, "values": values}
    return code if lazy else [eval(one, given) for one in code]


@pytest.mark.parametrize("name", VALUES)
def test_the_code_that_an_error_advises_makes_columns_that_are_read(name):
    values, column, words = VALUES[name]
    with pytest.raises(ValueError, match=f"`{column}` must hold numbers.*{re.escape(words)}") as error:
        formats.open(columns(**{column: values}))
    for mended in advised(error.value, values)[-1 if name == "flags as words" else 0 :]:
        assert len(formats.open(columns(**{column: mended}))) == 2


FLAGS = {"True": ("True", "False"), "true": ("true", "false"), "YES": ("YES", "NO"), "words": ("over", "on")}


@pytest.mark.parametrize("no_first", [False, True])
@pytest.mark.parametrize("name", FLAGS)
@pytest.mark.parametrize("table", [False, True])
def test_flags_as_text_are_never_inverted(name, no_first, table):
    """Whichever comes first: numbers in the order of appearance would make the first one false."""
    yes, no = FLAGS[name]
    ends = [False, False, True] * 2 if no_first else [True, False, True] * 2
    values, column = [yes if end else no for end in ends], "dones" if table else "terminals"
    source = pd.DataFrame({"observations": [[1.0, 2.0]] * N, "actions": 0.5, "rewards": 1.0, "episode_index": 0})
    source = source if table else columns()
    source[column] = values
    with pytest.raises(ValueError, match=f"`{column}` must hold numbers") as error:
        formats.open(source)
    assert "factorize" not in str(error.value)
    (source[column], *_) = advised(error.value, values)[-1 if values[0] == no else 0 :]
    assert formats.open(source).dones.tolist() == ends


DICTS = [
    '{"x": 1.0, "y": [2.0, 3.0]}',
    "{'x': 1.0, 'y': [2.0, 3.0]}",
    '{"x": true, "y": [0, 1]}',
    '{"x": 1.0, "y": null}',
]


@pytest.mark.parametrize("text", DICTS)
@pytest.mark.parametrize("table", [False, True])
def test_dicts_as_text_become_parts(text, table):
    plain = {"actions": [0.5, 1.5, 1.0] * 2, "rewards": [1.0] * N, "dones": [False, False, True] * 2}
    source = (
        pd.DataFrame(plain | {"observations": text, "episode_index": 0}) if table else columns(observations=[text] * N)
    )
    with pytest.raises(ValueError, match=r"`observations` must hold numbers.*dicts, written as text") as error:
        formats.open(source)
    assert "factorize" not in str(error.value)
    (source["observations"],) = advised(error.value, [text] * N)
    assert formats.open(source, key="x").state_dim == 1


MIXED = {
    "lists and words": [[[0, -1], "INTERACT"], [[0, 0], [0, 1]]] * 3,
    "numbers and words": [1.0, "left"] * 3,
    "a list or none": [[1.0], 2.0] * 3,
}


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("column", ["actions", "joint"])
def test_a_column_of_a_table_with_mixed_values_is_named(name, column):
    plain = {"observations": [[1.0, 2.0]] * N, "actions": 0.5, "rewards": 1.0, "dones": False, "episode_index": 0}
    table = pd.DataFrame(plain).assign(**{column: MIXED[name]})
    with pytest.raises(ValueError, match=f"`{column}` mixes values of different kinds.*factorize") as error:
        formats.open(table)
    assert type(error.value) is ValueError and f"table.drop(columns={column!r})" in str(error.value)
    (mended, *_) = advised(error.value, MIXED[name])
    assert len(formats.open(table.assign(**{column: mended}))) == 1


ARROW = {  # in lists, one row per episode
    "dates": ([DAY] * 3, "to_datetime"),
    "instants": ([datetime.datetime(2024, 2, 1, 12)] * 3, "to_datetime"),
    "words": (["left", "right", "left"], "factorize"),
    "lists as text": (["[1, 2]"] * 3, "literal_eval"),
    "numbers as text": (["0.5"] * 3, "asarray"),
}


@pytest.mark.parametrize("name", ARROW)
def test_so_does_that_for_a_table_of_episodes(name):
    values, words = ARROW[name]
    rest = {"actions": [[0.5, 1.5, 1.0]] * 2, "rewards": [[1.0] * 3] * 2, "dones": [[False] * 3] * 2}
    with pytest.raises(ValueError, match=f"`observations` must hold numbers.*{words}") as error:
        formats.open(datasets.Dataset.from_dict(rest | {"observations": [values] * 2}))
    (mended, *_) = advised(error.value, values)
    assert (
        len(formats.open(datasets.Dataset.from_dict(rest | {"observations": [np.asarray(mended).tolist()] * 2}))) == 2
    )


@pytest.mark.parametrize("part", ["mission", "camera", "note"])
@pytest.mark.parametrize("layout", ["columns", "list", "table"])
def test_text_in_a_part_of_observations_is_left_out_by_key(part, layout):
    seen = {"image": np.ones((N, 3)), part: ["go to the green ball"] * N}
    plain = {"actions": [0.5, 1.5, 1.0] * 2, "rewards": [1.0] * N}
    source = {
        "columns": columns(observations=seen),
        "list": [plain | {"observations": seen, "dones": [False] * N}],
        "table": datasets.Dataset.from_list(
            [plain | {"dones": [False] * N, "observations": [{"image": [1.0] * 3, part: "go to the green ball"}] * N}]
        ),
    }[layout]
    with pytest.raises(ValueError, match=rf"`observations\['{part}'\]` must hold numbers.*`key=` takes the names"):
        formats.open(source)
    assert formats.open(source, key="image").state_dim == 3


@pytest.mark.parametrize("date", [[f"2024-02-0{i + 1}" for i in range(N)], [f"day {i}" for i in range(N)]])
def test_text_does_not_say_in_which_order_steps_come(date):
    table = pd.DataFrame({"observations": [[1.0, 2.0]] * N, "actions": 0.5, "rewards": 1.0, "dones": False})
    with pytest.raises(ValueError, match="`frame_index` must hold numbers"):
        formats.open(table.assign(episode_index=["a", "b"] * 3, frame_index=date))


def test_episodes_in_text_are_told_to_be_read_as_lists():
    """A .csv with one row per episode: a row is no step there."""
    row = {
        "observations": "[[1, 2], [3, 4]]",
        "actions": "[0.5, 1.5]",
        "rewards": "[1.0, 2.0]",
        "dones": "[False, True]",
    }
    table = pd.DataFrame([row | {"dones": "[False, True]"}] * 3)
    with pytest.raises(ValueError, match=r"`observations` must hold numbers.*ast\.literal_eval"):
        formats.open(table)
    assert formats.open(table.map(ast.literal_eval)).lengths.tolist() == [2, 2, 2]


MISTYPED = {"renames": "rename", "keys": "key", "onnan": "on_nan", "horizn": "horizon", "actions_space": "action_space"}
DOORS = {
    "open, columns": lambda **options: formats.open(columns(), **options),
    "open, a list": lambda **options: formats.open([columns()], **options),
    "open, a table": lambda **options: formats.open(pd.DataFrame({"obs": [1]}), **options),
    "from_dataset": lambda **options: Trajectories.from_dataset(datasets.Dataset.from_dict({"obs": [1]}), **options),
    "from_columns": lambda **options: formats.from_columns(columns(), **options),
    "from_hdf5": lambda **options: formats.from_hdf5("none.hdf5", **options),
    "from_minari": lambda **options: formats.from_minari("none-v0", **options),
}


@pytest.mark.parametrize("option", MISTYPED)
@pytest.mark.parametrize("door", DOORS)
def test_a_mistyped_option_is_told_the_likely_one_before_anything_else(door, option):
    with pytest.raises(
        ValueError, match=f"There is no option {option}=. Did you mean {MISTYPED[option]}=.*on_nan, env"
    ):
        DOORS[door](**{option: "x"})


@pytest.mark.parametrize(
    "options", [{"horizon": 2}, {"env": "Hopper-v5"}, {"key": "at", "on_nan": "drop episodes"}, {"name": "b"}]
)
def test_options_for_what_has_been_read_already_are_refused(options):
    data = formats.open(columns())
    with pytest.raises(ValueError, match=f"Leave {'=, '.join(options)}= out: Trajectories.* has been read already"):
        formats.open(data, **options)
    assert formats.open(data) is data


OBJECTS = {  # arrays of Python objects in an .npz file, and what makes columns of them
    "None among numbers": (np.array([1.0, None, *[0.5] * (N - 2)], object), "rewards", "astype"),
    "uneven episodes": (np.array([np.ones(2), np.ones(N - 2)], object), "rewards", "concatenate"),
    "uneven episodes of vectors": (np.array([np.ones((1, 2)), np.ones((N - 1, 2))], object), "observations", "offsets"),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_in_a_file_are_saved_again_as_the_error_says(name, tmp_path):
    values, column, words = OBJECTS[name]
    np.savez(tmp_path / "mine.npz", **columns(**{column: values}))
    with pytest.raises(ValueError, match=f"`{column}` must hold numbers, but holds Python objects.*{words}") as error:
        formats.open(tmp_path / "mine.npz")
    plain, joined, offsets, parts, _ = advised(error.value, None, lazy=True)
    dicts = np.array([{"at": np.ones(3) * i, "goal": np.zeros(2)} for i in range(4)], object)
    made = eval(parts, {"numpy": np, "values": dicts})
    assert made["at"].tolist() == [[float(i)] * 3 for i in range(4)] and made["goal"].shape == (4, 2)
    saved = {column: eval(plain if words == "astype" else joined, {"numpy": np, "values": values})}
    if words != "astype":
        saved["offsets"] = eval(offsets, {"numpy": np, "values": values})
        assert len(saved["offsets"]) == 3
    np.savez(tmp_path / "mine.npz", **columns(**saved))
    assert len(formats.open(tmp_path / "mine.npz", on_nan="drop episodes")) >= 1


@pytest.mark.parametrize("suffix", [".csv", ".json", ".jsonl", ".xlsx"])
def test_tables_in_text_are_told_what_reads_them(suffix, tmp_path):
    (tmp_path / f"mine{suffix}").write_text("x")
    with pytest.raises(
        ValueError, match=r"not a format that can be read.*pandas\.read_csv.*read_json\(..., lines=True\)"
    ):
        formats.open(tmp_path / f"mine{suffix}")


@pytest.mark.parametrize("step", [{}, {"next": {"reward": 1}}, {"infos": {"reward": 1}}])
def test_rewards_within_a_dict_are_told_to_be_put_beside_the_others(step):
    given = {"observations": np.zeros((N, 2)), "actions": np.zeros((N, 1)), "terminals": np.arange(N) == N - 1}
    given |= {name: {"reward": np.ones(N), "done": np.zeros(N)} for name in step}
    with pytest.raises(ValueError) as error:
        formats.open(given)
    if not step:
        assert "add a column of zeros" in str(error.value)
        return
    assert "add a column of zeros" not in str(error.value)
    flat = eval(re.search(r"`(data \| .*)`", str(error.value))[1], {"data": given})
    (name,) = step
    assert formats.open(flat, rename={f"{name}.reward": "rewards"}).returns.tolist() == [N]


@pytest.mark.parametrize("parts", [{"left": np.zeros((N, 2)), "right": np.ones(N)}, {"torque": np.zeros((N, 3))}])
def test_a_dict_of_arrays_is_told_to_be_joined(parts):
    episode = {"observations": np.zeros((N, 2)), "actions": parts, "rewards": np.ones(N), "dones": np.zeros(N, bool)}
    with pytest.raises(ValueError, match="`actions` must be one array, but is a dict") as error:
        formats.open([episode])
    joined = eval(re.search(r"`(numpy.*)`", str(error.value))[1], {"values": parts, "numpy": np})
    assert formats.open([episode | {"actions": joined}]).actions.shape == (N, 3)


def test_parts_within_parts_are_told_to_get_names_of_their_own():
    episode = {"observations": {"robot": {"q": np.zeros((N, 2))}, "goal": np.ones((N, 1))}, "actions": np.zeros(N)}
    episode |= {"rewards": np.ones(N), "dones": np.zeros(N, bool)}
    with pytest.raises(ValueError, match=r"a name of its own.*`key=` takes"):
        formats.open([episode])
    assert formats.open([episode], key="goal").state_dim == 1


def test_actions_of_several_kinds_are_told_to_become_numbers():
    actions = [(2, np.array([0.5, 1.5])), (1, np.array([0.0, 3.0]))]
    episode = {"observations": np.zeros((2, 2)), "actions": actions, "rewards": np.ones(2), "dones": [False, True]}
    with pytest.raises(ValueError, match="a tuple of parts") as error:
        formats.open([episode])
    rows = eval(re.search(r"`(\[numpy.*\])`", str(error.value))[1], {"values": actions, "numpy": np})
    assert formats.open([episode | {"actions": np.array(rows)}]).actions.shape == (2, 3)


@pytest.mark.parametrize("columns", [("actions", "rewards"), ("rewards",), ("actions",)])
@pytest.mark.parametrize("lengths", [[3, 5], [1, 2, 6]])
def test_nan_in_first_rows_only_is_told_as_a_column_a_row_late(columns, lengths):
    def episode(length):
        steps = {"observations": np.ones((length + 1, 2)), "actions": np.zeros((length + 1, 1))}
        steps |= {"rewards": np.ones(length + 1), "dones": np.zeros(length + 1, bool)}
        for column in columns:
            steps[column][0] = np.nan
        return steps

    with pytest.raises(ValueError, match=r"first step of each episode: is `(actions|rewards)` a row late"):
        formats.open(list(map(episode, lengths)))


@pytest.mark.parametrize("name", ["chunk_0.pt", "a.npy", "b.csv"])
def test_files_of_arrays_are_told_how_to_be_loaded(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match=r"torch\.load.*numpy\.load"):
        formats.open(tmp_path / name)


@pytest.mark.parametrize("top, choices", [(999, True), (1000, True), (1001, False), (10_728, False)])
def test_whole_numbers_that_are_too_many_choices_are_noted(top, choices):
    actions = np.array([3, top - 1, 7, 3])
    episode = {"observations": np.zeros((4, 2)), "actions": actions, "rewards": np.ones(4), "dones": [False] * 4}
    data = formats.open([episode])
    if choices:
        assert f"read as {top:,} choices".replace(",", "") in data.notes[0].replace(",", "")
        return
    assert "read as numbers: they go beyond 1,000. Are they choices?" in data.notes[0]
    few = eval(re.search(r"`(pandas.*)`", data.notes[0])[1], {"actions": actions, "pandas": pd})
    assert formats.open([episode | {"actions": few}]).space.dim == 3


@pytest.mark.parametrize("shape", [(12, 10), (3, 10), (10, 10)])
def test_episodes_in_the_rows_of_columns_are_told_to_be_a_list(shape):
    """The other reading, (steps, environments), is told where there are not fewer rows than columns."""
    data = {name: np.ones(shape) for name in ("rewards", "terminals")} | {"observations": np.ones((*shape, 3))}
    data |= {"actions": np.full((*shape, 2), 0.5)}
    with pytest.raises(ValueError, match=r"If they are \(episodes, steps\), make a list of episodes") as error:
        formats.open(data)
    code = next(one for one in str(error.value).split("`") if one.startswith("[{"))
    assert formats.open(eval(code, {"data": data})).lengths.tolist() == [shape[1]] * shape[0]
    assert ("(steps, environments)" in str(error.value)) == (shape != (3, 10))


def test_columns_that_are_called_by_numbers_are_renamed():
    table = pd.DataFrame([[float(i), 0.5, 1.0, i % 3 == 2, i // 3] for i in range(6)])
    names = {0: "observations", 1: "actions", 2: "rewards", 3: "dones", 4: "episode_index"}
    assert formats.open(table, rename=names).lengths.tolist() == [3, 3]
    assert formats.open(table, rename={str(number): name for number, name in names.items()}).state_dim == 1


@pytest.mark.parametrize("lengths", [[6, 9, 4], [5, 5, 5], [3]])
def test_dicts_of_episodes_in_a_file_are_read_as_the_error_says(lengths, tmp_path):
    values = np.empty(len(lengths), object)
    for i, n in enumerate(lengths):
        values[i] = {"observations": np.ones((n, 3)), "actions": np.full(n, 0.5), "rewards": np.ones(n), "dones": 1}
    np.savez(tmp_path / "mine.npz", episodes=values)
    with pytest.raises(ValueError, match="they are a list of episodes") as error:
        formats.open(tmp_path / "mine.npz")
    loaded = np.load(tmp_path / "mine.npz", allow_pickle=True)["episodes"]
    whole = advised(error.value, None, lazy=True)[-1]
    assert formats.open(eval(whole, {"values": loaded})).lengths.tolist() == lengths


@pytest.mark.parametrize("way", ["a list", "steps", "episodes", "Arrow"])
@pytest.mark.parametrize("parts", [["throttle", "steering"], ["steering", "throttle"], ["mode", "params"]])
def test_actions_with_parts_are_never_joined_in_an_order_of_our_own(parts, way):
    rng = np.random.default_rng(0)
    inner = [{part: rng.normal(size=2).tolist() if part == "params" else 0.1 * i for part in parts} for i in range(N)]
    given = columns(actions=inner)
    given["dones"] = given.pop("terminals")
    listed = {name: values if name == "actions" else values.tolist() for name, values in given.items()}
    source = {
        "a list": lambda actions: [given | {"actions": actions}],
        "steps": lambda actions: pd.DataFrame(listed | {"actions": actions, "episode_index": [0] * 3 + [1] * 3}),
        "episodes": lambda actions: pd.DataFrame([listed | {"actions": actions}] * 2),
        "Arrow": lambda actions: datasets.Dataset.from_list([listed | {"actions": actions}]),
    }[way]
    with pytest.raises(ValueError, match="in the order in which the environment takes them") as told:
        formats.open(source(inner))
    (joined,) = advised(told.value, inner)
    data = formats.open(source([row.tolist() for row in joined]))
    truth = [np.hstack([step[part] for part in parts]) for step in inner]
    np.testing.assert_allclose(data.actions[:N], truth, rtol=1e-6)


@pytest.mark.parametrize("way", [dict, pd.DataFrame])
@pytest.mark.parametrize("kind", [int, str])
def test_columns_whose_names_are_numbers_may_be_renamed_by_either(kind, way):
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(N, 3)))
    table[2], table["terminals"], table["observations"] = 0.0, table.index % 3 == 2, [[1.0, 2.0]] * N
    table = table.assign(dones=table.terminals, episode_index=table.index // 3)
    source = table.to_dict("list") if way is dict else table
    data = formats.open(source, rename={kind(0): "actions", kind(2): "rewards"})
    np.testing.assert_allclose(data.actions[:, 0], table[0], rtol=1e-6)


def test_the_code_for_columns_whose_names_are_numbers_runs():
    df = pd.DataFrame(np.random.default_rng(0).normal(size=(N, 3)))
    with pytest.raises(ValueError, match="of several columns") as told:
        formats.open(df)
    exec(re.search(r"`(df\[.*?)`", str(told.value))[1], {"df": df})
    assert len(df["observations"][0]) == 3


@pytest.mark.parametrize(("there", "meant"), [(["u", "a", "v"], "a"), (["u", "v"], "u"), (["a", "r"], "a")])
def test_a_user_is_not_taken_for_an_action(there, meant):
    with pytest.raises(ValueError, match=f"{meant!r}: 'actions'"):
        formats.open(pd.DataFrame(np.ones((2, len(there))), columns=there))


@pytest.mark.parametrize("bad", [[0, 2], [1, 4], [0, 1, 3, 5]])
def test_rows_without_an_action_are_left_out_as_the_error_says(bad):
    table = pd.DataFrame({"observations": [[1.0, 2.0]] * N, "actions": [0.0, 0.1] * 3, "rewards": 1.0, "dones": False})
    table["episode_index"] = 0
    table.loc[bad, ["actions", "rewards"]] = np.nan
    with pytest.raises(ValueError, match=r"leave it out of all columns.*table\.dropna") as told:
        formats.open(table)
    code = next(one for one in str(told.value).split("`")[1::2] if one.startswith("table"))
    assert formats.open(eval(code, {"table": table})).n_steps == N - len(bad)


@pytest.mark.parametrize("size", [3, 5])
def test_text_of_what_follows_is_numbered_with_what_is_observed(size):
    texts = [f"s{i % size}" for i in range(N + 1)]
    table = pd.DataFrame({"observations": texts[:-1], "next_observations": texts[1:], "actions": 0.5, "rewards": 1.0})
    table = table.assign(dones=False, episode_index=0)
    numbered = table.assign(observations=pd.Series(table.observations).factorize()[0])
    with pytest.raises(ValueError, match="Number it together") as told:
        formats.open(numbered)
    found = {"numpy": np, "pandas": pd} | {name: list(table[name]) for name in ("observations", "next_observations")}
    for code in [one for one in str(told.value).split("`")[1::2] if " = " in one]:
        exec(code, found)
    data = formats.open(table.assign(**{name: found[name] for name in ("observations", "next_observations")}))
    assert len(data) == 1


@pytest.mark.parametrize("odd", [0.97 ** np.arange(N), np.full(N, 0.5), np.arange(N)])
def test_only_columns_of_0_and_1_are_offered_as_flags(odd):
    data = formats.open(columns(terminals=np.zeros(N), terminal_discounts=odd), horizon=3)
    assert not any("terminal_discounts" in note for note in data.notes)


@pytest.mark.parametrize("mark", [",", ", ", ";", " "])
@pytest.mark.parametrize("column", ["observations", "actions"])
def test_several_numbers_in_a_text_become_numbers_as_the_error_says(column, mark):
    numbers = np.random.default_rng(0).uniform(-1, 1, (N, 3)).round(3)
    texts = [mark.join(map(str, row)) for row in numbers]
    with pytest.raises(ValueError, match="several numbers, written as text") as told:
        formats.open(columns(**{column: texts}))
    (mended,) = advised(told.value, texts)
    np.testing.assert_allclose(getattr(formats.open(columns(**{column: mended})), column), numbers, rtol=1e-6)


@pytest.mark.parametrize("texts", [["win", "lost", "win"], ["a", "b", "c"]])
def test_words_are_never_made_rewards(texts):
    with pytest.raises(ValueError, match="Rewards have to be numbers") as told:
        formats.open(columns(rewards=texts * 2))
    assert "factorize" not in str(told.value)


@pytest.mark.parametrize("lengths", [[2, 3], [9, 6]])
def test_a_list_of_rewards_in_a_row_that_is_a_step_is_told(lengths):
    table = pd.DataFrame(
        {"observations": [[1.0, 2.0]] * 4, "actions": 0.5, "dones": False, "episode_index": [0, 0, 1, 1]}
    )
    table["rewards"] = [[1.0] * lengths[i % 2] for i in range(4)]
    with pytest.raises(ValueError, match="a step has one reward") as told:
        formats.open(table)
    (mended,) = advised(told.value, list(table.rewards))
    assert formats.open(table.assign(rewards=mended)).n_steps == 4


@pytest.mark.parametrize("letters", ["ARDUOSTXY", "abcdefghijklmnopqrstu"])
def test_of_many_columns_with_one_letter_none_is_guessed(letters):
    table = pd.DataFrame(np.ones((2, len(letters))), columns=list(letters)).assign(Strategy=0.0)
    with pytest.raises(ValueError, match="lacks the columns") as told:
        formats.open(table)
    assert re.search(r"rename=\{'(your name|episode)", str(told.value)) and "add a column of False" in str(told.value)


@pytest.mark.parametrize("sizes", [(7, 1), (2, 2), (1, 3, 2)])
def test_tuples_of_parts_become_vectors_as_the_error_says(sizes):
    rng = np.random.default_rng(0)
    parts = [tuple(rng.normal(size=size) for size in sizes) for _ in range(N)]
    given = columns(observations=parts)
    given["dones"] = given.pop("terminals")
    if len(set(sizes)) == 1:
        assert formats.open([given]).observations.shape == (N, sum(sizes))
        return
    with pytest.raises(ValueError, match="a tuple of parts") as told:
        formats.open([given])
    (mended,) = advised(told.value, parts)
    np.testing.assert_allclose(
        formats.open([given | {"observations": mended}]).observations[0], np.hstack(parts[0]), rtol=1e-6
    )


@pytest.mark.parametrize("rows", [[[1.0, "[0, 1]"]], [["3", 2.0]], [[0.5, "(1, 2)"], [0.1, "(2, 2)"]]])
def test_text_beside_numbers_in_a_list_is_told(rows):
    table = pd.DataFrame({"observations": rows * N}).assign(actions=0.5, rewards=1.0, dones=False, episode_index=0)
    with pytest.raises(ValueError, match="`observations` holds text beside numbers"):
        formats.open(table)


@pytest.mark.parametrize(
    "names", [("cur_state", "next_state"), ("current_state", "next_state"), ("s", "s_next"), ("state", "state_next")]
)
def test_what_follows_a_step_is_never_made_part_of_what_is_observed(names):
    table = pd.DataFrame(np.ones((2, 4)), columns=[*names, "action", "reward"])
    with pytest.raises(ValueError, match=re.escape(repr(names[0]) + ": 'observations'")) as told:
        formats.open(table)
    assert "of several columns" not in str(told.value)


@pytest.mark.parametrize("group", [[0, 1, 2], [2, 3], [1, 2, 3, 4]])
def test_a_choice_among_numbers_is_told(group):
    """As of gymnasium's flatten of a Dict of a choice and numbers, whose unflatten takes the first that isn't 0."""
    rng = np.random.default_rng(0)
    actions = rng.uniform(-1, 1, (60, 6))
    actions[:, group] = np.eye(len(group))[rng.integers(len(group), size=60)]
    given = {"observations": np.ones((60, 2)), "actions": actions, "rewards": np.ones(60)}
    given |= {"terminals": np.arange(60) % 10 == 9}
    assert any(f"the columns {group} of actions are one-hot" in note for note in formats.open(given).notes)
    given["actions"] = rng.uniform(-1, 1, (60, 6)).round()
    assert not any("one-hot" in note for note in formats.open(given).notes)


@pytest.mark.parametrize("theirs", ["done", "over", "finished"])
def test_flags_that_were_renamed_to_dones_are_told_as_terminals(theirs):
    given = columns()
    given[theirs] = given.pop("terminals")
    with pytest.raises(ValueError, match=f"rename={{'{theirs}': 'terminals'}} here"):
        formats.open(given, rename={theirs: "dones"})
    assert len(formats.open(given, rename={theirs: "terminals"})) == 2


@pytest.mark.parametrize("same", [[0, 0, 1, 1], [0, 1, 1, 2]])
def test_rows_of_episodes_whose_numbers_repeat_are_told(same):
    row = {"observations": [[1.0, 2.0]] * 3, "actions": [[0.5]] * 3, "rewards": [1.0] * 3, "dones": [False] * 3}
    table = pd.DataFrame([row] * 4)
    with pytest.raises(ValueError, match="`rewards` hold a list in each row, so a row holds a whole episode here"):
        formats.open(table.assign(episode_index=same))
    assert len(formats.open(table)) == 4
