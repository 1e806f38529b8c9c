"""The lists that organisers take out: what was agreed to, and nothing else."""

import html
import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from openspace.contacts.models import Card
from openspace.contacts.rules import DETAILS, FIELDS, Visibility
from openspace.extensions import db
from openspace.store import sqlite
from tests.factories import Hall
from tests.people.book import ENGLISH, FULL, IN_TABLES, WORDS, a_card, rows, seen_in, taken

pytestmark = pytest.mark.usefixtures("empty_book")

ON_CARD = set(FIELDS) - set(DETAILS) - {"photo"}


def workbook(hall: Hall) -> dict[str, str]:
    """The parts of contacts.xlsx."""
    with ZipFile(BytesIO(hall.ask("organiser").get(hall.url("exports/contacts.xlsx"), headers=ENGLISH).data)) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def strings(parts: dict[str, str]) -> str:
    return html.unescape(" ".join(re.findall(r"<t[^>]*>([^<]*)</t>", parts["xl/sharedStrings.xml"])))


def test_contacts_have_what_each_owner_agreed_to(hall):
    a_card(hall, "convener", shown_to=Visibility.EVERYONE, card=True, details=True, **FULL)
    a_card(hall, "participant", card=True, occupation="Лише картка", phone="+380 44 000 0001")
    a_card(hall, "facilitator", details=True, occupation="Прихований фах", phone="+380 44 000 0002")

    found = {row["Name"]: row for row in rows(taken(hall, "exports/contacts.csv"))}

    assert list(found) == ["Ірина", "Оксана Дячук", "Олена Ткачук"]
    assert (found["Олена Ткачук"]["Occupation"], found["Олена Ткачук"]["Phone"]) == ("Лише картка", "")
    assert (found["Ірина"]["Occupation"], found["Ірина"]["Phone"]) == ("", "+380 44 000 0002")
    assert seen_in(str(found["Оксана Дячук"]), IN_TABLES) == set(IN_TABLES)


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [(Visibility.EVERYONE, ON_CARD | set(DETAILS)), (Visibility.EXCHANGED, set(DETAILS)), (Visibility.NOBODY, set())],
)
def test_contacts_keep_hidden_what_is_hidden(hall, visibility, expected):
    a_card(hall, "convener", shown_to=visibility, card=True, details=True, photo=True, **FULL)

    table, book = taken(hall, "exports/contacts.csv"), strings(workbook(hall))

    assert seen_in(taken(hall, f"contacts/{hall.ids['convener']}.vcf", "convener"), {"email": FULL["email"]})
    assert seen_in(table, IN_TABLES) == seen_in(book, IN_TABLES) == expected
    assert "Оксана Дячук" in table
    assert "Оксана Дячук" in book


def test_contacts_leave_out_who_agreed_to_nothing_or_is_not_in_the_book(hall):
    a_card(hall, "convener", shown_to=Visibility.EVERYONE, **FULL)
    a_card(hall, "participant", shown_to=Visibility.EVERYONE, in_book=False, **FULL)
    a_card(hall, "other", card=True, details=True, **FULL)

    assert rows(taken(hall, "exports/contacts.csv")) == []
    assert "Оксана Дячук" not in strings(workbook(hall))


def test_contacts_follow_the_last_consent(hall):
    a_card(hall, "convener", card=True, details=True, **FULL)
    before = len(rows(taken(hall, "exports/contacts.csv")))

    a_card(hall, "convener", card=False, details=False)

    assert (before, rows(taken(hall, "exports/contacts.csv"))) == (1, [])


def test_contacts_leave_out_a_card_whose_time_is_over(hall):
    a_card(hall, "convener", card=True)
    with hall.app.test_request_context(), sqlite.writing():
        card = db.session.get_one(Card, hall.ids["convener"])
        card.in_book_until = card.in_book_until.replace(year=2025)
        db.session.commit()

    assert rows(taken(hall, "exports/contacts.csv")) == []


def test_contacts_disarm_formulas(hall):
    a_card(hall, "convener", card=True, occupation="=cmd|'/c calc'!A1", region="+1", about="-2", offers=["@x"])

    row, parts = rows(taken(hall, "exports/contacts.csv"))[0], workbook(hall)

    assert [row[name] for name in ("Occupation", "Region", "Would like to talk about", "Offers")] == [
        "'=cmd|'/c calc'!A1",
        "'+1",
        "'-2",
        "'@x",
    ]
    # In a workbook a text is a text: no apostrophe is needed, and no formula is there.
    assert "=cmd|'/c calc'!A1" in strings(parts)
    assert "<f>" not in parts["xl/worksheets/sheet1.xml"]


def test_consents_lists_those_that_hold_and_those_that_ended(hall):
    a_card(hall, "convener", card=True)
    a_card(hall, "convener", details=True)

    first, second = rows(taken(hall, "exports/consents.csv"))

    assert (first["Name"], first["Agreed at"], first["Kept until"]) == (
        "Оксана Дячук",
        "2026-06-04T11:54:00+03:00",
        "2027-06-05",
    )
    assert (first["The card may be listed"], first["Contact details may be listed"]) == ("yes", "no")
    assert (second["The card may be listed"], second["Contact details may be listed"]) == ("no", "yes")
    assert (first["What was agreed to"], first["Ended at"], second["Ended at"]) == (
        WORDS,
        "2026-06-04T11:54:00+03:00",
        "",
    )


def test_consents_of_another_event_are_not_listed(hall):
    a_card(hall, "other", card=True)

    assert rows(taken(hall, "exports/consents.csv")) == []
