// Words for what happens, for those who read or hear rather than see it.

/** A return with a true minus sign, or "never" where the goal was not reached. */
export function signed(value) {
  if (value === -Infinity) return "never";
  return value < 0 ? `−${-value}` : String(value);
}

export function percent(share) {
  return share < 0.005 ? "0%" : `${Math.round(100 * share)}%`;
}

export const pathText = (path) => path.join(" → ");

/** One step of a policy: what it was asked, where it could go, and where it went. */
export function stepped({ name, conditioned }, { asked, node, nodes, chances, chosen }) {
  const order = [...nodes.keys()].sort((i, j) => chances[j] - chances[i]);
  const shares = order.map((i) => `node ${nodes[i]} has ${percent(chances[i])}`).join(", ");
  const told = conditioned ? `, asked for ${signed(asked)}` : "";
  const who = name[0].toUpperCase() + name.slice(1);
  return `${who} at node ${node}${told}: ${shares}. It goes to ${chosen}.`;
}

/** How a walk ended. `best`: the length of the shortest path; `pieces`: of walks in the data, or null. */
export function ended({ arrived, length, target, best, pieces, goal }) {
  if (!arrived) return `Asked for ${signed(target)}, the model does not come to node ${goal} within its steps.`;
  const kept = -length >= target ? "as asked" : "later than asked";
  const than = length === best ? "a shortest path" : `${length - best} longer than the shortest path`;
  return `Asked for ${signed(target)}, the model arrives with ${signed(-length)}, ${kept}: ${than}. ${seams(pieces)}`;
}

/** Which walks a path is made of. */
export function seams(pieces) {
  if (!pieces) return "No walk in the data makes each of its steps.";
  if (pieces.length === 1) return `It is part of walk ${pieces[0].walk}.`;
  return `No walk holds the whole path: it is stitched from ${pieces.length} walks, ${pieces.map(({ walk }) => walk).join(" and ")}.`;
}

/** One of the ten squares: what a target brings. */
export function promise({ target, achieved }, best) {
  const what = achieved === -Infinity ? "never arrives" : achieved >= target ? `kept: ${signed(achieved)}` : `late: ${signed(achieved)}`;
  return `asked for ${signed(target)}: ${what}${-target === best ? ", the shortest path's length" : ""}`;
}
