import mujoco
import numpy as np
import pytest
import torch

from dt_helpers import envs, pixels, rollout
from dt_helpers.collator import DecisionTransformerGymDataCollator
from dt_helpers.data import experts, simulate
from dt_helpers.pixels.camera import Camera
from tests.conftest import make_trajectories

SIZE = 16  # pixels, too few to run by, enough to try everything


@pytest.fixture(scope="module")
def film(cheetah_data):
    return pixels.film(cheetah_data, size=SIZE, progress=False)


@pytest.fixture(scope="module")
def agent(film, tmp_path_factory):
    settings = pixels.preset("ci", steps=3, batch_size=4, context_length=5)
    return pixels.train(film, settings, tmp_path_factory.mktemp("agent") / "model")


@pytest.mark.parametrize(("expert", "name"), [("halfcheetah", "HalfCheetah-v5"), ("hopper", "Hopper-v5")])
def test_the_film_shows_what_a_camera_would_have_seen_during_the_rollout(expert, name):
    """The dataset holds no x: it is found from the rewards, to a fraction of a pixel."""
    policy = experts.load(expert, experts.stages(expert)[-1])
    data = simulate.roll_out(policy, name, episodes=2, steps=40, seed=3, progress=False)
    film = pixels.film(data, name, progress=False)
    assert film.observations.shape == (data.n_steps, 48 * 48) and film.observations.dtype == np.uint8
    env, camera = envs.make(name), pixels.camera(name)
    for episode in range(2):
        env.reset(seed=3 + episode)
        qpos = env.unwrapped.data.qpos
        start = qpos[0]  # a film counts from where its episode began
        steps = zip(data.episode(episode)["actions"], film.episode(episode)["observations"], strict=True)
        for action, recorded in steps:
            seen = camera.frames(np.concatenate([[qpos[0] - start], qpos[1:]])[None])[0]
            assert np.abs(seen.astype(int) - recorded).max() <= 2
            env.step(action)
    env.close()


@pytest.mark.parametrize("name", ["HalfCheetah-v5", "Hopper-v5", "Walker2d-v5"])
def test_the_robot_is_where_the_physics_has_it(name):
    """Pixels well within a capsule have its shade, and those away from the robot are sky."""
    env = envs.make(name)
    env.reset(seed=0)
    for _ in range(5):
        env.step(env.action_space.sample())
    robot = env.unwrapped
    camera = Camera(robot.model, 96)
    frame = camera(env).reshape(camera.size, camera.size) / 255
    mujoco.mj_kinematics(robot.model, robot.data)
    x, z = camera.x + robot.data.qpos[0], camera.z
    distance = np.full((len(camera.geoms), camera.size, camera.size), np.inf)
    for i, geom in enumerate(camera.geoms):
        axis = robot.data.geom_xmat[geom].reshape(3, 3)[[0, 2], 2] * robot.model.geom_size[geom, 1]
        for share in np.linspace(-1, 1, 200):
            at = robot.data.geom_xpos[geom][[0, 2]] + share * axis
            distance[i] = np.minimum(distance[i], np.hypot(x[None, :] - at[0], z[:, None] - at[1]))
    inside = distance < (camera.radius - camera.pixel)[:, None, None]
    outside = distance > (camera.radius + camera.pixel)[:, None, None]
    front = len(inside) - 1 - inside[::-1].argmax(axis=0)  # what is drawn last is in front
    is_robot = inside.any(axis=0) & (inside | outside).all(axis=0)  # and no capsule's edge
    assert is_robot.sum() > 50
    np.testing.assert_allclose(frame[is_robot], np.array(camera.shade)[front[is_robot]], atol=0.01)
    is_sky = outside.all(axis=0) & (z > camera.pixel)[:, None]
    assert (frame[is_sky] == 0).all()


