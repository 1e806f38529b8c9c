"""The order of names: one for all lists, the same on both databases."""

import random

import pytest

from openspace.access.models import Role
from openspace.board import conveners
from openspace.collation import collated
from openspace.contacts.finding.book import present_book
from openspace.extensions import db
from openspace.web.i18n import countries, force_locale
from tests.factories import Hall, a_card, a_member, an_event

# Each list in its right order, in the alphabet it is read in; mixed ones as CLDR's root collation has them.
ORDERS = [
    "Еней Ерік Єва Євген Жанна Захар",
    "Инна Ия Іван Ігор Їжакевич Йосип Катря",
    "Галина Гнат Гяурова Ґалаґан Ґудзь Дмитро",
    "Влас Дарій Дар'я Даряна",
    "Елена Ёлкина Жук Щукин Ъедин Ыш Эдуард Юлия Яна",
    "Цибуля Чорний Шевчук Щербак Ющенко Яценко",
    "Adler Ägypten Albers Azur Ludwig Łukasz Lzen Oslo Østby Otto Straße Strasser Zander Zoe Žofia",
    "Bo Bó Boa",
    "Anna Łucja Zoe Анна Єва Яна",
    "Камінь Кам'янець Камʼянка Канів",
    "Anna|Anna Berg|Anna-Maria|Annabel",
    "Олександра А|Олександра Б|Олександра Ткач|Олександра Ткачук",
    "Muller|Müller|Muller A",
]


@pytest.mark.parametrize("order", ORDERS)
def test_collated_is_the_order_of_the_alphabet(order):
    names = names_in(order)

    assert sorted(random.Random(7).sample(names, len(names)), key=collated) == names


def names_in(order: str) -> list[str]:
    return order.split("|") if "|" in order else order.split()


def everybody() -> list[str]:
    return list(dict.fromkeys(name for order in ORDERS for name in names_in(order)))


def test_every_list_of_people_is_in_one_order(inside):
    event = an_event()
    names = sorted(everybody(), key=collated)
    for name in random.Random(7).sample(names, len(names)):
        a_card(a_member(event, name))

    book = [card.name for card in present_book(event.id).cards.values()]

    assert book == names
    assert [member.name for member in conveners.labels(event).values()] == names


def test_the_team_and_the_list_of_people_are_in_that_order(hall: Hall):
    with hall.app.test_request_context():
        from openspace.events.models import Event
        from openspace.store import sqlite

        with sqlite.writing():
            event = db.session.get_one(Event, hall.id)
            for name in ("Ґалаґан", "Євген", "Їжак", "Łukasz", "Еней", "Дмитро", "Галина"):
                a_member(event, name, Role.FACILITATOR)
            db.session.commit()

    for page in ("settings", "exports/people"):
        text = hall.ask("organiser").get(hall.url(page)).get_data(as_text=True)
        places = [text.index(name) for name in ("Łukasz", "Галина", "Ґалаґан", "Дмитро", "Еней", "Євген", "Їжак")]
        assert places == sorted(places), page


def test_countries_stand_in_the_order_of_their_names(inside):
    with force_locale("de"):
        german = [name for _, name in countries()]
    with force_locale("uk"):
        ukrainian = [name for _, name in countries()]

    assert german.index("Afghanistan") < german.index("Ägypten") < german.index("Albanien")
    assert german.index("Norwegen") < german.index("Österreich") < german.index("Polen")
    assert ukrainian.index("Єгипет") < ukrainian.index("Ємен") < ukrainian.index("Замбія") < ukrainian.index("Італія")


def test_communities_stand_in_that_order(inside):
    event = an_event()
    for community in ("Ямпіль", "Єланець", "Жмеринка", "Ечкі", "Ізмаїл", "Київ"):
        member = a_member(event, f"Людина {community}")
        member.community = community
        a_card(member)

    assert present_book(event.id).communities == ["Ечкі", "Єланець", "Жмеринка", "Ізмаїл", "Київ", "Ямпіль"]
