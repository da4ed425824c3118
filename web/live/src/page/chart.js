// The curve: what was earned so far, what was asked for at each step, and the pace that would earn it.

import { cleared, colors } from "./canvas.js";
import { niceUnit, number } from "./numbers.js";

const LEFT = 52;
const BOTTOM = 26;

export class Chart {
  constructor(canvas) {
    this.canvas = canvas;
    this.begin(1000, 1);
  }

  begin(steps, highest) {
    Object.assign(this, { steps, highest, earned: [0], asked: [] });
  }

  add(earned, target) {
    this.earned.push(earned);
    this.asked.push(target);
  }

  draw(target) {
    const { context, width, height } = cleared(this.canvas);
    const color = colors();
    const top = Math.max(this.highest, target, this.earned.at(-1)) * 1.05;
    const low = Math.min(0, ...this.earned);
    const x = (step) => LEFT + ((width - LEFT - 8) * step) / this.steps;
    const y = (value) => height - BOTTOM - ((height - BOTTOM - 8) * (value - low)) / (top - low);
    context.font = "12px system-ui, sans-serif";
    context.fillStyle = color.faint;
    context.strokeStyle = color.line;
    context.lineWidth = 1;
    const unit = niceUnit(top - low);
    for (let value = Math.ceil(low / unit) * unit; value <= top; value += unit) {
      line(context, [[x(0), y(value)], [x(this.steps), y(value)]]);
      context.textAlign = "right";
      context.fillText(number(value), LEFT - 6, y(value) + 4);
    }
    context.textAlign = "center";
    for (let part = 0; part <= 4; part++) {
      context.fillText(number((part * this.steps) / 4), Math.min(x((part * this.steps) / 4), width - 16), height - 8);
    }
    context.lineWidth = 1.5;
    context.strokeStyle = color.R;
    context.setLineDash([5, 4]);
    line(context, [[x(0), y(0)], [x(this.steps), y(target)]]);
    context.setLineDash([]);
    line(context, [...this.asked, target].map((value, step) => [x(step), y(value)]));
    context.lineWidth = 2.5;
    context.strokeStyle = color.s;
    line(context, this.earned.map((value, step) => [x(step), y(value)]));
    context.textAlign = "left";
    context.fillStyle = color["R-text"];
    context.fillText("asked for; dashed: its pace", LEFT + 8, y(target) < 30 ? y(target) + 16 : y(target) - 6);
    context.fillStyle = color["s-text"];
    context.fillText("earned", Math.min(x(this.earned.length) + 4, width - 48), y(this.earned.at(-1)) - 6);
  }
}

function line(context, points) {
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y); // the first only begins
  context.stroke();
}
