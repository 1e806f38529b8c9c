import pytest
from jinja2 import Environment

from openspace.web.markup import Unindented


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
