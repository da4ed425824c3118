// The robot from the side: capsules over a floor that moves past.

import { cleared, colors } from "./canvas.js";

const METRES = 4; // of the floor that are seen, at least
const GROUND = 0.76; // where the floor begins, as a share of the height

export class RobotView {
  constructor(canvas) {
    this.canvas = canvas;
    this.shapes = [];
    this.frame = null;
  }

  begin(shapes, frame) {
    this.shapes = shapes;
    this.frame = frame;
  }

  /** Show the robot at `frame`, x1, z1, x2, z2 of each solid in metres; the camera goes along with the torso. */
  draw(frame) {
    this.frame = frame ?? this.frame;
    const { context, width, height } = cleared(this.canvas);
    const color = colors();
    if (!this.frame || !width) return;
    const camera = (this.frame[0] + this.frame[2]) / 2; // of the first solid, the torso
    const scale = Math.min(width / METRES, height / 2.2); // pixels per metre
    const x = (metres) => width / 2 + (metres - camera) * scale;
    const z = (metres) => height * GROUND - metres * scale;
    hills(context, width, height, camera * scale, color);
    floor(context, width, height, x, scale, camera, color);
    this.shadows(context, x, height * GROUND, scale, color);
    this.solids(context, x, z, scale, color);
  }

  shadows(context, x, ground, scale, color) {
    const { frame } = this;
    for (let i = 0; i < this.shapes.length; i++) {
      const [x1, z1, x2, z2] = frame.subarray(4 * i, 4 * i + 4);
      const above = Math.max(0, Math.min(z1, z2));
      const wide = (Math.abs(x2 - x1) / 2 + this.shapes[i].radius + 0.15 * above) * scale;
      const strength = 0.22 / (1 + 2.5 * above);
      context.save();
      context.translate(x((x1 + x2) / 2), ground + 0.1 * scale);
      context.scale(1, 0.16);
      const soft = context.createRadialGradient(0, 0, 0, 0, 0, wide);
      soft.addColorStop(0, `rgb(${color.shadow} / ${strength})`);
      soft.addColorStop(1, `rgb(${color.shadow} / 0)`);
      context.fillStyle = soft;
      context.beginPath();
      context.arc(0, 0, wide, 0, 2 * Math.PI);
      context.fill();
      context.restore();
    }
  }

  solids(context, x, z, scale, color) {
    const { frame, shapes } = this;
    context.lineCap = "round";
    const torso = shapes[0].body;
    const legs = Math.max(1, (Math.max(...shapes.map(({ body }) => body)) - torso) / 2);
    const fill = (body) => (body === torso ? color.torso : body <= torso + legs ? color.hind : color.fore);
    const order = [...shapes.keys()].sort((i, j) => rank(shapes[i].body, torso) - rank(shapes[j].body, torso));
    for (const i of order) {
      const [x1, z1, x2, z2] = frame.subarray(4 * i, 4 * i + 4);
      for (const [wide, stroke] of [[2 * shapes[i].radius * scale + 2, color.edge], [2 * shapes[i].radius * scale, fill(shapes[i].body)]]) {
        context.lineWidth = wide;
        context.strokeStyle = stroke;
        context.beginPath();
        context.moveTo(x(x1), z(z1));
        context.lineTo(x(x2), z(z2));
        context.stroke();
      }
    }
  }
}

/** Drawing order: limbs first, the torso on top of them. */
function rank(body, torso) {
  return body === torso ? Infinity : body;
}

function hills(context, width, height, moved, color) {
  context.fillStyle = color.far;
  context.beginPath();
  context.moveTo(0, height * GROUND);
  for (let i = 0; i <= width + 8; i += 8) {
    const far = (i + moved * 0.15) / 140;
    context.lineTo(i, height * (GROUND - 0.1 - 0.05 * Math.sin(far) - 0.03 * Math.sin(2.7 * far + 1)));
  }
  context.lineTo(width, height * GROUND);
  context.fill();
}

function floor(context, width, height, x, scale, camera, color) {
  const ground = height * GROUND;
  context.fillStyle = color.floor;
  context.fillRect(0, ground, width, height - ground);
  const half = width / 2 / scale;
  context.font = "12px system-ui, sans-serif";
  context.textAlign = "center";
  for (let metre = Math.floor(camera - half) - 2; metre <= camera + half + 2; metre++) {
    if (metre % 2 === 0) {
      context.fillStyle = color.tile;
      context.beginPath(); // a tile, wider in front
      context.moveTo(x(metre), ground);
      context.lineTo(x(metre + 1), ground);
      context.lineTo(width / 2 + (x(metre + 1) - width / 2) * 1.25, height);
      context.lineTo(width / 2 + (x(metre) - width / 2) * 1.25, height);
      context.fill();
    }
    if (metre % 5 === 0) {
      context.fillStyle = color.faint;
      context.fillText(`${metre} m`, width / 2 + (x(metre) - width / 2) * 1.2, height - 8);
    }
  }
}