def test_the_floor_passes_below_the_robot():
    camera = pixels.camera("HalfCheetah-v5")
    qpos = np.zeros((3, 9))
    qpos[:, 0] = [0.0, 2.0, 0.25]  # the floor's pattern comes again after two metres
    here, there, between = camera.frames(qpos).reshape(3, 48, 48)
    np.testing.assert_array_equal(here, there)
    assert (here[-1] != between[-1]).any()
    np.testing.assert_array_equal(here[:36], between[:36])


def test_a_camera_sees_the_present_and_leaves_the_physics_alone():
    env = envs.make("HalfCheetah-v5")
    env.reset(seed=0)
    camera, state = pixels.camera("HalfCheetah-v5"), env.unwrapped.data
    for _ in range(3):
        env.step(env.action_space.sample())
        before = state.qpos.copy(), state.geom_xpos.copy()
        np.testing.assert_array_equal(camera(env), camera.frames(state.qpos[None])[0])
        np.testing.assert_array_equal(before[0], state.qpos)
        np.testing.assert_array_equal(before[1], state.geom_xpos)


def test_many_frames_are_those_that_are_drawn_one_by_one(cheetah_data):
    camera = pixels.camera("HalfCheetah-v5", SIZE)
    qpos = np.column_stack([np.arange(150) * 0.3, cheetah_data.observations[:150, :8]])
    np.testing.assert_array_equal(camera.frames(qpos), np.concatenate([camera.frames(row[None]) for row in qpos]))


def test_a_model_without_capsules_is_refused():
    model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><body><geom size='1'/></body></worldbody></mujoco>")
    with pytest.raises(ValueError, match="capsules"):
        Camera(model)


def test_recordings_of_another_robot_are_refused(cheetah_data):
    with pytest.raises(ValueError, match=r"17 state and 6 action dimensions, but Hopper-v5 has 11 and 3"):
        pixels.film(cheetah_data, "Hopper-v5")
    with pytest.raises(ValueError, match=r"can be filmed: HalfCheetah-v5"):
        pixels.film(make_trajectories([5]), "Ant-v5")


def test_robots_that_hide_more_than_x_are_refused(monkeypatch):
    """Swimmer's y is neither observed nor known from the rewards."""
    monkeypatch.setitem(simulate.ROBOTS, "Swimmer-v5", simulate.Robot(ctrl_cost_weight=1e-4, hidden=2))
    data = simulate.roll_out(lambda x: np.zeros((len(x), 2)), "Swimmer-v5", 1, 5, progress=False)
    with pytest.raises(ValueError, match=r"can be filmed: ((?!Swimmer).)*$"):
        pixels.film(data, "Swimmer-v5")


def test_batches_hold_frames_from_black_to_white_and_black_padding(film):
    collator = DecisionTransformerGymDataCollator(film, 4, sampling="end")
    states = collator.gather(np.array([1, 50]))["states"]  # (2, 4, SIZE * SIZE)
    np.testing.assert_allclose(states[1] * 255, film.observations[47:51], atol=1e-4)
    np.testing.assert_allclose(states[0, 2:] * 255, film.observations[:2], atol=1e-4)
    assert (states[0, :2] == 0).all()


def test_the_encoder_sees_each_frame_and_the_one_before_it_and_no_other():
    torch.manual_seed(0)
    encoder = pixels.ConvEncoder(8, SIZE)
    frames = torch.rand(2, 5, SIZE * SIZE, requires_grad=True)
    assert encoder(frames).shape == (2, 5, 8)
    (gradient,) = torch.autograd.grad(encoder(frames)[0, 3].sum(), frames)
    assert [bool(step.any()) for step in gradient[0]] == [False, False, True, True, False]
    assert not gradient[1].any()
    # a shorter window begins with a black frame before it, as if the rest had been padding
    padded = torch.cat([torch.zeros(2, 2, SIZE * SIZE), frames], dim=1)
    torch.testing.assert_close(encoder(padded)[:, 2:], encoder(frames))
    with pytest.raises(ValueError, match="multiple of 8"):
        pixels.ConvEncoder(8, 20)


