"""A cell's outputs on its page: safe, described, and nothing of the solution in them."""

import base64

import pandas
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from dt_helpers.authoring.site.outputs import below, secrets

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")


def cell(*outputs):
    return new_code_cell("show()", id="show", outputs=list(outputs))


def html(text):
    return new_output("display_data", {"text/html": text, "text/plain": "<object>"})


def test_a_picture_becomes_a_file_with_its_size_and_what_it_is_about():
    data = base64.b64encode(PNG).decode()
    found = below(cell(new_output("display_data", {"image/png": data, "text/plain": "<Figure>"})), "Returns")
    assert found.files == {"show-0.png": PNG}
    assert 'src="show-0.png"' in found.html and 'width="640"' in found.html and 'height="480"' in found.html
    assert 'alt="Picture: Returns"' in found.html


def test_a_film_becomes_a_file_that_waits():
    data = base64.b64encode(b"film").decode()
    found = below(cell(html(f'<video controls autoplay src="data:video/mp4;base64,{data}"></video>')), "Runs")
    assert found.files == {"show-0.mp4": b"film"} and found.films == ["show-0.mp4"]
    assert "autoplay" not in found.html and 'preload="metadata"' in found.html


def test_what_is_printed_is_text():
    stream = new_output("stream", name="stdout", text="10%\r90%\r100% <done>\x1b[31m!\x1b[0m\n")
    assert below(cell(stream), "").html == "<pre>100% &lt;done&gt;!\n</pre>"


def test_nothing_remote_is_loaded():
    found = below(cell(html('<img src="https://a.org/x.png" alt="x"><script src="//b.org/y.js"></script>')), "")
    assert "org" not in found.html and "x" in found.html


@pytest.mark.parametrize(
    "output",
    [
        new_output("stream", name="stdout", text="    running = rewards[t] + gamma * running\n"),
        html("<pre><span>running</span> <span>=</span> rewards[t]<b>+</b> gamma*running</pre>"),
        new_output("execute_result", {"text/plain": "for t:\n        running  =  rewards[t] + gamma * running"}),
    ],
    ids=["printed", "highlighted", "value"],
)
def test_an_output_that_quotes_the_solution_is_left_out(output):
    student = new_notebook(cells=[new_code_cell("def f(rewards):\n    ...")])
    solution = new_notebook(
        cells=[new_code_cell("def f(rewards):\n    running = rewards[t] + gamma * running\n    return running")]
    )
    untold = secrets(solution, student)
    assert untold == {"running = rewards[t] + gamma * running"}
    fine = new_output("stream", name="stdout", text="running on a CPU\n")
    assert below(cell(output, fine), "", untold).html == "<pre>running on a CPU\n</pre>"


def test_a_colour_that_was_chosen_for_any_background_is_left_to_the_theme():
    mark = '<b style="color: #2f9e55; white-space: nowrap">ok</b><i style="border-color: red">a</i>'
    own = '<p style="background: #fff; color: #777">a</p>'
    wanted = '<b style="white-space: nowrap">ok</b><i style="border-color: red">a</i>' + own
    assert below(cell(html(mark + own)), "").html == wanted


def test_a_table_brings_no_style_sheet():
    found = below(cell(html(pandas.DataFrame({"cart": [1.5], "push": [0]})._repr_html_())), "Rows")
    assert "<style" not in found.html
    assert "<th>cart</th>" in found.html and "<td>1.5</td>" in found.html
