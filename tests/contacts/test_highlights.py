"""What of a card answers a search is marked, and nothing that its viewer does not see."""

import pytest
from markupsafe import Markup

from openspace.contacts.finding.highlights import Highlights
from openspace.contacts.rules import Visibility
from openspace.contacts.visible import VisibleCard
from tests.people.book import FULL, a_card as a_shown_card

CARD = VisibleCard(
    1,
    "Дем'янчук <b>Оксана</b>",
    "Вербівська громада",
    0,
    occupation="Бджолярка",
    country="DE",
    interests=["Вода", "Енергія"],
    offers=["Навчання з грантів"],
    about="Про воду в селі",
)


@pytest.mark.parametrize(
    ("typed", "text", "expected"),
    [
        ("окс", CARD.name, "Дем&#39;янчук &lt;b&gt;<mark>Оксана</mark>&lt;/b&gt;"),
        ("дем’ян", CARD.name, "<mark>Дем&#39;янчук</mark> &lt;b&gt;Оксана&lt;/b&gt;"),
        ("oks", CARD.name, "Дем&#39;янчук &lt;b&gt;<mark>Оксана</mark>&lt;/b&gt;"),
        ("грантив", "Навчання з грантів", "Навчання з <mark>грантів</mark>"),
        ("верб грам", CARD.community, "<mark>Вербівська</mark> громада"),
        ("", CARD.community, "Вербівська громада"),
    ],
)
def test_mark_marks_the_words_that_answer(typed, text, expected):
    assert Highlights(CARD, typed).mark(text) == Markup(expected)


@pytest.mark.parametrize("typed", ["Германия", "німеч", "germ", "Deutsch"])
def test_a_country_is_marked_in_whatever_language_it_was_typed(app, typed):
    with app.test_request_context(headers={"Accept-Language": "uk"}):
        assert Highlights(CARD, typed).country("DE") == Markup("<mark>Німеччина</mark>")
        assert Highlights(CARD, "Польща").country("DE") == "Німеччина"


def test_what_is_not_on_the_face_of_a_card_is_said_beside_it():
    highlights = Highlights(CARD, "вод")

    assert highlights.other_fields == [
        ("interests", ["<mark>Вода</mark>"]),
        ("about", ["Про <mark>воду</mark> в селі"]),
    ]
    assert Highlights(CARD, "окс").other_fields == []


def found_by(hall, typed: str) -> str:
    page = hall.ask("participant").get(hall.url("contacts"), query_string={"q": typed, "part": 1})
    return page.get_data(as_text=True)


@pytest.mark.parametrize("name", ["occupation", "region", "interests", "offers", "needs", "about"])
def test_only_what_the_viewer_sees_is_marked(hall, name):
    word = (FULL[name][0] if isinstance(FULL[name], list) else FULL[name]).split()[0]
    a_shown_card(hall, "convener", shown_to=Visibility.EVERYONE, **FULL)
    shown = found_by(hall, word)
    a_shown_card(hall, "convener", shown_to=Visibility.EXCHANGED, **FULL)
    # By the name they are found all the same.
    hidden = found_by(hall, "Оксана") + found_by(hall, word)

    assert f"<mark>{word}</mark>" in shown
    assert word not in hidden
