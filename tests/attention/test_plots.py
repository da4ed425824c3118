import numpy as np

from dt_helpers.attention import Attention
from dt_helpers.attention import plots as attention_plots
from tests.shown import assert_shown

RNG = np.random.default_rng(0)


def watched(steps=12, layers=2, K=4) -> Attention:
    weights = RNG.random((steps, layers, K, 3))
    return Attention(weights / weights.sum(axis=(2, 3), keepdims=True), None)


def test_every_picture_shows_itself():
    pictures = [
        attention_plots.where_it_looks(watched()),
        attention_plots.where_it_looks(watched(layers=1)),
        attention_plots.attention_over_time(watched()),
        attention_plots.state_map(RNG.normal(size=(20, 5)), np.arange(20), "return"),
        attention_plots.state_map(RNG.normal(size=(20, 5)), np.arange(20), "return", {"path": RNG.normal(size=(4, 5))}),
    ]
    for picture in pictures:
        assert_shown(picture)


def test_a_bar_is_the_mean_share_of_its_token_and_the_legend_has_their_sums():
    attention = watched()
    axes = attention_plots.where_it_looks(attention).axes[1]
    heights = np.array([[bar.get_height() for bar in group] for group in axes.containers])  # (3, K)
    np.testing.assert_allclose(heights, attention.mean[1].T)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels[0] == "equal for all tokens"
    assert labels[2] == f"state ({attention.mean[1, :, 1].sum():.0%})"


def test_the_newest_step_is_at_the_top_of_its_column():
    attention = watched(steps=12)
    image = attention_plots.attention_over_time(attention, layer=0, kind="R", steps=5).axes[0].images[0]
    np.testing.assert_array_equal(image.get_array(), attention.weights[7:, 0, ::-1, 0].T)
    assert image.get_extent() == [7, 12, -3.5, 0.5]


def test_a_path_lies_where_its_states_lie():
    tokens = RNG.normal(size=(20, 5))
    axes = attention_plots.state_map(tokens, np.arange(20), "return", {"path": tokens[3:7]}).axes[0]
    np.testing.assert_allclose(axes.lines[0].get_xydata(), axes.collections[0].get_offsets()[3:7])
