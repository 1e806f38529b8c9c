"""The page on which organisers choose what they take home."""

import pytest
from lxml import html

from openspace.board.models import Placement, Topic
from openspace.clock import now
from openspace.extensions import db
from tests.exports.conftest import FOREST, GENDER, WATER, changing

pytestmark = pytest.mark.usefixtures("empty_book")
PARTS = ["conveners", "interest", "language", "text", "notes", "dots", "address", "market"]


def show(hall, query: str = "", status: int = 200) -> html.HtmlElement:
    answer = hall.ask("organiser").get(hall.url(f"exports/{query}"), headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert "no-store" in answer.headers["Cache-Control"]
    return html.document_fromstring(answer.get_data(as_text=True))


def previewed(page) -> list[str]:
    return [each.text_content().strip() for each in page.xpath("//tbody//th")]


def chosen(page) -> dict[str, list[str]]:
    """What the form would send, but for empty values."""
    sent: dict[str, list[str]] = {}
    for name, value in page.get_element_by_id("choice").form_values():
        if value:
            sent.setdefault(name, []).append(value)
    return sent


def test_at_first_everything_is_chosen_and_previewed(two_days):
    page = show(two_days)

    assert chosen(page) == {"format": ["xlsx"], "include": PARTS}
    assert previewed(page) == [GENDER, FOREST, WATER]
    assert [each.text_content().strip() for each in page.xpath("//a[@data-all][@aria-current]")] == [
        "All days",
        "All places",
    ]
    assert len(page.xpath("//thead//th")) == 17
    assert "3 rows" in page.text_content()


def test_the_preview_and_the_form_follow_the_address(two_days):
    page = show(two_days, "?day=2026-06-05&space=2&include=&include=interest&format=csv&separator=tab")

    assert chosen(page) == {
        "format": ["csv"],
        "separator": ["tab"],
        "day": ["2026-06-05"],
        "space": ["2"],
        "include": ["interest"],
    }
    assert previewed(page) == [FOREST]
    assert page.xpath("//a[@data-all][@aria-current]") == []
    assert len(page.xpath("//thead//th")) == 9


def test_the_address_to_copy_opens_the_same_choice(two_days):
    query = "?day=2026-06-04&day=2026-06-05&space=1&include=&include=text&format=json"
    (address,) = show(two_days, query).xpath("//button[@data-copy]/@data-url")

    again = two_days.ask("organiser").get(address)

    assert address.startswith("http://")
    assert chosen(html.document_fromstring(again.get_data(as_text=True))) == chosen(show(two_days, query))


@pytest.mark.parametrize(("kind", "says"), [("xlsx", "Excel"), ("csv", "CSV"), ("json", "JSON")])
def test_the_button_downloads_what_is_chosen(two_days, kind, says):
    page = show(two_days, f"?format={kind}&space=2&include=&include=text")
    (button,) = page.xpath("//form[@id='choice']//button[@formaction]")
    sent = page.get_element_by_id("choice").form_values()

    answer = two_days.ask("organiser").get(button.get("formaction"), query_string=sent)

    assert button.text_content().strip() == f"Download {says}"
    assert answer.headers["Content-Disposition"].endswith(f'.{kind}"')
    if kind == "json":
        assert [session["title"] for session in answer.json["sessions"]] == [FOREST]


def test_what_is_not_there_is_said_and_the_rest_of_the_choice_stays(two_days):
    page = show(two_days, "?day=2020-01-01&day=2026-06-05&space=99&include=&include=text&format=docx", 422)

    assert page.xpath("//*[@data-refusal]")
    assert len(page.xpath("//p[@class='field__err']")) == 3
    assert chosen(page) == {"day": ["2026-06-05"], "include": ["text"]}
    assert previewed(page) == [FOREST]


def test_a_choice_that_nothing_matches_says_so(two_days):
    page = show(two_days, "?day=2026-06-03&include=")

    assert previewed(page) == []
    assert "Nothing matches this choice" in page.text_content()


def test_an_event_without_topics_says_so_and_still_lists_what_leaves(hall):
    with changing(hall):
        db.session.query(Placement).delete()
        db.session.query(Topic).filter_by(event_id=hall.id).delete()

    page = show(hall)

    assert "No topics yet" in page.text_content()
    assert page.xpath("//form[@id='choice']") == []
    assert "contacts.xlsx" in page.text_content()


def test_the_preview_ends_after_some_rows_and_says_how_many_there_are(hall):
    with changing(hall) as (event, by):
        more = [Topic(event_id=event.id, number=n, title=f"<b>{n}", language="uk", convener=by) for n in range(3, 301)]
        db.session.add_all(more)

    page = show(hall)

    assert len(previewed(page)) == 12
    assert previewed(page)[2] == "<b>3"
    assert "the first 12 of 300 rows" in page.text_content()


def test_a_script_gets_the_preview_alone(two_days):
    answer = two_days.ask("organiser").get(two_days.url("exports/?part=1&space=2&include="))
    text = answer.get_data(as_text=True)

    assert FOREST in text
    assert GENDER not in text
    assert "<main" not in text


def test_a_closed_place_is_offered_while_something_hangs_in_it(hall):
    def offered() -> list[str]:
        return show(hall).xpath("//input[@name='space']/@value")

    with changing(hall) as (event, _):
        for space in event.spaces[::2]:
            space.closed_at = now()

    assert offered() == ["1", "2"]


def test_the_links_to_other_languages_keep_all_that_was_chosen(two_days):
    page = show(two_days, "?include=&include=text&include=notes&space=1&space=2")

    (german,) = page.xpath('//a[@lang="de"]/@href')

    assert german == "?include=&include=text&include=notes&space=1&space=2&lang=de"
