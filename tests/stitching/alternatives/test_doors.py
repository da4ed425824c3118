import numpy as np
import torch

from dt_helpers.stitching import alternatives
from dt_helpers.stitching.alternatives import doors

UP, RIGHT, DOWN, LEFT = range(4)


def world(agent, key, door) -> doors.Doors:
    found = doors.Doors(1, np.random.default_rng(0))
    found.agent, found.key, found.door = (np.array([place]) for place in (agent, key, door))
    return found


def walk(found, *actions) -> list[float]:
    return [float(found.step(np.array([action]))[0]) for action in actions]


def test_the_door_opens_with_the_key_and_only_once():
    found = world(agent=(0, 0), key=(1, 0), door=(0, 1))
    assert walk(found, RIGHT, LEFT, DOWN, UP, RIGHT, LEFT, RIGHT) == [0, 0, 0, 0, 1, 0, 0]
    assert found.over.all() and not found.observe().any()


def test_walls_stop_the_agent():
    found = world(agent=(0, 0), key=(5, 2), door=(5, 5))
    walk(found, UP, LEFT)
    assert found.agent.tolist() == [[0, 0]]
    walk(found, *[DOWN] * 7, *[RIGHT] * 7)
    assert found.agent.tolist() == [[5, 5]] and found.over.all()  # over the key, to the door


def test_the_image_shows_agent_key_and_door_until_the_key_is_taken():
    found = world(agent=(0, 0), key=(0, 1), door=(3, 4))
    image = found.observe()[0]
    assert [np.argwhere(channel).tolist() for channel in image] == [[[0, 0]], [[0, 1]], [[3, 4]]]
    walk(found, RIGHT)
    assert [np.argwhere(channel).tolist() for channel in found.observe()[0]] == [[[0, 1]], [], [[3, 4]]]


def test_places_are_drawn_where_they_belong():
    found = doors.Doors(500, np.random.default_rng(1))
    assert found.agent[:, 1].max() == found.key[:, 1].max() == 2
    assert {*found.door[:, 1]} == {3, 4, 5} and {*found.door[:, 0]} == {*range(6)}
    assert not (found.agent == found.key).all(axis=1).any()


def test_recordings_hold_successes_and_failures_and_end_with_the_reward():
    recorded = doors.record(300, seed=2)
    assert recorded.states.shape == (300, doors.STEPS, 3, doors.SIZE, doors.SIZE)
    assert recorded.returns.mean() == 0.5 and set(recorded.returns) == {0, 1}
    won = recorded.returns == 1
    assert (recorded.lengths[~won] == doors.STEPS).all()
    assert (recorded.rewards[won, recorded.lengths[won] - 1] == 1).all()
    assert np.array_equal(doors.record(300, seed=2).actions, recorded.actions)


def test_a_model_is_asked_in_new_rooms():
    recorded = doors.record(50)
    settings = doors.preset("ci", steps=2, hidden=16)
    model, losses = alternatives.train(recorded, doors.DoorEncoder, 4, settings, progress=False)
    played = doors.play(model, 1, count=5, seed=3)
    assert len(losses) == 2 and len(played) == 5
    assert np.array_equal(played.states[:, 0], doors.Doors(5, np.random.default_rng(3)).observe())


def test_the_encoder_embeds_each_image():
    images = torch.from_numpy(doors.record(2).states)
    embedded = doors.DoorEncoder(8)(images)
    assert embedded.shape == (2, doors.STEPS, 8)
