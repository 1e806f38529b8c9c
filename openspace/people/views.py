"""For organisers: the list of contacts whose owners agreed, and what is held on one person, to be given or deleted."""

import json
from datetime import datetime
from typing import NamedTuple

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from openspace.access.browser_seats import give_up_seat
from openspace.access.confirmation import requires_confirmation
from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.security_log import Kind, downloads, note
from openspace.access.visitor import visitor
from openspace.board import actions as board
from openspace.board.models import Interest, Topic
from openspace.collation import collated
from openspace.contacts import columns
from openspace.contacts.finding.search import is_asked_for
from openspace.contacts.finding.spelling import asked, searched
from openspace.contacts.models import Card, Consent, Contact, cards_in_book
from openspace.contacts.shown import Shown, for_export
from openspace.extensions import db
from openspace.people.person import Facts, everything, for_organisers
from openspace.text import one_line
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import attachment, flash_message
from openspace.web.spreadsheets import KINDS, Cell, Table, download

blueprint = event_blueprint("people", __name__, is_personal=True)
A_PAGE = 50


class Person(NamedTuple):
    """A line of the list: a member, and how their card stands."""

    member: Member
    card: Card | None


@blueprint.get(f"/exports/contacts.{KINDS}")
@requires(Role.ORGANISER)
@downloads("contacts")
def contacts(kind: str) -> ResponseReturnValue:
    """Of every card in the book what its owner agreed to have listed; of the others nothing."""
    lines = [columns.line(card) for card in _agreed()]
    return download(Table(f"{visitor.slug}-contacts", columns.head(), lines), kind)


@blueprint.get(f"/exports/consents.{KINDS}")
@requires(Role.ORGANISER)
@downloads("consents")
def consents(kind: str) -> ResponseReturnValue:
    """Who agreed to what, and when; also the consents that have ended."""
    event = visitor.event
    head = [
        gettext("Name"),
        gettext("Agreed at"),
        gettext("Kept until"),
        gettext("What was agreed to"),
        gettext("The card may be listed"),
        gettext("Contact details may be listed"),
        gettext("Ended at"),
    ]
    found = select(Consent).where(Consent.event_id == event.id).options(joinedload(Consent.member))

    def line(consent: Consent) -> list[Cell]:
        given, ended = event.local(consent.given_at), event.local(consent.ended_at) if consent.ended_at else ""
        agreed = (_yes_or_no(consent.exports_card), _yes_or_no(consent.exports_details))
        return [consent.member.name, given, consent.kept_until, consent.words, *agreed, ended]

    lines = [line(consent) for consent in db.session.scalars(found.order_by(Consent.given_at, Consent.id))]
    return download(Table(f"{event.slug}-consents", head, lines), kind)


