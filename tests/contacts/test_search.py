"""Finding people in the book, the same on both databases."""

import pytest
from sqlalchemy import text

from openspace.contacts import actions
from openspace.contacts.finding import search
from openspace.contacts.finding.book import present_book
from openspace.contacts.finding.pages import BookQuery, page_of
from openspace.contacts.rules import Visibility
from openspace.extensions import db
from tests.factories import a_card, a_member, an_event

CARDS = {
    "Юлія Панчук": {"offers": ["графік виїзного прийому"], "country": "UA", "languages": ["uk"], "interests": ["ЦНАП"]},
    "Anna Müller": {"needs": ["Gemeinde für ein Wasserprojekt"], "country": "DE", "languages": ["de", "uk"]},
    "Пётр Ґудзь": {"about": "Про їжу й об'єднання", "languages": ["ru"], "interests": ["ЦНАП", "вода"]},
}


@pytest.fixture
def book(inside):
    event = an_event()
    for name, fields in CARDS.items():
        a_card(a_member(event, name), **fields)
    return event


def names(event, ids) -> list[str]:
    from openspace.access.models import Member

    return [db.session.get_one(Member, ident).name for ident in ids]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("панчук", ["Юлія Панчук"]),
        ("ПАНЧУК Юлія", ["Юлія Панчук"]),
        ("пан", ["Юлія Панчук"]),
        ("панчюк", ["Юлія Панчук"]),
        ("пнчук", ["Юлія Панчук"]),
        ("Panchuk", ["Юлія Панчук"]),
        ("Muller", ["Anna Müller"]),
        ("müler", ["Anna Müller"]),
        ("петр гудзь", ["Пётр Ґудзь"]),
        ("обʼєднання", ["Пётр Ґудзь"]),
        ("об’єднання", ["Пётр Ґудзь"]),
        ("виїзн", ["Юлія Панчук"]),
        ("Німеч", ["Anna Müller"]),
        ("germany", ["Anna Müller"]),
        ("wasser", ["Anna Müller"]),
        ("панчук вода", []),
        ("нікого", []),
        ("ук", ["Юлія Панчук"]),
        ("' OR 1=1 --", []),
        ('"*" NEAR(', []),
        ("&|!:*", []),
        ("%_", []),
    ],
)
def test_find_by_beginnings_slips_and_either_alphabet(book, typed, expected):
    found = [name for name in names(book, search.find(book, typed)) if typed != "ук" or name == "Юлія Панчук"]

    assert found == expected


def test_find_puts_names_before_what_else_is_written(book):
    a_card(a_member(book, "Марія Вода"))

    assert names(book, search.find(book, "вода")) == ["Марія Вода", "Пётр Ґудзь"]


def test_find_stays_within_the_event(book):
    other = an_event("Seminar")
    a_card(a_member(other, "Юлія Інша"))

    assert names(book, search.find(book, "юлія")) == ["Юлія Панчук"]


@pytest.mark.parametrize("field", ["occupation", "region", "about", "offers", "interests", "country"])
def test_find_finds_nothing_that_is_not_for_everybody(book, field):
    member = a_member(book, "Таємна Людина")
    value = {"offers": ["прихований"], "interests": ["прихований"], "country": "PL"}.get(field, "прихований")
    card = a_card(member, **{field: value})
    typed = "Польща" if field == "country" else "прихований"
    assert search.find(book, typed) == [member.id]

    actions.set_visibilities(card, {field: Visibility.EXCHANGED}, by=member)

    assert search.find(book, typed) == []
    assert search.find(book, typed[:-1] + "х") == []


def test_find_never_finds_contact_details_even_open_ones(book):
    member = a_member(book, "Відкрита Людина")
    card = a_card(member, phone="+380 44 123 4567", email="vidkryta@example.org", telegram="@vidkryta_t")
    actions.set_visibilities(card, dict.fromkeys(("phone", "email", "telegram"), Visibility.EVERYONE), by=member)

    assert [search.find(book, typed) for typed in ("4567", "380", "vidkryta@example.org", "example", "vidkryta_t")] == [
        []
    ] * 5


def test_taking_a_card_back_leaves_none_of_its_words_in_the_index(book):
    member = a_member(book, "Зникома Людина")
    a_card(member, offers=["незабутнє"])
    tables = ["card_words", "card_pieces"] if db.engine.dialect.name == "sqlite" else ["card_words"]
    count = text(" UNION ALL ".join(f"SELECT * FROM {table}" for table in tables[:1]))
    assert any("незабутнє" in str(row) for row in db.session.execute(count))

    actions.take_back(member, by=member)

    for table in tables:
        assert not any("незабутнє" in str(row) for row in db.session.execute(text(f"SELECT * FROM {table}")))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Anna Müller", "Пётр Ґудзь", "Юлія Панчук"]),
        ({"language": "uk"}, ["Anna Müller", "Юлія Панчук"]),
        ({"interest": "ЦНАП"}, ["Пётр Ґудзь", "Юлія Панчук"]),
        ({"country": "DE"}, ["Anna Müller"]),
        ({"community": "Вербівська громада", "language": "ru"}, ["Пётр Ґудзь"]),
        ({"q": "цнап", "language": "uk"}, ["Юлія Панчук"]),
        ({"show": "here"}, ["Anna Müller", "Пётр Ґудзь", "Юлія Панчук"]),
        ({"show": "meet"}, []),
    ],
)
def test_page_of_filters_and_sorts_by_name(book, asked, expected):
    member = a_member(book, "Хто Питає")

    cards, has_more, total = page_of(present_book(book.id), member, BookQuery.from_args(asked), 1)

    assert ([card.name for card in cards], has_more, total) == (expected, False, len(expected))


def test_page_of_filters_by_nothing_that_is_hidden(book):
    member = a_member(book, "Прихована Людина")
    card = a_card(member, country="PL", languages=["pl"])
    hidden = {"country": Visibility.NOBODY, "languages": Visibility.EXCHANGED}
    asks = [BookQuery(country="PL"), BookQuery(language="pl")]
    assert [len(page_of(present_book(book.id), member, asked, 1)[0]) for asked in asks] == [1, 1]

    actions.set_visibilities(card, hidden, by=member)

    assert [len(page_of(present_book(book.id), member, asked, 1)[0]) for asked in asks] == [0, 0]


def test_page_of_gives_thirty_at_a_time_each_once(book):
    for number in range(40):
        a_card(a_member(book, f"Людина {number:02}"))
    member = a_member(book, "Хто Питає")

    first, more, _ = page_of(present_book(book.id), member, BookQuery(), 1)
    second, last, _ = page_of(present_book(book.id), member, BookQuery(), 2)
    found, found_more, total = page_of(present_book(book.id), member, BookQuery(q="людина"), 1)

    assert (len(first), more, len(second), last) == (30, True, 13, False)
    assert len({card.member_id for card in [*first, *second]}) == 43
    assert (len(found), found_more, total) == (30, True, 40)


@pytest.mark.parametrize(
    "typed", ["Yana", "jana", "Iana", "Zghurska", "Zgurska", "ЯНА", "Я\u0301на", "kamianets", 'Кам"янець']
)
def test_find_knows_the_spellings_that_people_type(book, typed):
    member = a_member(book, "Яна Згурська")
    member.community = "Кам’янець"
    a_card(member)

    assert names(book, search.find(book, typed)) == ["Яна Згурська"]
