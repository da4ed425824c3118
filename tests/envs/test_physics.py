import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dt_helpers import envs
from dt_helpers.envs import physics
from tests.recordings import ROBOTS, SEEDS, bodies, recorded, replayed
from tests.sizes import examples

STEPS, BOUND = 10, 1e-9
ALL_RUNS = [(robot, seed) for robot in ROBOTS for seed in SEEDS]


def first(terminated):
    return int(terminated.argmax()) if terminated.any() else None


@pytest.mark.parametrize("robot", ROBOTS)
def test_bodies_are_those_of_the_old_mujoco(robot):
    old = bodies(robot)
    model = envs.make(f"{robot}-v3").unwrapped.model
    assert [model.body(i).name for i in range(model.nbody)] == old["body_names"].tolist()
    for name in ("body_mass", "body_inertia", "body_ipos"):
        np.testing.assert_allclose(getattr(model, name), old[name], rtol=1e-12, atol=1e-15, err_msg=name)
    same = np.abs((model.body_iquat * old["body_iquat"]).sum(axis=1))  # q and -q are the same rotation
    np.testing.assert_allclose(same, 1, rtol=1e-12)


@pytest.mark.parametrize(("robot", "seed"), ALL_RUNS)
def test_observations_and_terminations_are_the_recorded_ones(robot, seed):
    old, new = recorded(robot, seed), replayed(envs.make(f"{robot}-v3"), robot, seed)
    assert new.observations.dtype == old.observations.dtype == np.float64
    assert old.differences(new)[:STEPS].max() < BOUND
    assert first(new.terminated) == first(old.terminated)


@pytest.mark.parametrize("robot", ROBOTS)
def test_some_of_the_recordings_end_and_a_cheetah_never_does(robot):
    ends = [first(recorded(robot, seed).terminated) for seed in SEEDS]
    assert ends == {"HalfCheetah": [None] * 5, "Hopper": [19, 19, 17, 19, 19], "Walker2d": [11, 15, 14, 17, 36]}[robot]


@pytest.mark.parametrize(("robot", "seed"), ALL_RUNS)
def test_todays_physics_does_not_meet_the_bound(robot, seed):
    old, new = recorded(robot, seed), replayed(envs.make(f"{robot}-v5"), robot, seed)
    assert old.differences(new)[0] > 1e6 * BOUND


def slightly_heavier(model):
    model.body_mass[1] *= 1 + 1e-7


def larger_margin(model):
    model.geom_margin *= 2


def todays_feet(model):
    model.geom("foot_geom").friction[0] = 1.9  # as in walker2d_v5.xml


@pytest.mark.parametrize(
    ("robot", "spoil"),
    [*((robot, slightly_heavier) for robot in ROBOTS), ("Hopper", larger_margin), ("Walker2d", todays_feet)],
)
def test_the_bound_is_narrow(robot, spoil):
    env = envs.make(f"{robot}-v3")
    spoil(env.unwrapped.model)
    assert max(recorded(robot, seed).differences(replayed(env, robot, seed))[:STEPS].max() for seed in SEEDS) > BOUND


@pytest.mark.parametrize(("robot", "seed"), ALL_RUNS)
def test_rewards_follow_the_old_rule_also_after_a_termination(robot, seed):
    old, new = recorded(robot, seed), replayed(envs.make(f"{robot}-v3"), robot, seed)
    close = np.logical_and.accumulate(old.differences(new) < BOUND)  # until chaos tells them apart
    assert close.sum() >= STEPS
    np.testing.assert_allclose(new.rewards[close], old.rewards[close], rtol=0, atol=1e-6)


@pytest.mark.parametrize("robot", ["Hopper", "Walker2d"])
def test_the_step_that_ends_an_episode_is_worth_one_less_in_v5(robot):
    rewards = []
    for version in ("v3", "v5"):
        env = envs.make(f"{robot}-{version}")
        env.reset(seed=0)
        qpos = env.unwrapped.init_qpos.copy()
        qpos[2] = 1.5  # leans far over
        env.unwrapped.set_state(qpos, env.unwrapped.init_qvel)
        _, reward, terminated, _, info = env.step(np.zeros(env.action_space.shape))
        assert terminated
        rewards.append(reward - info["x_velocity"])
    assert rewards == pytest.approx([1, 0])


def test_velocities_are_clipped_where_they_were():
    for robot, largest in (("HalfCheetah", 20), ("Hopper", 10), ("Walker2d", 10)):
        env = envs.make(f"{robot}-v3").unwrapped
        env.reset(seed=0)
        env.set_state(env.init_qpos, np.full(env.model.nv, 20.0))
        assert env._get_obs().max() == largest


@settings(max_examples=examples("properties", 20))
@given(
    radius=st.floats(0.01, 0.2),
    half=st.floats(0.01, 0.5),
    density=st.floats(100, 5000),
    end=st.tuples(*[st.floats(-1, 1, allow_subnormal=False)] * 3).filter(lambda end: np.hypot(*end[:2]) > 0.1),
)
def test_a_capsule_weighs_as_a_cylinder_with_half_a_radius_more_at_each_end(
    tmp_path_factory, radius, half, density, end
):
    file = tmp_path_factory.mktemp("model") / "capsules.xml"
    geoms = (f"size='{radius} {half}'", f"size='{radius}' fromto='0 0 0 {end[0]} {end[1]} {end[2]}'")
    one, other = (
        f"<body name='{name}' pos='{3 * i} 0 9'><freejoint/><geom type='capsule' density='{density}' {geom}/></body>"
        for i, (name, geom) in enumerate(zip("ab", geoms, strict=True))
    )
    file.write_text(f"<mujoco><worldbody>{one}{other}</worldbody></mujoco>")
    model = mujoco.MjModel.from_xml_path(str(file))
    exact = model.body_mass.copy()
    physics.restore(model, str(file))
    for body, length in ((1, 2 * half), (2, np.linalg.norm(end))):
        mass = density * np.pi * radius**2 * (length + radius)
        across, along = mass * (3 * radius**2 + (length + radius) ** 2) / 12, mass * radius**2 / 2
        assert model.body_mass[body] == pytest.approx(mass)
        assert exact[body] == pytest.approx(mass + density * np.pi * radius**3 / 3)
        np.testing.assert_allclose(np.sort(model.body_inertia[body]), np.sort([across, across, along]), rtol=1e-9)
    np.testing.assert_allclose(model.body_subtreemass[0], model.body_mass.sum())  # derived, by mj_setConst
    assert (model.geom_type == mujoco.mjtGeom.mjGEOM_CAPSULE).all()


def test_what_cannot_be_restored_is_refused_and_left_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # MuJoCo leaves its log here
    cheetah, hopper = (envs.make(f"{robot}-v5").unwrapped for robot in ("HalfCheetah", "Hopper"))
    before = cheetah.model.body_mass.copy()
    with pytest.raises(ValueError, match=r"8 bodies and 9 geoms, but .*hopper\.xml has 5 and 5"):
        physics.restore(cheetah.model, hopper.fullpath)
    cheetah.model.geom_margin[1] = 0.01
    with pytest.raises(ValueError, match=r"different contact margins, 0\.0 to 0\.01 m"):
        physics.restore(cheetah.model, cheetah.fullpath)
    np.testing.assert_array_equal(cheetah.model.body_mass, before)