@blueprint.get("/exports/people")
@requires(Role.ORGANISER)
def index() -> ResponseReturnValue:
    """Everybody in the event, with `?q=` those whose name or community has it, in pages."""
    typed = one_line(request.args.get("q"))[:100]
    people = people_called(typed)
    last = max(1, -(-len(people) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    shown = people[(page - 1) * A_PAGE : page * A_PAGE]
    return render_template("people/people.html", people=shown, count=len(people), typed=typed, page=page, last=last)


@blueprint.get("/exports/people/<int:member_id>")
@requires(Role.ORGANISER)
def show(member_id: int) -> ResponseReturnValue:
    """What is held on one person, in words and counts."""
    return show_page(person_found(member_id))


def show_page(person: Member, problem: Problem | None = None) -> str:
    """The page of one person; after a refusal with why."""
    facts = everything(person)
    given = select(Consent).where(Consent.member_id == person.id).order_by(Consent.given_at, Consent.id)
    return render_template(
        "people/person.html",
        person=person,
        facts=facts,
        filled=sum(bool(field["value"]) for field in facts["card"]["fields"].values()) if facts["card"] else 0,
        noted=sum(bool(contact["note"]) for contact in facts["contacts"]),
        consents=[(each, _words(each.given_at), _words(each.ended_at)) for each in db.session.scalars(given)],
        joined=_words(person.joined_at),
        problem=problem,
    )


@blueprint.get("/exports/people/<int:member_id>.json")
@requires(Role.ORGANISER)
@requires_confirmation
@downloads()
def facts(member_id: int) -> ResponseReturnValue:
    """What organisers may have of it; the person can see that it was downloaded."""
    return _file(for_organisers(person_found(member_id)), f"person-{member_id}")


@blueprint.get("/me/everything.json")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """All that is held on me."""
    return _file(everything(visitor.member), "me")


def _file(facts: Facts, name: str) -> ResponseReturnValue:
    held = json.dumps(facts, ensure_ascii=False, indent=2)
    return attachment(held, f"{visitor.slug}-{name}.json", "application/json")


@blueprint.get("/exports/people/<int:member_id>/deletion")
@requires(Role.ORGANISER)
def deletion(member_id: int) -> ResponseReturnValue:
    """What would be gone with the person."""
    return deletion_page(member_id)


def deletion_page(member_id: int, problem: Problem | None = None) -> str:
    """The same, and why it cannot be if it cannot."""
    person = person_found(member_id)
    topics = select(Topic).where(Topic.convener_id == person.id, Topic.withdrawn_at.is_(None)).order_by(Topic.number)
    return render_template(
        "people/deletion.html",
        person=person,
        topics=db.session.scalars(topics).all(),
        chairs=_count(Interest.member_id == person.id, Interest.kind == "go"),
        contacts=_count(Contact.member_id == person.id),
        has_card=db.session.get(Card, person.id) is not None,
        problem=problem,
    )


@blueprint.delete("/exports/people/<int:member_id>")
@requires(Role.ORGANISER)
@requires_confirmation
@shows_again(lambda problem: deletion_page((request.view_args or {})["member_id"], problem))
def delete(member_id: int) -> ResponseReturnValue:
    """Forget the person, as if they had left by themselves."""
    person = person_found(member_id)
    was_me = person.id == visitor.member.id
    board.leave(person)
    note(person.event_id, Kind.DELETED, by=visitor.member.id)
    if was_me:
        give_up_seat(visitor.event)
        return redirect(url_for("front.show", left=1), 303)
    # Without the name: what is said is kept for a while, with the answer.
    flash_message(gettext("Everything about this person has been deleted."))
    return redirect(url_for("people.index"), 303)


def _agreed() -> list[Shown]:
    """The cards in the book as their owners agreed to have them listed, in the order of names."""
    is_open = and_(Consent.member_id == Card.member_id, Consent.ended_at.is_(None))
    agreed = or_(Consent.exports_card, Consent.exports_details)
    found = cards_in_book(visitor.event, agreed).join(Consent, is_open).add_columns(Consent)
    return [for_export(card, consent) for card, consent in db.session.execute(found)]


def people_called(typed: str) -> list[Person]:
    """Everybody in the event whose name or community has what was typed, in either alphabet, in the order of names."""
    seated = (Member.event_id == visitor.event_id, Member.left_at.is_(None))
    rows = db.session.execute(select(Member, Card).outerjoin(Card, Card.member_id == Member.id).where(*seated))
    words = asked(typed)
    found = [Person(*row) for row in rows if is_asked_for(words, searched(f"{row.Member.name} {row.Member.community}"))]
    return sorted(found, key=lambda each: (collated(each.member.name), each.member.id))


def person_found(member_id: int) -> Member:
    """The member with this id. Refuses with `NotFound`, also for somebody who has left."""
    person = find(Member, member_id)
    if person.left_at:
        raise NotFound
    return person


def _count(*conditions: object) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def _yes_or_no(value: bool) -> str:
    return str(gettext("yes") if value else gettext("no"))


def _words(moment: datetime | None) -> str:
    """A moment as the clock in the hall showed it, with its year: these are kept for long."""
    if moment is None:
        return ""
    local = visitor.event.local(moment)
    return f"{format_date(local.date(), 'medium')}, {local:%H:%M}"
