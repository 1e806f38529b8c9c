"""The facilitators' pages of announcements: the list with a form, editing, taking back."""

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.announcements import actions
from openspace.announcements.forms import form_of, values_of
from openspace.announcements.models import Announcement, latest
from openspace.announcements.rules import Words
from openspace.clock import now
from openspace.extensions import db, limiter
from openspace.journal import actions as journal
from openspace.live.hub import hub
from openspace.web.errors import Problem, shows_again
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("announcements", __name__, is_personal=True)
OFTEN = "120 per minute"
# How many characters of an announcement name it in the list of steps.
LONGEST_NAME = 60
# Presence is noted every minute: who was seen within two has a page open.
PRESENT = timedelta(minutes=2)


@blueprint.get("/facilitator/announcements")
@requires(Role.FACILITATOR)
def index() -> ResponseReturnValue:
    """What is announced now and was before, and the form for a new one."""
    return _list_page()


def _list_page(problem: Problem | None = None) -> str:
    form = form_of(visitor.event).for_page(until="soon")
    found = latest(visitor.event_id)
    return render_template(
        "announcements/index.html",
        form=form,
        problem=problem,
        phones=_phones(),
        now_seen=[each for each in found if each.is_current],
        before=[each for each in found if not each.is_current],
    )


@blueprint.post("/facilitator/announcements")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(_list_page)
def create() -> ResponseReturnValue:
    """Announce something."""
    saying = form_of(visitor.event)().saying()
    with _step("announce", saying.words):
        announcement = actions.announce(visitor.event, saying, by=visitor.member)
    flash_message(
        gettext("Announced."),
        undo=url_for("announcements.take_back", announcement_id=announcement.id, method="PUT"),
        fields={"seen": announcement.version},
    )
    return see_other(url_for("announcements.index"))


@blueprint.get("/facilitator/announcements/<int:announcement_id>")
@requires(Role.FACILITATOR)
def edit(announcement_id: int) -> ResponseReturnValue:
    """The form with an announcement."""
    return _edit_page()


def _edit_page(problem: Problem | None = None) -> str:
    announcement = _asked()
    form = form_of(visitor.event).for_page(**values_of(announcement))
    return render_template(
        "announcements/edit.html", announcement=announcement, form=form, problem=problem, phones=_phones()
    )


@blueprint.put("/facilitator/announcements/<int:announcement_id>")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(_edit_page)
def update(announcement_id: int) -> ResponseReturnValue:
    """Say it differently, elsewhere or until another time."""
    announcement, saying = _asked(), form_of(visitor.event)().saying()
    with _step("edit", saying.words):
        actions.edit(announcement, saying, seen=request.form.get("seen", ""), by=visitor.member)
    flash_message(gettext("The announcement has been changed."))
    return see_other(url_for("announcements.index"))


@blueprint.put("/facilitator/announcements/<int:announcement_id>/withdrawal")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(_list_page)
def take_back(announcement_id: int) -> ResponseReturnValue:
    """Take an announcement back. The next page offers to undo that."""
    announcement = _asked()
    with _step("take_back", announcement.words):
        actions.take_back(announcement, seen=request.form.get("seen", ""), by=visitor.member)
    flash_message(
        gettext("The announcement has been taken back."),
        undo=url_for("announcements.bring_back", announcement_id=announcement_id, method="DELETE"),
    )
    return see_other(url_for("announcements.index"))


@blueprint.delete("/facilitator/announcements/<int:announcement_id>/withdrawal")
@limiter.limit(OFTEN)
@requires(Role.FACILITATOR)
@shows_again(_list_page)
def bring_back(announcement_id: int) -> ResponseReturnValue:
    """Show an announcement again that was taken back."""
    announcement = _asked()
    with _step("bring_back", announcement.words):
        actions.bring_back(announcement, by=visitor.member)
    flash_message(gettext("The announcement is seen again."))
    return see_other(url_for("announcements.index"))


def _asked() -> Announcement:
    view_args = request.view_args or {}
    return find(Announcement, view_args["announcement_id"])


def _step(what: str, words: Words) -> AbstractContextManager[Any]:
    """Let the journal note what is done; it is called by the beginning of the words."""
    text = next(iter(words.values()), "")
    return journal.step(visitor.event_id, f"announcements.{what}", by=visitor.member, text=text[:LONGEST_NAME])


def _phones() -> int:
    """How many phones will see it: those with a page open in this process, or by their last notes in all processes."""
    seen = select(func.count()).where(Member.event_id == visitor.event_id, Member.seen_at > now() - PRESENT)
    return max(hub.phones(visitor.event_id), db.session.scalar(seen) or 0)
