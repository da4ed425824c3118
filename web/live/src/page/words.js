// Words for what happens, for those who read or hear rather than see it.

import { number } from "./numbers.js";

/** What the robot does at a step. */
export function story({ timestep, velocity, earned, target }) {
  return (
    `Step ${number(timestep)}: ${velocity.toFixed(1)} metres per second, earned ${number(earned)} of ` +
    `${number(target)}, ${number(target - earned)} remain.`
  );
}

/** How an episode ended. */
export function ending({ over, timestep, earned, target }) {
  const how = over === "fell" ? `It fell at step ${number(timestep)}` : `${number(timestep)} steps are over`;
  return `${how}: asked for ${number(target)}, it earned ${number(earned)}. Restart to see another run.`;
}
