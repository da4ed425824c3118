// The graph as SVG: streets, probabilities and paths as curves with a head, nodes as circles that can be clicked.

const SVG = document.querySelector("svg").namespaceURI;
const RADIUS = 17;
const [ACROSS, UP] = [100, 112]; // between columns and rows

export class Picture {
  /** `svg` is filled; `onNode(node)` is called when one is clicked. */
  constructor(svg, board, onNode) {
    Object.assign(this, { svg, board, onNode, upright: false });
    this.layers = ["streets", "walk", "paths", "chances", "nodes"].map((name) => svg.appendChild(element("g", { class: name })));
  }

  /** Columns from left to right, or, `upright`, from top to bottom. */
  turn(upright) {
    this.upright = upright;
    const points = this.board.places.map((_, node) => this.at(node));
    const low = [0, 1].map((i) => Math.min(...points.map((point) => point[i])) - 2.5 * RADIUS); // with room for a name
    const high = [0, 1].map((i) => Math.max(...points.map((point) => point[i])) + 1.8 * RADIUS);
    this.svg.setAttribute("viewBox", `${low[0]} ${low[1]} ${high[0] - low[0]} ${high[1] - low[1]}`);
  }

  at(node) {
    const [x, y] = this.board.places[node];
    return this.upright ? [y * UP, x * 0.86 * ACROSS] : [x * ACROSS, -y * UP];
  }

  /**
   * `counts`: of the data's steps on each street, or null; `walk`: one walk, or null; `paths`: {nodes, kind}; `look`:
   * what the shown policy thinks of its next step, or null; and `start`, `goal` and `here`.
   */
  draw({ counts, walk, paths, look, start, goal, here }) {
    const [streets, walked, taken, likely, nodes] = this.layers;
    const most = counts ? Math.max(...counts.values()) : 1;
    const wide = (from, to) => (counts ? 0.6 + (9 * (counts.get(`${from},${to}`) ?? 0)) / most : 1.2);
    streets.replaceChildren(...this.board.edges.map(([from, to]) => this.street(from, to, wide(from, to), 0.12)));
    walked.replaceChildren(...this.along(walk ?? [], 3, 0.12));
    taken.replaceChildren(
      ...paths.map(({ nodes: path, kind }, i) => group(kind, this.along(path, 3.2, 0.12 + 0.09 * (i + 1)))),
    );
    likely.replaceChildren(
      ...(look ? look.nodes.map((to, i) => this.street(look.node, to, 1.5 + 8 * look.chances[i], 0.12)) : []),
    );
    nodes.replaceChildren(...this.board.places.map((_, node) => this.node(node, { start, goal, here })));
  }

  along(path, width, bend) {
    return path.slice(1).map((node, i) => this.street(path[i], node, width, bend));
  }

  /** A curve from one node to another, with a head. */
  street(from, to, width, bend) {
    const [[x1, y1], [x2, y2]] = [this.at(from), this.at(to)];
    const [dx, dy] = [x2 - x1, y2 - y1];
    const control = [(x1 + x2) / 2 + bend * dy, (y1 + y2) / 2 - bend * dx];
    const head = 6 + 1.5 * width;
    const begin = towards([x1, y1], control, RADIUS + 2);
    const tip = towards([x2, y2], control, RADIUS + 3);
    const neck = towards(tip, control, 0.8 * head);
    const [ux, uy] = [(tip[0] - neck[0]) / (0.8 * head), (tip[1] - neck[1]) / (0.8 * head)];
    const side = (sign) => [tip[0] - head * ux - sign * 0.42 * head * uy, tip[1] - head * uy + sign * 0.42 * head * ux];
    return group("street", [
      element("path", { d: `M${begin} Q${control} ${neck}`, "stroke-width": width.toFixed(2) }),
      element("polygon", { points: `${tip} ${side(1)} ${side(-1)}` }),
    ]);
  }

  node(node, { start, goal, here }) {
    const [x, y] = this.at(node);
    const kinds = [node === goal && "goal", node === start && "start", node === here && "here"].filter(Boolean);
    const circle = group(["node", ...kinds].join(" "), [
      element("circle", { cx: x, cy: y, r: RADIUS }),
      element("text", { x, y: y + 5.5 }, node),
    ]);
    if (kinds[0] === "goal" || kinds[0] === "start") {
      circle.append(element("text", { x, y: y - RADIUS - 7, class: "name" }, kinds[0]));
    }
    circle.addEventListener("click", () => this.onNode(node));
    return circle;
  }
}

function towards([x, y], [tx, ty], far) {
  const length = Math.hypot(tx - x, ty - y);
  return [x + ((tx - x) * far) / length, y + ((ty - y) * far) / length];
}

function group(kind, children) {
  const g = element("g", { class: kind });
  g.append(...children);
  return g;
}

function element(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
