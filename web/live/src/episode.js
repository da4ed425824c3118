// One episode: the model acts, the robot moves, what was earned is counted.

import { remaining, toAction } from "./window.js";

export class Episode {
  constructor(environment, agent, facts) {
    Object.assign(this, { environment, agent, facts });
    this.reset(0);
  }

  reset(seed) {
    const state = this.environment.reset(seed);
    this.history = [{ state, earned: 0, action: null }]; // the last K steps
    Object.assign(this, { timestep: 0, earned: 0, over: null });
  }

  /** One step; returns what there is to show of it. */
  async step(settings) {
    const { environment, agent, facts, history } = this;
    const now = history.at(-1);
    const { prediction, attention, window } = await agent.act(history, this.timestep, settings);
    const { observation, reward, fell, velocity, frames } = environment.step(toAction(facts, prediction));
    now.action = prediction;
    this.earned += reward;
    this.timestep += 1;
    if (fell) this.over = "fell";
    else if (this.timestep >= facts.time_limit) this.over = "time";
    history.push({ state: observation, earned: this.earned, action: null });
    if (history.length > facts.context_length) history.shift();
    return {
      timestep: this.timestep,
      earned: this.earned,
      remaining: remaining(settings, this.earned),
      target: settings.target,
      over: this.over,
      action: prediction,
      attention,
      window,
      velocity,
      frames,
    };
  }

  /** A blow, forwards or, if negative, backwards; the model sees it in the state. */
  push(metresPerSecond) {
    this.environment.push(metresPerSecond);
    this.history.at(-1).state = this.environment.observation();
  }
}
