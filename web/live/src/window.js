// What the model is shown: the last K steps, normalised, scaled, and padded on the left. Pure functions.

/** How a replay is done, and what is taken from the model to see what becomes of it. */
export const SETTINGS = Object.freeze({
  target: 0, // the total return that is asked for
  context: Infinity, // steps that the model sees, at most K
  hidePastActions: false,
  rawStates: false, // states that are not normalised
  constantTarget: false, // a target that is not counted down
  refill: false, // the older half of its window, once it is full: then each step computes only what is new
});

/** What remains to be earned when `earned` has been. */
export function remaining(settings, earned) {
  return settings.constantTarget ? settings.target : settings.target - earned;
}

/**
 * The model's inputs, by name, for a history of steps {state, earned, action}: `earned` before the step, and the last
 * action, which is not known yet, null. `timestep` is that of the last step.
 */
export function windowOf(facts, history, timestep, settings) {
  const { context_length: K, state_dim, act_dim, state_mean, state_std, return_scale } = facts;
  const window = {
    states: new Float32Array(K * state_dim),
    actions: new Float32Array(K * act_dim),
    returns_to_go: new Float32Array(K),
    timesteps: new BigInt64Array(K),
    attention_mask: new BigInt64Array(K),
  };
  const count = Math.min(history.length, K, Math.max(1, settings.context));
  history.slice(-count).forEach(({ state, earned, action }, i) => {
    const place = K - count + i;
    const scaled = settings.rawStates ? state : state.map((x, j) => (x - state_mean[j]) / state_std[j]);
    window.states.set(scaled, place * state_dim);
    if (action && !settings.hidePastActions) window.actions.set(action, place * act_dim);
    window.returns_to_go[place] = remaining(settings, earned) / return_scale;
    window.timesteps[place] = BigInt(Math.min(timestep - count + 1 + i, facts.max_ep_len - 1));
    window.attention_mask[place] = 1n;
  });
  return window;
}

/** The environment's action for a prediction of the model, both Float32Array (act_dim). */
export function toAction(facts, prediction) {
  return prediction.map((value, i) => {
    const [low, high] = [facts.action_low[i], facts.action_high[i]];
    return Math.min(high, Math.max(low, (low + high) / 2 + ((high - low) / 2) * value));
  });
}
