// The two tables: a policy's steps, and everybody's paths.

import { pathText, percent, signed } from "./words.js";

/** Rows for the steps that were taken, and, last, for what is thought of the next one. */
export function stepRows(walk, look) {
  const rows = walk.steps.map((seen) => stepRow(walk, seen, String(seen.chosen)));
  if (look) rows.push(stepRow(walk, look, ""));
  return rows;
}

function stepRow(walk, { asked, node, nodes, chances, chosen }, goes) {
  const bars = nodes.map((to, i) => {
    const bar = make("i");
    bar.style.width = `${100 * chances[i]}%`;
    return make("div", { className: to === chosen ? "bar chosen" : "bar" }, make("b", {}, to), bar, make("small", {}, percent(chances[i])));
  });
  const told = walk.policy.conditioned ? signed(asked) : "nothing";
  return make("tr", {}, make("td", {}, told), make("td", {}, node), make("td", {}, ...bars), make("td", {}, goes));
}

/** A row for each of {kind, name, path, value, drawn, onToggle}. */
export function pathRows(paths) {
  return paths.map(({ kind, name, path, value, drawn, onToggle }) => {
    const box = make("input", { type: "checkbox", checked: drawn, ariaLabel: `draw the path: ${name}` });
    box.addEventListener("change", () => onToggle(box.checked));
    const line = make("span", { className: `swatch ${kind}` });
    const who = make("td", {}, name, make("div", {}, path ? pathText(path) : "There is no path."));
    return make("tr", {}, make("td", {}, make("label", {}, box, line)), who, make("td", {}, value));
  });
}

export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
