"""Data that many tests share: small, and made anew in each run."""

import hypothesis
import numpy as np
import pytest

from dt_helpers.trajectories import Trajectories

# No test asserts on seconds, and a busy machine makes any of them slow.
hypothesis.settings.register_profile("course", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("course")


def make_trajectories(lengths, state_dim=3, act_dim=2, seed=0, name="made up") -> Trajectories:
    """Random episodes of the given lengths."""
    rng = np.random.default_rng(seed)
    n = int(sum(lengths))
    return Trajectories(
        rng.normal(2.0, 3.0, (n, state_dim)).astype(np.float32),
        rng.uniform(-1, 1, (n, act_dim)).astype(np.float32),
        rng.normal(5.0, 2.0, n).astype(np.float32),
        np.zeros(n, bool),
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        name=name,
    )


@pytest.fixture
def trajectories() -> Trajectories:
    return make_trajectories([30, 1, 7, 50, 20])


@pytest.fixture(scope="session")
def cheetah_data() -> Trajectories:
    """Eight short episodes of the real expert in the real environment."""
    from dt_helpers import experts, simulate

    return simulate.roll_out(experts.load(), episodes=8, steps=120, progress=False, name="halfcheetah-expert")
