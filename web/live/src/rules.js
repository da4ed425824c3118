// What a step of a robot's environment is: gymnasium's v5 classes, with the numbers of model.json's "rules". Pure
// functions of the robot's positions qpos (metres, radians) and velocities qvel.

/** All positions but the first `hidden`, then all velocities, clipped: Float64Array (state_dim). */
export function observe(rules, qpos, qvel) {
  const seen = new Float64Array(qpos.length - rules.hidden + qvel.length);
  seen.set(qpos.slice(rules.hidden));
  const clip = rules.velocity_clip ?? Infinity;
  for (let i = 0; i < qvel.length; i++) {
    seen[qpos.length - rules.hidden + i] = Math.min(clip, Math.max(-clip, qvel[i]));
  }
  return seen;
}

/** Whether the robot is upright. A bound that is null is infinite. */
export function isHealthy(rules, qpos, qvel) {
  const within = (value, [low, high]) => value > (low ?? -Infinity) && value < (high ?? Infinity);
  const bound = rules.healthy_state ?? Infinity;
  const small = (value) => Math.abs(value) < bound;
  return (
    within(qpos[1], rules.healthy_z) &&
    within(qpos[2], rules.healthy_angle) &&
    qpos.slice(2).every(small) &&
    qvel.every(small)
  );
}

/** The reward for a step of `seconds` in which the robot came `metres` forward by `action`, Float32Array (act_dim). */
export function reward(rules, metres, seconds, healthy, action) {
  // NumPy squares and adds float32 actions in float32
  const effort = action.reduce((sum, torque) => Math.fround(sum + Math.fround(torque * torque)), 0);
  const cost = Math.fround(Math.fround(rules.ctrl_cost_weight) * effort);
  const upright = healthy || rules.falling_is_rewarded ? rules.healthy_reward : 0;
  return metres / seconds + upright - cost;
}
