"""The same community or tag in other letters is one: in counts, filters and chips."""

import pytest

from openspace.contacts.finding.book import present_book
from openspace.contacts.finding.pages import BookQuery, page_of
from openspace.contacts.forms import InterestsForm
from openspace.contacts.fragments import count_html
from openspace.contacts.models import card_of
from openspace.text import in_one_spelling, listed, without_doubles
from tests.factories import a_card, a_member, an_event

PEOPLE = {
    "Анна": ("Кам'янець", ["екологія", "вода"]),
    "Борис": ("Кам’янець", ["#екологія"]),
    "Віра": ("камʼянець", ["Екологія", "C++"]),
    "Гнат": ("Кам’янець", ["C#"]),
    "Дана": ("київ", ["Вода"]),
    "Ема": ("", []),
}


@pytest.fixture
def book(inside):
    event = an_event()
    for name, (community, interests) in PEOPLE.items():
        member = a_member(event, name)
        member.community = community
        a_card(member, interests=interests)
    return event


def found(event, **asked: str) -> str:
    """The first letters of those who are found."""
    member = a_member(event, "Хто Питає")
    page = page_of(present_book(event.id), member, BookQuery.from_args(asked), 1)
    return "".join(card.name[0] for card in page.cards)


@pytest.mark.parametrize("community", ["Кам'янець", "кам’янець", "КАМ'ЯНЕЦЬ", 'Кам"янець', "Кам\u2032янець"])
def test_a_filter_by_community_takes_every_spelling(book, community):
    assert found(book, community=community) == "АБВГ"


@pytest.mark.parametrize("tag", ["екологія", "#екологія", "ЕКОЛОГІЯ"])
def test_a_filter_by_interest_takes_every_spelling(book, tag):
    assert found(book, interest=tag) == "АБВ"


def test_filters_tell_apart_what_differs_in_more(book):
    assert (found(book, interest="C#"), found(book, interest="c++"), found(book, community="Київ")) == ("Г", "В", "Д")
    assert found(book, interest="C") == ""


def test_chips_and_lists_have_the_most_frequent_spelling_once(book):
    assert present_book(book.id).communities == ["Кам’янець", "київ"]
    assert [tag.lower() for tag in present_book(book.id).interests] == ["екологія", "вода", "c#", "c++"]


def test_counts_have_every_community_once(book):
    assert "2 громади" in count_html(present_book(book.id))


def test_a_chosen_filter_is_known_in_another_spelling():
    asked = BookQuery(community="КИЇВ", interest="#вода")

    assert asked.has("community", "Київ")
    assert not asked.has("community", "Львів")
    assert not BookQuery().has("community", "")
    assert asked.toggled("interest", "Вода") == {"community": "КИЇВ"}


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("вода; енергія, молодь", ["вода", "енергія", "молодь"]),
        ("#вода #енергія", ["вода", "енергія"]),
        ("C#, C++; .NET", ["C#", "C++", ".NET"]),
        (" ; ,#, ", []),
    ],
)
def test_tags_are_split_where_people_split_them(typed, tags):
    assert listed(typed) == tags


def test_the_form_keeps_each_tag_once(app):
    sent = {"interests": ["Вода", "#енергія"], "others": "вода; Енергія, молодь"}
    with app.test_request_context(method="POST", data=sent):
        assert InterestsForm().tags() == ["Вода", "енергія", "молодь"]


def test_a_card_keeps_each_line_once(book):
    card = a_card(a_member(book, "Яна"), interests=["Вода", "вода", "#вода", "C", "C#"])

    assert card_of(card.member_id).lines_of("interests") == ["Вода", "C", "C#"]


def test_in_one_spelling_counts_all_under_the_most_frequent():
    assert in_one_spelling([("київ", 1), ("Київ", 3), ("Львів", 1), ("львів", 1)]) == {"Київ": 4, "Львів": 2}
    assert without_doubles(["Київ", "", "київ", "Львів"]) == ["Київ", "Львів"]
