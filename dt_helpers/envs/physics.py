"""The physics that the published data was recorded with, on today's MuJoCo.

Until version 2.1.2 (2022), MuJoCo gave a capsule the mass and inertia of a cylinder: its cylindrical part, extended at
both ends by half the radius. Since then they have been exact
(https://mujoco.readthedocs.io/en/2.1.2/changelog.html), so the same XML file describes a slightly different robot.
`restore` brings the old one back; `docs/physics.md` shows what it was compared with.
"""

import warnings

import mujoco
import numpy as np
from gymnasium.envs.mujoco.half_cheetah_v4 import HalfCheetahEnv
from gymnasium.envs.mujoco.hopper_v4 import HopperEnv
from gymnasium.envs.mujoco.walker2d_v4 import Walker2dEnv

CAPSULE, CYLINDER = mujoco.mjtGeom.mjGEOM_CAPSULE, mujoco.mjtGeom.mjGEOM_CYLINDER


def restore(model: mujoco.MjModel, xml_file: str) -> None:
    """Give the bodies of `model`, compiled from `xml_file`, the masses and inertias of MuJoCo before 2.1.2.

    MuJoCo's own compiler computes them, from a copy of the file with a cylinder in place of each capsule. For contacts
    the capsules stay capsules. Contact margins are restored too: before MuJoCo 3.5 the larger margin of two geoms
    counted, now their sum does.

    Changes the model in place, with everything that MuJoCo derives from the bodies. Raises ValueError, and changes
    nothing, if the model comes from another file, or if contact margins are not the same everywhere.
    """
    old = with_cylinders(xml_file)
    if (old.nbody, old.ngeom) != (model.nbody, model.ngeom):
        raise ValueError(
            f"The model has {model.nbody} bodies and {model.ngeom} geoms, but {xml_file} has {old.nbody} and "
            f"{old.ngeom}: pass the file that the model was compiled from."
        )
    if np.ptp(model.geom_margin) > 0:
        raise ValueError(
            f"The geoms have different contact margins, {model.geom_margin.min()} to {model.geom_margin.max()} m. "
            "Old contacts can only be restored if all are the same, as in HalfCheetah, Hopper and Walker2d."
        )
    for name in ("body_mass", "body_inertia", "body_ipos", "body_iquat"):
        getattr(model, name)[:] = getattr(old, name)
    model.geom_margin /= _margin_of_two_geoms(1.0)
    mujoco.mj_setConst(model, mujoco.MjData(model))


def with_cylinders(xml_file: str) -> mujoco.MjModel:
    """The model in `xml_file` with a cylinder for each capsule, equally wide, and half a radius longer at each end."""
    spec = mujoco.MjSpec.from_file(xml_file)
    model = _compile(spec)  # knows the length of a capsule that the file gives by its ends
    for geom in spec.geoms:
        if geom.type == CAPSULE:
            radius, half_length = model.geom_size[geom.id, :2]
            geom.type, geom.size = CYLINDER, (radius, half_length + radius / 2, 0)
            geom.pos, geom.quat, geom.fromto = model.geom_pos[geom.id], model.geom_quat[geom.id], np.full(6, np.nan)
    return _compile(spec)


def _compile(spec: mujoco.MjSpec) -> mujoco.MjModel:
    with warnings.catch_warnings():  # about a deprecated attribute in gymnasium's cheetah, as in `envs.make`
        warnings.filterwarnings("ignore", ".*settotalmass")
        return spec.compile()


def _margin_of_two_geoms(margin: float) -> float:
    """Distance in metres at which two geoms with this `margin` touch: the margin, or twice it since MuJoCo 3.5."""
    geom = f"<geom size='1' margin='{margin}'/>"
    xml = f"<mujoco><worldbody>{geom}<body><freejoint/>{geom}</body></worldbody></mujoco>"
    model = mujoco.MjModel.from_xml_string(xml)
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return float(data.contact.includemargin[0])


# gymnasium's v4 are gym 0.21's v3 except for the engine: the same observations, rewards, terminations, info and XML
# files. https://github.com/openai/gym/blob/v0.21.0/gym/envs/mujoco/half_cheetah_v3.py and its neighbours


class HalfCheetahV3(HalfCheetahEnv):
    """HalfCheetah as in gym 0.21 with mujoco-py; takes the arguments of gymnasium's v4."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        restore(self.model, self.fullpath)


class HopperV3(HopperEnv):
    """Hopper as in gym 0.21 with mujoco-py; takes the arguments of gymnasium's v4."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        restore(self.model, self.fullpath)


class Walker2dV3(Walker2dEnv):
    """Walker2d as in gym 0.21 with mujoco-py; takes the arguments of gymnasium's v4."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        restore(self.model, self.fullpath)
