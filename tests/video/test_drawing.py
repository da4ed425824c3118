import mujoco
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dt_helpers import envs
from dt_helpers.video import drawing
from tests.sizes import examples

ROBOTS = [f"{robot}-{version}" for version in ("v5", "v3") for robot in envs.ROBOTS]
HIND, FRONT = drawing.LIMBS[:2]


@pytest.fixture(scope="module")
def robots():
    made = {name: envs.make(name) for name in ROBOTS}
    for env in made.values():
        env.reset(seed=0)
    yield {name: env.unwrapped for name, env in made.items()}
    for env in made.values():
        env.close()


def posed(robot, **positions):
    """The robot's data with some joints, given by name, at other positions than at the start."""
    data = mujoco.MjData(robot.model)
    for joint, value in positions.items():
        data.joint(joint).qpos = value
    mujoco.mj_forward(robot.model, data)
    return data


def where(frame, color, factor=1.0, tolerance=14):
    """Mean row and column of the pixels of a colour, and how many there are."""
    wanted = np.minimum(np.array(color) * factor, 255)
    rows, columns = np.nonzero((np.abs(frame - wanted) < tolerance).all(axis=-1))
    assert len(rows), f"no pixel of {color}"
    return rows.mean(), columns.mean(), len(rows)


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_stands_on_the_ground_in_the_middle(robots, name):
    robot = robots[name]
    frame = drawing.Drawing(robot.model, 320, 240).render(robot.data)
    assert frame.shape == (240, 320, 3)
    assert frame.dtype == np.uint8
    assert frame.flags.writeable
    floor = 240 * (1 - drawing.FOOTROOM)
    row, column, count = where(frame, drawing.TORSO)
    assert count > 100
    assert 20 < row < floor - 15
    assert 120 < column < 200
    assert (frame[int(floor) + 40 :, :, 1] > frame[int(floor) + 40 :, :, 2] + 30).mean() > 0.9  # green ground


def test_front_and_hind_leg_are_told_apart(robots):
    frame = drawing.Drawing(robots["HalfCheetah-v5"].model, 480, 480).render(robots["HalfCheetah-v5"].data)
    _, hind, _ = where(frame, HIND, 1.12)
    _, front, _ = where(frame, FRONT, 1.12)
    _, torso, _ = where(frame, drawing.TORSO)
    assert hind < torso < front


def test_z_is_up_and_angles_turn_the_right_way(robots):
    robot = robots["HalfCheetah-v5"]
    draw = drawing.Drawing(robot.model, 480, 480)
    level = where(draw.render(posed(robot)), drawing.TORSO)
    lifted = where(draw.render(posed(robot, rootz=0.5)), drawing.TORSO)
    assert lifted[0] < level[0] - 40
    assert lifted[1] == pytest.approx(level[1], abs=1)
    # A positive turn about y takes the nose, ahead at +x, down.
    down, up = (
        where(draw.render(posed(robot, rootz=0.5, rooty=turn)), drawing.EYE, tolerance=10) for turn in (0.5, -0.5)
    )
    assert down[0] > up[0] + 50


def test_the_camera_follows_along_x_and_the_marks_tell_how_far(robots):
    robot = robots["HalfCheetah-v5"]
    draw = drawing.Drawing(robot.model, 320, 240)
    start, on = draw.render(posed(robot)), draw.render(posed(robot, rootx=0.5))
    assert where(on, drawing.TORSO)[1] == pytest.approx(where(start, drawing.TORSO)[1], abs=0.5)
    assert np.abs(on[-40:].astype(int) - start[-40:]).max() > 5  # tiles moved
    there, farther = draw.render(posed(robot, rootx=2.0)), draw.render(posed(robot, rootx=10.0))
    ground = int(240 * (1 - drawing.FOOTROOM)) + 10
    np.testing.assert_array_equal(there[ground + 25 :], farther[ground + 25 :])  # the same tiles
    assert (there[ground : ground + 25] != farther[ground : ground + 25]).any()  # with other numbers


def test_the_higher_the_robot_the_fainter_its_shadow(robots):
    robot = robots["Hopper-v5"]
    draw = drawing.Drawing(robot.model, 240, 240)
    floor = int(240 * (1 - drawing.FOOTROOM))
    below = [
        float(draw.render(posed(robot, rootz=1.25 + z))[floor + 2 : floor + 5, 95:115].mean()) for z in (0, 0.15, 0.9)
    ]
    assert below[0] < below[1] < below[2]


@settings(max_examples=examples("properties", 30))
@given(name=st.sampled_from(ROBOTS), seed=st.integers(0, 2**32 - 1), spread=st.sampled_from([0.1, 3.0, 1e4]))
def test_any_pose_can_be_drawn(robots, name, seed, spread):
    robot = robots[name]
    data = mujoco.MjData(robot.model)
    data.qpos[:] = np.random.default_rng(seed).normal(0, spread, robot.model.nq)
    mujoco.mj_forward(robot.model, data)
    frame = drawing.Drawing(robot.model, 64, 64).render(data)
    assert frame.shape == (64, 64, 3)
    assert frame.std() > 5


def model_with(geom):
    xml = f"<mujoco><worldbody><body pos='0 0 1'><freejoint/><geom {geom}/></body></worldbody></mujoco>"
    model = mujoco.MjModel.from_xml_string(xml)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data


def test_a_sphere_is_drawn():
    model, data = model_with("size='.2'")
    assert where(drawing.Drawing(model, 120, 120).render(data), drawing.TORSO)[2] > 50


def test_shapes_that_it_does_not_know_are_named():
    model, _ = model_with("type='box' size='.1 .1 .1'")
    with pytest.raises(ValueError, match="capsules and spheres"):
        drawing.Drawing(model, 64, 64)
