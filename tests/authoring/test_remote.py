"""Nothing on a page comes from another host."""

import pytest
from bs4 import BeautifulSoup

from dt_helpers.authoring.remote import cut_remote


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<img alt="a cat" src="https://a.org/cat.png"/>', "a cat"),
        ('<img src="own.png" srcset="https://a.org/2x.png 2x"/>', '<img src="own.png"/>'),
        ('<script src="//a.org/x.js"></script>', ""),
        ('<p style="background: url(https://a.org/x.png)">a</p>', '<p style="background: none">a</p>'),
        ("<style>@import 'https://a.org/x.css'; p {}</style>", "<style> p {}</style>"),
        ('<a href="https://a.org">a</a>', '<a href="https://a.org">a</a>'),
    ],
)
def test_what_is_remote_is_cut(before, after):
    body = BeautifulSoup(before, "html.parser")
    cut_remote(body)
    assert str(body) == after
