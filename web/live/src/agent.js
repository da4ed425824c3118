// The model, run by ONNX Runtime.

import { windowOf } from "./window.js";

export class Agent {
  /** `ort`: onnxruntime-web; `bytes`: model.onnx; `facts`: model.json. */
  static async load(ort, bytes, facts) {
    const agent = new Agent();
    Object.assign(agent, { ort, facts });
    // "all" optimisations take half a second more to begin, and no step is quicker for it
    const options = { executionProviders: ["wasm"], graphOptimizationLevel: "basic" };
    agent.session = await ort.InferenceSession.create(bytes, options);
    return agent;
  }

  /** The prediction (act_dim) after a history, and what it attends to: `attention` (layers, K, 3), flat. */
  async act(history, timestep, settings) {
    const { ort, facts } = this;
    const K = facts.context_length;
    const window = windowOf(facts, history, timestep, settings);
    const { action, attention } = await this.session.run({
      states: new ort.Tensor("float32", window.states, [1, K, facts.state_dim]),
      actions: new ort.Tensor("float32", window.actions, [1, K, facts.act_dim]),
      returns_to_go: new ort.Tensor("float32", window.returns_to_go, [1, K, 1]),
      timesteps: new ort.Tensor("int64", window.timesteps, [1, K]),
      attention_mask: new ort.Tensor("int64", window.attention_mask, [1, K]),
    });
    return { prediction: action.data, attention: attention.data, window };
  }
}