def test_the_blind_one_does_not_see():
    blind = pixels.Blind(8, SIZE)
    first, second = blind(torch.zeros(2, 5, SIZE * SIZE)), blind(torch.rand(2, 5, SIZE * SIZE))
    assert first.shape == (2, 5, 8)
    torch.testing.assert_close(first, second)


def test_training_teaches_the_encoder_and_a_saved_agent_acts_alike(agent, film, tmp_path):
    settings = pixels.preset("ci", steps=3, batch_size=4, context_length=5)
    other = pixels.train(film, settings, tmp_path / "model", seed=1)
    again = pixels.train(film, settings, seed=0)
    weights = [model.embed_state.layers[0].weight for model in (agent, other, again)]
    assert (weights[0] != weights[1]).any()
    torch.testing.assert_close(weights[0], weights[2])

    camera = pixels.camera("HalfCheetah-v5", SIZE)
    run = {"target_return": 8000, "episodes": 2, "max_steps": 8, "progress": False, "observe": camera}
    expected = rollout.evaluate(other, **run)
    np.testing.assert_array_equal(rollout.evaluate(pixels.load(tmp_path / "model"), **run).rewards, expected.rewards)
    unseen = rollout.evaluate(other, **{**run, "observe": lambda env: np.zeros(SIZE * SIZE)})
    assert (unseen.rewards != expected.rewards).any()


def test_a_replay_embeds_only_new_frames_and_acts_as_if_it_looked_at_all_of_them_again(agent, monkeypatch):
    forward, shown = pixels.ConvEncoder.forward, []

    def watched(encoder, frames):
        shown.append(frames.shape[1])
        return forward(encoder, frames)

    monkeypatch.setattr(pixels.ConvEncoder, "forward", watched)
    run = {"target_return": 8000, "episodes": 2, "max_steps": 8, "progress": False}

    def rewards():
        shown.clear()
        return rollout.evaluate(agent, observe=pixels.camera("HalfCheetah-v5", SIZE), **run).rewards

    quickly = rewards()
    assert shown == [1, 2, 2, 2, 2, 2, 1, 2, 1, 2, 1], "the newest with the one before it; the window's first alone"
    monkeypatch.setattr("dt_helpers.model.fast_cpu.fits", lambda model: False)
    np.testing.assert_allclose(quickly, rewards(), rtol=1e-3, atol=1e-3)
    assert shown == [1, 2, 3, 4, 5, 5, 5, 5]


def test_its_loss_falls_to_that_of_a_model_which_sees(film):
    """In a few seconds a seeing model gets below what a blind one can reach in the same steps."""
    settings = pixels.preset("ci", steps=60, batch_size=8, context_length=5, eval_steps=60)
    losses = {}
    for encoder in (pixels.ConvEncoder, pixels.Blind):
        model = pixels.train(film, settings, encoder=encoder)
        collator = DecisionTransformerGymDataCollator(film, 5, sampling="end")
        with torch.inference_mode():
            losses[encoder] = model(**collator.gather(np.arange(0, film.n_steps, 7)))["loss"].item()
    assert losses[pixels.ConvEncoder] < 0.8 * losses[pixels.Blind]


def test_states_are_no_frames(cheetah_data):
    with pytest.raises(ValueError, match=r"which `pixels.film` makes"):
        pixels.train(cheetah_data, "ci")


def test_no_agent_to_load(tmp_path):
    with pytest.raises(FileNotFoundError, match="no model for frames"):
        pixels.load(tmp_path)


def test_the_preset_has_fewer_and_smaller_steps_unless_told_otherwise():
    assert (pixels.preset("tutorial").steps, pixels.preset("tutorial").batch_size) == (300, 32)
    assert pixels.preset("quick", steps=7, early=0.5).steps == 7
    assert (pixels.preset("quick").early, pixels.preset("quick", early=0.5).early) == (0.0, 0.5)
    assert pixels.preset("ci").steps == 30
