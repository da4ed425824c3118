"""Data that many tests share: small, and made anew in each run."""

import hypothesis
import numpy as np
import pytest

from dt_helpers.data.trajectories import Trajectories

from . import sizes

# No test asserts on seconds, and a busy machine makes any of them slow.
hypothesis.settings.register_profile(
    "course",
    deadline=None,
    max_examples=sizes.examples("properties", 100),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("course")


def pytest_generate_tests(metafunc):
    """Hypothesis' tests run twice, on inputs that are the same in each run and on fresh ones."""
    if hypothesis.is_hypothesis_test(metafunc.function):
        metafunc.parametrize("sample", ["fixed", "fresh"], indirect=True)


@pytest.fixture(autouse=True)
def sample(request):
    """Which half of a sample a test of hypothesis draws; None in other tests."""
    chosen = getattr(request, "param", None)
    if chosen:
        hypothesis.seed(0 if chosen == "fixed" else sizes.SEED)(request.function)
    return chosen


def pytest_terminal_summary(terminalreporter):
    """What tests have to show, by `record_property("table", text)`, and what brings the fresh samples back."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, text in getattr(report, "user_properties", ()):
                if name == "table" and report.when == "call":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(text)
    terminalreporter.write_line(f"The fresh samples were drawn with DT_SEED={sizes.SEED}, which draws them again.")


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
    from dt_helpers.data import experts, simulate

    return simulate.roll_out(experts.load(), episodes=8, steps=120, progress=False, name="halfcheetah-expert")
