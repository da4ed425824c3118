// The model, run by ONNX Runtime.

import { windowOf } from "./window.js";

export class Agent {
  /** `ort`: onnxruntime-web; `bytes`: model.onnx; `facts`: model.json. */
  static async load(ort, bytes, facts) {
    const agent = facts.keeps ? new KeepingAgent() : new Agent();
    Object.assign(agent, { ort, facts });
    // "all" optimisations take half a second more to begin, and no step is quicker for it
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "basic" };
    agent.session = await ort.InferenceSession.create(bytes, options);
    return agent;
  }

  /** The prediction (act_dim) after a history, and what it attends to: `attention` (layers, K, 3), flat. */
  async act(history, timestep, settings) {
    const window = windowOf(this.facts, history, timestep, settings);
    const feeds = this.feeds(window, 0);
    feeds.attention_mask = this.whole(window.attention_mask);
    const { action, attention } = await this.session.run(feeds);
    return { prediction: action.data, attention: attention.data, window };
  }

  /** The inputs that say what happened from step `first` of a window on. */
  feeds(window, first) {
    const { ort, facts } = this;
    const steps = facts.context_length - first;
    const rows = (values, dim) => new ort.Tensor("float32", values.subarray(first * dim), [1, steps, dim]);
    return {
      states: rows(window.states, facts.state_dim),
      actions: rows(window.actions, facts.act_dim),
      returns_to_go: rows(window.returns_to_go, 1),
      timesteps: this.whole(window.timesteps.subarray(first)),
    };
  }

  whole(values) {
    return new this.ort.Tensor("int64", values, [1, values.length]);
  }
}

/** Runs a model that takes up where it was: what it has computed of earlier steps goes in again, with the new ones. */
class KeepingAgent extends Agent {
  async act(history, timestep, settings) {
    const { ort, facts } = this;
    const K = facts.context_length;
    const before = this.kept?.timestep === timestep - 1 ? this.kept.steps : 0;
    const steps = stepsShown(K, history.length, before, settings);
    const window = windowOf(facts, history, timestep, { ...settings, context: steps });
    // settings that change, change the past
    const goesOn = before > 0 && steps === before + 1 && this.kept.settings === JSON.stringify(settings);
    const feeds = this.feeds(shifted(facts, window), goesOn ? K - 1 : K - steps);
    const none = new ort.Tensor("float32", new Float32Array(), [facts.layers, 0, facts.hidden_size]);
    feeds.action_timesteps = this.whole(feeds.timesteps.data.map((t) => (t > 0n ? t - 1n : 0n)));
    Object.assign(feeds, goesOn ? this.kept.tensors : { keys: none, values: none });
    const { action, attention, keys_then, values_then } = await this.session.run(feeds);
    this.kept = { steps, timestep, settings: JSON.stringify(settings), tensors: { keys: keys_then, values: values_then } };
    return { prediction: action.data, attention: padded(attention.data, facts.layers, 3 * K), window };
  }
}

/**
 * How many of `length` steps the model sees, if it saw `before` of them a step ago: at most K or `settings.context`. With
 * `settings.refill`, a window that is full is begun again with the newer half of its steps.
 */
export function stepsShown(K, length, before, settings) {
  const most = Math.min(K, Math.max(1, settings.context));
  const wanted = settings.refill && before >= most ? Math.ceil(most / 2) : settings.refill ? before + 1 : most;
  return Math.min(length, wanted);
}

/** A window whose actions are those of the step before, as the model is told them: a_0, R_1, s_1, a_1, R_2, s_2, ... */
function shifted(facts, window) {
  const actions = new Float32Array(window.actions.length);
  actions.set(window.actions.subarray(0, -facts.act_dim), facts.act_dim);
  return { ...window, actions };
}

/** Weights (layers, tokens) of a_0, R_1, s_1, ... as (layers, room) of R_1, s_1, a_1, ..., with zeros on the left. */
function padded(weights, layers, room) {
  const tokens = weights.length / layers;
  const wide = new Float32Array(layers * room);
  for (let layer = 0; layer < layers; layer++) {
    const own = weights.subarray(layer * tokens + 1, (layer + 1) * tokens); // a_0 is never shown
    wide.set(own, (layer + 1) * room - tokens);
  }
  return wide;
}
