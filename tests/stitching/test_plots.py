import numpy as np
import pytest

from dt_helpers import stitching
from dt_helpers.stitching import plots
from tests.shown import assert_shown


def test_every_picture_shows_itself(line, walks):
    asked = stitching.Asked(
        [3, 2], np.array([-1.0, -4.0]), np.array([[-4.0, -4.0], [-np.inf, -3.0]]), [[[3, 2, 1, 0]] * 2, [[2, 1, 0]] * 2]
    )
    pictures = [
        plots.roads(line),
        plots.roads(line, walks[:2]),
        plots.stitched(line, walks, [4, 1, 3, 2, 1, 0]),
        plots.promises(asked, line, asked.chosen()),
        plots.lengths({"shortest": np.array([1.0, 3.0]), "model": np.array([np.inf, 3.0])}),
        plots.lengths({"cloning": np.array([np.inf])}),
    ]
    for picture in pictures:
        assert_shown(picture)


def test_the_goal_is_at_the_right_and_no_two_nodes_meet():
    roads = stitching.draw_roads(0)
    place = plots.positions(roads)
    assert len(set(place.values())) == roads.nodes
    assert max(x for x, _ in place.values()) == place[roads.goal][0]
    shortest = roads.shortest()
    assert all(place[node][0] == -shortest[node] for node in place)


def test_the_legend_of_a_stitched_path_names_its_walks(line, walks):
    (legend,) = plots.stitched(line, walks, [4, 1, 3, 2, 1, 0]).legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "recorded: 3 → 2 → 4 → 1 → 3",
        "recorded: 1 → 3 → 2 → 1 → 0",
    ]


@pytest.mark.parametrize("weights", [(1,), (1, 2)])
def test_lengths_are_written_at_weighted_edges_only(weights):
    roads = stitching.draw_roads(0, weights=weights)
    texts = plots.roads(roads).axes[0].texts
    extra = len(roads.graph.edges) if len(weights) > 1 else 0
    assert sum(bool(text.get_text()) for text in texts) == roads.nodes + 1 + extra


@pytest.mark.parametrize(("seed", "most"), [(7, 0), (11, 0.1), (5, 0.1)])
def test_few_numbers_of_edges_are_hidden_and_none_in_the_course_s_graph(seed, most):
    """By a node, or by another number: where many nodes stand in one column, there isn't room for all."""
    roads = stitching.draw_roads(seed, weights=(1, 2, 3))
    picture = plots.roads(roads)
    axes = picture.axes[0]
    nodes = axes.transData.transform(list(plots.positions(roads).values()))
    numbers = axes.transData.transform([text.get_position() for text in axes.texts if text.get_fontsize() == 8])
    assert len(numbers) == len(roads.graph.edges)
    to_nodes = np.hypot(*(numbers[:, None] - nodes).T).min(axis=0)
    apart = (np.hypot(*(numbers[:, None] - numbers).T) + 1e9 * np.eye(len(numbers))).min(axis=0)
    hidden = (to_nodes < 0.15 * picture.dpi) | (apart < 0.06 * picture.dpi)
    assert hidden.mean() <= most
