"""A small half-cheetah model that has learned nothing, with statistics like a trained one's."""

import numpy as np
import pytest

from dt_helpers.model import TrainableDT, make_config
from tests.model.test_model import redraw


@pytest.fixture(scope="module")
def model():
    config = make_config(hidden_size=32, n_layer=2, context_length=5, max_ep_len=30)
    rng = np.random.default_rng(0)
    config.state_mean, config.state_std = rng.normal(size=17).tolist(), rng.uniform(1, 2, 17).tolist()
    config.return_scale = 1000.0
    return redraw(TrainableDT(config))
