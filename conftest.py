"""Replaying the solution notebooks with nbval, as `make test` does."""

import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    """A notebook's kernel starts in here, with the smallest preset, offline, in a workspace of the notebook's own.

    So each notebook shows that it can be opened without the ones before it.
    """
    if item.path.suffix != ".ipynb":
        return (yield)
    cache = item.config.rootpath / ".cache"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DT_PRESET", "ci")
        environment.setenv("DT_CACHE", str(cache / "dt"))
        environment.setenv("DT_WORKSPACE", str(cache / "test-workspace" / item.path.stem))
        environment.setenv("HF_HUB_OFFLINE", "1")
        return (yield)
