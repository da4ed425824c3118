"""Formulas without a script."""

from dt_helpers.authoring.formulas import drawn, formula


def test_a_formula_is_mathml():
    assert formula(r"\hat{R}_t", "inline").startswith("<math")
    assert 'display="block"' in formula("a", "block")


def test_what_can_not_be_converted_stays_readable():
    assert formula(r"\left( <", "inline") == r"<code>\left( &lt;</code>"


def test_formulas_of_a_page_are_found():
    html = r'<p><span class="arithmatex">\(a &lt; b\)</span></p><div class="arithmatex">\[c\]</div>'
    made = drawn(html)
    assert "arithmatex" not in made and made.count("<math") == 2 and "<mo>&#x0003C;</mo>" in made
