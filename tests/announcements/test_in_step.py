"""Pages that are open have the announcements that a fresh page has, whatever facilitators do in between and undo."""

import random
from datetime import timedelta

import pytest
from flask_babel import force_locale

from openspace import clock
from openspace.access.models import Role
from openspace.announcements import actions
from openspace.announcements.actions import Saying
from openspace.announcements.fragments import message_html, phone_html
from openspace.announcements.models import MESSAGES, Announcement, current
from openspace.clock import now
from openspace.extensions import db
from openspace.journal import actions as journal
from openspace.journal.models import steps_of
from openspace.live import packets
from openspace.live.fragments import EVERYWHERE, View
from openspace.live.log import revision
from openspace.web.cache import clear_all
from openspace.web.errors import Problem
from tests.factories import a_member, an_event
from tests.live.page import Page

VIEWS = [(EVERYWHERE, View("uk", "members")), (EVERYWHERE, View("de", "public")), (MESSAGES, View("en", "members"))]


def fresh(event, channel: str, view: View) -> str:
    """The part of a page that announcements are in."""
    with force_locale(view.language):
        if channel == EVERYWHERE:
            shown = [phone_html(each, event.zone) for each in current(event.id) if each.on_phones]
            return f'<div id="toasts">{"".join(shown)}</div>'
        shown = [message_html(each, event.zone) for each in current(event.id) if each.on_screens]
        return f'<div id="messages">{"".join(shown)}</div>'


def leave_at_end(page: Page) -> None:
    """What the page's script does every second."""
    over = [each for each in page.tree.iter() if float(each.get("data-until", "inf")) <= now().timestamp()]
    page.apply([(element.get("id"), None) for element in over])


@pytest.mark.parametrize("seed", range(4))
def test_pages_before_and_patches_since_are_pages_after(inside, seed):
    event, chance = an_event(), random.Random(seed)
    by = a_member(event, "Ірина", Role.FACILITATOR)
    db.session.commit()
    pages = {each: [Page(fresh(event, *each)), revision(event.id, each[0])] for each in VIEWS}
    clear_all()

    def saying() -> Saying:
        words = {code: f"{code} {chance.random()}" for code in chance.sample(["uk", "en", "de"], chance.randint(1, 3))}
        ends_at = now() + timedelta(minutes=chance.randint(1, 9))
        return Saying(words, ends_at, on_phones=chance.random() < 0.8, on_screens=chance.random() < 0.8)

    def there() -> Announcement:
        return chance.choice(db.session.query(Announcement).order_by(Announcement.id).all())

    deeds = [
        lambda: actions.announce(event, saying(), by=by),
        lambda: actions.edit(there(), saying(), seen="", by=by),
        lambda: actions.take_back(there(), seen="", by=by),
        lambda: actions.bring_back(there(), by=by),
    ]

    def undo_or_redo() -> None:
        step = chance.choice(steps_of(event.id, 3))
        (journal.redo if step.undone_at else journal.undo)(step, by=by)

    for _ in range(60):
        clock.held += timedelta(seconds=chance.randint(1, 90))
        try:
            if chance.random() < 0.3:
                undo_or_redo()
            else:
                with journal.step(event.id, "announcements.edit", by=by, text="…"):
                    chance.choice(deeds)()
            db.session.commit()
        except (Problem, IndexError):
            db.session.rollback()
        for (channel, view), page in pages.items():
            leave_at_end(page[0])
            if chance.random() < 0.5:
                continue
            found = packets.packet(event.id, channel, page[1], revision(event.id, channel), view).content
            page[0].apply(found["patches"])
            page[1] = found["to"]
            assert page[0].text() == Page(fresh(event, channel, view)).text()
