"""Frames of a planar robot without OpenGL: its capsules in the x-z plane, drawn with Pillow.

HalfCheetah, Hopper and Walker2d move in that plane only, so nothing is lost. x points to the right and z up; the camera
follows the robot along x.
"""

import math

import mujoco
import numpy as np
from PIL import Image, ImageDraw, ImageFont

SMOOTH = 2  # drawn this many times larger, then averaged down: Pillow's lines have jagged edges
FOOTROOM = 0.24  # share of the frame below the floor line

SKY = ((108, 172, 219), (231, 242, 246))  # at the top, at the horizon
SUN = (255, 243, 206)
FAR_HILLS, NEAR_HILLS = (178, 205, 196), (146, 184, 158)
TILES = (126, 160, 106), (116, 150, 97)  # every second metre
EDGE, MARK = (88, 118, 74), (244, 247, 236)
OUTLINE = (52, 40, 36)
TORSO = (233, 176, 75)
LIMBS = ((204, 96, 62), (52, 126, 142), (126, 92, 160), (112, 140, 60))  # one per chain of bodies below the torso
SPOT, EYE = (94, 62, 34), (30, 26, 26)


class Drawing:
    """Frames (height, width, 3), uint8, of a model's capsules and spheres; ValueError if the model has neither."""

    def __init__(self, model, width: int, height: int):
        self._model = model
        self._width, self._height = width * SMOOTH, height * SMOOTH
        shapes = [int(mujoco.mjtGeom.mjGEOM_CAPSULE), int(mujoco.mjtGeom.mjGEOM_SPHERE)]
        geoms = [g for g in range(model.ngeom) if model.geom_bodyid[g] > 0 and model.geom_type[g] in shapes]
        if not geoms:
            raise ValueError("Only capsules and spheres can be drawn, but this model has none on a moving body.")
        self._half = np.where(model.geom_type == shapes[0], model.geom_size[:, 1], 0.0)  # (ngeom,)
        self._radius = model.geom_size[:, 0]
        self._root = model.body_rootid[model.geom_bodyid[geoms[0]]]
        chains = {g: self._chain(g) for g in geoms}
        firsts = sorted({chain[1] for chain in chains.values() if len(chain) > 1})
        self._colors = {g: self._color(chain, firsts) for g, chain in chains.items()}
        # Later limbs are farther away and the torso is in front; within a limb the upper part covers the lower.
        self._geoms = sorted(geoms, key=lambda g: (len(chains[g]) == 1, *(-body for body in chains[g][1:2]), -g))
        self._named = {mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_GEOM, g): g for g in geoms}
        self._scale = self._height / self._metres_in_view()  # pixels per metre
        self._floor = round(self._height * (1 - FOOTROOM))
        self._font = ImageFont.load_default(size=self._height / 30)
        self._sky = self._paint_sky()

    def _chain(self, geom: int) -> list[int]:
        """The bodies from the robot's root to the one that carries the geom."""
        chain: list[int] = []
        body = int(self._model.geom_bodyid[geom])
        while body > 0:
            chain.insert(0, body)
            body = int(self._model.body_parentid[body])
        return chain

    @staticmethod
    def _color(chain: list[int], firsts: list[int]) -> tuple[int, int, int]:
        if len(chain) == 1:
            return TORSO
        return _shade(LIMBS[firsts.index(chain[1]) % len(LIMBS)], 1.12 - 0.12 * (len(chain) - 2))

    def _metres_in_view(self) -> float:
        """About twice the robot's size in its initial position, and enough for its height."""
        data = mujoco.MjData(self._model)
        mujoco.mj_forward(self._model, data)
        ends = self._ends(data)[self._geoms].reshape(-1, 2)
        return max(1.9 * np.ptp(ends, axis=0).max(), 1.5 * ends[:, 1].max(), 1.0)

    def _ends(self, data) -> np.ndarray:
        """Both ends of each geom's axis: (ngeom, 2, 2), x and z in metres."""
        center = data.geom_xpos[:, [0, 2]]
        axis = data.geom_xmat[:, [2, 8]] * self._half[:, None]  # the geom's own z axis
        return np.stack([center - axis, center + axis], axis=1)

    def render(self, data) -> np.ndarray:
        """The state in `data` (mujoco.MjData) as a frame (height, width, 3), uint8."""
        ends = self._ends(data)
        camera = float(data.subtree_com[self._root, 0])
        picture = self._sky.copy()
        draw = ImageDraw.Draw(picture, "RGBA")
        self._hills(draw, camera)
        self._ground(draw, camera)
        pixels = (ends - (camera, 0)) * (self._scale, -self._scale) + (self._width / 2, self._floor)
        for geom in self._geoms:
            self._shadow(draw, ends[geom], pixels[geom], self._radius[geom] * self._scale)
        for geom in self._geoms:
            self._capsule(draw, pixels[geom], self._radius[geom] * self._scale, self._colors[geom])
        if {"torso", "head"} <= self._named.keys():
            self._make_a_cheetah(draw, pixels[self._named["torso"]], pixels[self._named["head"]])
        return np.array(picture.reduce(SMOOTH))

    def _paint_sky(self) -> Image.Image:
        top, bottom = np.array(SKY, dtype=float)
        share = np.linspace(0, 1, self._height)[:, None] * self._height / self._floor
        rows = top + (bottom - top) * share.clip(0, 1)  # (height, 3)
        pixels = np.broadcast_to(rows[:, None], (self._height, self._width, 3)).round().astype(np.uint8)
        sky = Image.fromarray(np.ascontiguousarray(pixels))
        x, y, r = 0.8 * self._width, 0.17 * self._height, 0.06 * self._height
        draw = ImageDraw.Draw(sky, "RGBA")
        for grown, alpha in ((2.0, 40), (1.5, 70), (1.0, 255)):
            draw.ellipse(_circle((x, y), r * grown), fill=(*SUN, alpha))
        return sky

    def _hills(self, draw, camera: float) -> None:
        """Two rows of hills that move more slowly than the ground, the far ones more slowly still."""
        x = np.linspace(0, self._width, 41)
        for color, speed, base, size in ((FAR_HILLS, 0.08, 0.15, 0.06), (NEAR_HILLS, 0.25, 0.07, 0.045)):
            t = x / self._width * 2 + camera * speed
            height = base + size * (np.sin(2.1 * t) + 0.6 * np.sin(4.7 * t + 1)) / 1.6
            outline = [*zip(x.tolist(), (self._floor - height * self._height).tolist(), strict=True)]
            draw.polygon([(0, self._floor), *outline, (self._width, self._floor)], fill=color)

    def _ground(self, draw, camera: float) -> None:
        """The floor, its tiles a metre wide, each with the distance from the start at its left edge."""
        reach = self._width / self._scale / 2
        for metre in range(math.floor(camera - reach), math.ceil(camera + reach) + 1):
            left = (metre - camera) * self._scale + self._width / 2
            draw.rectangle((left, self._floor, left + self._scale, self._height), fill=TILES[metre % 2])
            draw.line((left, self._floor, left, self._floor + self._height / 20), fill=MARK, width=2 * SMOOTH)
            text = (left, self._floor + self._height / 17)
            draw.text(text, f"{metre} m", fill=MARK, font=self._font, anchor="mt")
        draw.line((0, self._floor, self._width, self._floor), fill=EDGE, width=2 * SMOOTH)

    def _shadow(self, draw, ends, pixels, radius: float) -> None:
        """The area below the capsule; fainter the higher it is."""
        alpha = round(100 * (1 - max(float(ends[:, 1].mean()), 0.0) / 0.45))
        if alpha > 0:
            x, y = float(pixels[:, 0].mean()), self._floor + 0.03 * self._scale
            wide, high = float(np.ptp(pixels[:, 0])) / 2 + 1.2 * radius, 0.018 * self._scale
            draw.ellipse((x - wide, y - high, x + wide, y + high), fill=(30, 45, 25, alpha))

    def _capsule(self, draw, ends, radius: float, color) -> None:
        rim = 1.5 * SMOOTH
        _stroke(draw, ends, radius + rim / 2, OUTLINE)
        _stroke(draw, ends, radius - rim / 2, color)
        _stroke(draw, ends - 0.3 * radius, 0.3 * radius, _shade(color, 1.18))  # light from the upper left

    def _make_a_cheetah(self, draw, torso, head) -> None:
        """Spots and a face, for the model with geoms named torso and head."""
        along = torso[1] - torso[0]
        across = np.array([-along[1], along[0]]) / (np.hypot(*along) + 1e-9)
        radius = self._radius[self._named["torso"]] * self._scale
        for i, place in enumerate(np.linspace(0.04, 0.94, 11)):
            center = torso[0] + place * along + across * radius * (0.42, -0.35, 0.05)[i % 3]
            draw.ellipse(_circle(center, radius * (0.27, 0.22)[i % 2]), fill=SPOT)
        nose = int(head[1, 0] > head[0, 0])
        face, back = head[nose], head[1 - nose]
        draw.ellipse(_circle(face + 0.14 * (back - face) + (0, -0.25 * radius), 0.3 * radius), fill=EYE)


def _stroke(draw, ends, radius: float, color) -> None:
    """A thick line with round ends: `ends` (2, 2) in pixels."""
    (x0, y0), (x1, y1) = ends.tolist()
    length = math.hypot(x1 - x0, y1 - y0)
    if length > 0:
        dx, dy = (y1 - y0) / length * radius, (x0 - x1) / length * radius
        draw.polygon(((x0 + dx, y0 + dy), (x1 + dx, y1 + dy), (x1 - dx, y1 - dy), (x0 - dx, y0 - dy)), fill=color)
    draw.ellipse(_circle((x0, y0), radius), fill=color)
    draw.ellipse(_circle((x1, y1), radius), fill=color)


def _circle(center, radius: float) -> tuple[float, float, float, float]:
    x, y = center
    return float(x - radius), float(y - radius), float(x + radius), float(y + radius)


def _shade(color, factor: float) -> tuple[int, int, int]:
    return tuple(min(255, round(channel * factor)) for channel in color)
