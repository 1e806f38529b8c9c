"""Texts that run from right to left, beside ours that run from left to right."""

import pytest
from flask import render_template_string
from flask_babel import gettext, lazy_gettext, ngettext
from markupsafe import Markup

from openspace.board.models import topic_numbered
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from openspace.text import isolated, one_line
from tests.factories import Hall, a_card, a_member

HEBREW, ARABIC = "\u05de\u05d9\u05dd", "\u0645\u0627\u0621"
APART = f"\u2068{HEBREW}\u2069"


def test_isolated_is_what_runs_from_right_to_left_and_nothing_else():
    assert isolated(HEBREW) == APART
    assert isolated(f"Вода {ARABIC}") == f"\u2068Вода {ARABIC}\u2069"
    assert [isolated(text) for text in ("", "water", "Вода 🌊", "水")] == ["", "water", "Вода 🌊", "水"]
    assert isolated(Markup("<mark>") + HEBREW) == Markup(f"\u2068<mark>{HEBREW}\u2069")
    assert isinstance(isolated(Markup(HEBREW)), Markup)


def test_what_we_put_around_a_text_does_not_come_in_with_it():
    assert one_line(APART) == HEBREW


def test_sentences_isolate_what_is_put_into_them(app):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert gettext("“%(title)s” is on the market.", title=HEBREW) == f"“{APART}” is on the market."
        assert str(lazy_gettext("“%(title)s” is on the market.", title=HEBREW)) == f"“{APART}” is on the market."
        assert ngettext("%(num)d person %(name)s", "%(num)d people %(name)s", 2, name=HEBREW) == f"2 people {APART}"
        drawn = render_template_string("{{ _('Are you %(name)s?', name=name) }}", name=f"<{HEBREW}")
        assert drawn == f"Are you \u2068&lt;{HEBREW}\u2069?"
        assert render_template_string("{{ _('Are you %(name)s?', name='Anna') }}") == "Are you Anna?"


def test_pages_let_a_text_find_its_direction(hall: Hall):
    client = hall.ask("convener")
    with hall.app.app_context(), sqlite.writing():
        topic_numbered(hall.id, 1).title = HEBREW
        db.session.commit()

    assert f'dir="auto">{HEBREW}</h1>' in client.get(hall.url("topics/1")).get_data(as_text=True)
    assert 'id="title" name="title" dir="auto"' in client.get(hall.url("topics/1/edit")).get_data(as_text=True)
    client.put(hall.url("topics/1/withdrawal"))
    assert APART in client.get(hall.url("market")).get_data(as_text=True)


def test_lists_of_a_card_keep_their_order(hall: Hall):
    with hall.app.test_request_context(), sqlite.writing():
        event = db.session.get_one(Event, hall.id)
        member = a_member(event, "Дана")
        member.community = ARABIC
        a_card(member, occupation=HEBREW)
        db.session.commit()

    page = hall.ask("participant").get(hall.url("contacts")).get_data(as_text=True)

    assert f"{APART}, \u2068{ARABIC}\u2069" in page


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Олена Ткачук", "Олена", "Ткачук"),
        ("Олена Ткачук 🌻", "Олена", "Ткачук"),
        ("🌻 Олена", "🌻 Олена", ""),
        ("Олена 🌻", "Олена 🌻", ""),
        ("🌻", "🌻", ""),
        ("🌻 🌊", "🌻 🌊", ""),
        ("Олена", "Олена", ""),
        ("Олена Ткачук (Вербівка)", "Олена", "Ткачук"),
        ("Анна Марія Берг-Шульц", "Анна Марія", "Берг-Шульц"),
        (f"{HEBREW} {ARABIC}", HEBREW, ARABIC),
    ],
)
def test_an_emoji_is_nobodys_surname(inside, name, given, family):
    import vobject

    from openspace.contacts.vcards import vcard
    from openspace.contacts.visible import VisibleCard
    from tests.factories import an_event

    book = vobject.readOne(vcard(VisibleCard(7, name, "", ""), event=an_event()))

    assert (book.fn.value, book.n.value.given, book.n.value.family) == (name, given, family)
