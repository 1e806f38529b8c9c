from pathlib import Path

import pytest
from jinja2 import Environment

from openspace.web.markup import Unindented

TEMPLATES = Path(__file__).parents[2] / "templates"
# Longer than a line, and nothing in it can be broken.
LONG = {"templates/layouts/base.html": 1}


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("<b>one</b>\n    <b>two</b>", "<b>one</b> <b>two</b>"),
        ("<div>\n  <p>\n    text\n  </p>\n  <p>more</p>\n</div>", "<div><p> text</p><p>more</p></div>"),
        ('<a\n  class="tape"\n  href="x"\n>go</a>', '<a class="tape" href="x">go</a>'),
        ("<i\n  {% if true %}data-full{% endif %}\n></i>", "<i data-full></i>"),
        ("<b>one</b><b>two</b> three", "<b>one</b><b>two</b> three"),
        ("<textarea>{{ typed }}</textarea>", "<textarea>a\n  b</textarea>"),
    ],
)
def test_indentation_is_not_sent_and_what_is_printed_stays(template, page):
    environment = Environment(trim_blocks=True, lstrip_blocks=True, extensions=[Unindented], autoescape=True)

    assert environment.from_string(template).render(typed="a\n  b") == page


def test_app_sends_no_indentation(app):
    page = app.test_client().get("/").get_data(as_text=True)

    assert "<main" in page
    assert "\n  " not in page


def test_no_template_writes_sizes_in_english_alone():
    found = {path.name for path in TEMPLATES.rglob("*.html") if "filesizeformat" in path.read_text()}

    assert found == set()


def test_no_line_of_a_template_is_longer_than_the_page():
    found = {
        str(path.relative_to(TEMPLATES.parent)): long
        for path in TEMPLATES.rglob("*.html")
        if (long := sum(len(line) > 120 for line in path.read_text().splitlines()))
    }

    assert found == LONG
