import numpy as np

from dt_helpers import stitching
from dt_helpers.stitching.alternatives import doors, plots
from tests.shown import assert_shown


def test_promises_stand_beside_what_is_possible():
    roads = stitching.draw_roads(seed=5)
    axes = plots.promised(roads, {"high": np.zeros(roads.nodes), "low": np.full(roads.nodes, -100.0)}).axes[0]
    possible, high, low = axes.lines
    assert (np.diff(possible.get_ydata()) <= 0).all() and possible.get_ydata()[0] == -1
    assert set(high.get_ydata()) == {0} and set(low.get_ydata()) == {-100}


def test_an_episode_shows_its_places():
    recorded = doors.record(20, seed=1)
    figure = plots.doors(recorded, [0, 7])
    assert len(figure.axes) == 2 and figure.axes[1].get_title() == f"return {recorded.returns[7]:.0f}"
    key = np.argwhere(recorded.states[7, 0, 1])[0]
    assert [*figure.axes[1].lines[2].get_xydata()[0]] == [*key[::-1]]


def test_a_line_for_each_seed():
    figure = plots.luck([1.0, 3.0, 5.0], np.array([[1.0, 2, 5], [0.0, 1, 4]]), safe=5, best=9)
    assert [*figure.axes[0].lines[2].get_ydata()] == [1, 2, 5]
    assert_shown(figure)
