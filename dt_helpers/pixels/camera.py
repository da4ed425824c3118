"""Small grey frames of a planar robot, quick to draw and the same on every machine: what an agent sees instead of its
state.

The robots are capsules in the x-z plane, and a capsule is all points nearer to its axis than its radius. So a frame is
a few formulas over all pixels, computed for many frames at once, with soft edges that show angles more finely than
whole pixels could. `render.Renderer` draws prettier frames, which differ with each OpenGL.
"""

from __future__ import annotations

import mujoco
import numpy as np

SIZE = 48  # pixels along a side
FOOTROOM = 0.16  # share of the frame below the floor's surface
SKY, TILES = 0.0, (0.25, 0.4)  # shades, 0 black to 1 white; tiles are a metre wide
SHADES = (0.6, 1.0, 0.8)  # of the torso, then of the limbs in turn
CHUNK = 64  # frames drawn together; their pixels fit into the processor's cache


class Camera:
    """Looks at a robot from the side, and follows it along x.

    model : the robot's `mujoco.MjModel`; ValueError if it has no moving capsule.
    size : pixels along a side.
    """

    def __init__(self, model: mujoco.MjModel, size: int = SIZE):
        capsule = int(mujoco.mjtGeom.mjGEOM_CAPSULE)
        moving = (model.geom_bodyid > 0) & (model.geom_type == capsule)
        if not moving.any():
            raise ValueError("The camera draws capsules, but this model has none on a moving body.")
        # Geoms come torso first, then limb by limb; those drawn later are in front.
        self.geoms = np.flatnonzero(moving)[::-1]
        self.radius, self.half = model.geom_size[self.geoms, 0], model.geom_size[self.geoms, 1]  # metres
        self.shade = [self._shade(model, body) for body in model.geom_bodyid[self.geoms]]
        self.model, self.size = model, size
        self._data = mujoco.MjData(model)
        mujoco.mj_kinematics(model, self._data)
        (ends,) = self._ends(self._data.geom_xpos[None], self._data.geom_xmat[None])
        view = 1.6 * max(np.ptp(ends[..., 0]), ends[..., 1].max())  # metres along a side
        self.pixel = view / size  # metres
        middle = np.arange(size) + 0.5
        self.x = (middle * self.pixel - view / 2).astype(np.float32)  # (size,), from the robot's own x
        self.z = ((1 - FOOTROOM) * view - middle * self.pixel).astype(np.float32)  # (size,), the top row first

    @staticmethod
    def _shade(model: mujoco.MjModel, body: int) -> float:
        root, limb = model.body_rootid[body], int(body)
        if limb == root:
            return SHADES[0]
        while model.body_parentid[limb] != root:
            limb = int(model.body_parentid[limb])
        limbs = [b for b in range(model.nbody) if b != root and model.body_parentid[b] == root]
        return SHADES[1 + limbs.index(limb) % (len(SHADES) - 1)]

    def _ends(self, xpos: np.ndarray, xmat: np.ndarray) -> np.ndarray:
        """Both ends of each capsule's axis, (n, geoms, 2, 2), x and z in metres, from all geoms' centres (n, ngeom, 3)
        and orientations (n, ngeom, 9)."""
        center = xpos[:, self.geoms][..., [0, 2]]
        axis = xmat[:, self.geoms][..., [2, 8]] * self.half[:, None]
        return np.stack([center - axis, center + axis], axis=2)

    def __call__(self, env) -> np.ndarray:
        """A frame of the environment's robot in its current state, (size * size,) uint8, row by row.

        Only the joints' positions are read: MuJoCo updates the bodies' positions only in the next step.
        """
        return self.frames(env.unwrapped.data.qpos[None])[0]

    def frames(self, positions: np.ndarray) -> np.ndarray:
        """Frames (n, size * size), uint8, of the robot at `positions` (n, nq), MuJoCo's qpos, whose first is x."""
        frames = np.empty((len(positions), self.size * self.size), np.uint8)
        for begin in range(0, len(positions), CHUNK):
            chunk = positions[begin : begin + CHUNK]
            xpos, xmat = np.empty((len(chunk), self.model.ngeom, 3)), np.empty((len(chunk), self.model.ngeom, 9))
            for i, position in enumerate(chunk):
                self._data.qpos[:] = position
                mujoco.mj_kinematics(self.model, self._data)
                xpos[i], xmat[i] = self._data.geom_xpos, self._data.geom_xmat
            frames[begin : begin + CHUNK] = self._draw(self._ends(xpos, xmat), chunk[:, 0])
        return frames

    def _draw(self, ends: np.ndarray, x: np.ndarray) -> np.ndarray:
        """`ends` (n, geoms, 2, 2) and the robot's own `x` (n,), in metres -> frames (n, size * size), uint8."""
        ends = (ends - np.stack([x, np.zeros_like(x)], axis=-1)[:, None, None]).astype(np.float32)
        image = self._ground(x)  # (n, size, size)
        for i, (radius, shade) in enumerate(zip(self.radius, self.shade, strict=True)):
            rows, columns = self._box(ends[:, i], radius)
            (x0, z0), (dx, dz) = ends[:, i, 0].T[..., None, None], (ends[:, i, 1] - ends[:, i, 0]).T[..., None, None]
            right, up = self.x[None, None, columns] - x0, self.z[None, rows, None] - z0  # (n, 1, width), (n, height, 1)
            length = dx * dx + dz * dz
            along = right * (dx / length) + up * (dz / length)  # (n, height, width), as is everything below
            np.clip(along, 0.0, 1.0, out=along)
            right, up = right - along * dx, up - along * dz  # to the nearest point of the axis
            distance = np.sqrt(right * right + up * up)  # np.hypot takes as long as all the rest
            cover = (np.float32(radius) - distance) / np.float32(self.pixel) + np.float32(0.5)
            part = image[:, rows, columns]
            part += np.clip(cover, 0.0, 1.0, out=cover) * (np.float32(shade) - part)
        return np.rint(image * 255).astype(np.uint8).reshape(len(image), -1)

    def _box(self, ends: np.ndarray, radius: float) -> tuple[slice, slice]:
        """The rows and columns that a capsule covers in any of the frames; `ends` (n, 2, 2), metres."""
        low, high = ends.min(axis=(0, 1)) - radius - self.pixel, ends.max(axis=(0, 1)) + radius + self.pixel
        columns = slice(*np.searchsorted(self.x, [low[0], high[0]]))
        return slice(*np.searchsorted(-self.z, [-high[1], -low[1]])), columns

    def _ground(self, x: np.ndarray) -> np.ndarray:
        """Sky, and a floor of alternating tiles that stay in place while the robot moves, (n, size, size) float32."""
        place = (x[:, None] + self.x) % 2.0  # (n, size), metres within a pair of tiles
        from_edge = np.minimum(np.abs(place - 1.0), np.minimum(place, 2.0 - place)) / self.pixel  # pixels
        second = 0.5 + np.where(place < 1.0, -0.5, 0.5) * np.clip(2 * from_edge, 0.0, 1.0)
        tile = TILES[0] + (TILES[1] - TILES[0]) * second  # (n, size)
        floor = np.clip(0.5 - self.z / self.pixel, 0.0, 1.0)  # (size,), 0 in the sky
        return (SKY + floor[None, :, None] * (tile[:, None] - SKY)).astype(np.float32)
