"""For organisers: exports of contacts and consents, and the pages about one person. For members: their own data."""

import json
from datetime import datetime
from typing import NamedTuple

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, gettext
from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from openspace.access import actions as access
from openspace.access.browser_seats import give_up_seat
from openspace.access.confirmation import requires_confirmation
from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.security_log import Kind, downloads, note
from openspace.access.visitor import visitor
from openspace.board.models import IS_SHOWN, Interest, Topic
from openspace.collation import collated
from openspace.contacts import columns
from openspace.contacts.finding.search import has_all_words
from openspace.contacts.finding.spelling import indexed_words, query_words
from openspace.contacts.models import Card, Consent, Contact, cards_in_book
from openspace.contacts.visible import VisibleCard, for_export
from openspace.extensions import db
from openspace.people.person import Facts, organisers_copy, personal_data
from openspace.text import one_line
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import attachment, flash_message
from openspace.web.spreadsheets import KINDS, Cell, Table, download

blueprint = event_blueprint("people", __name__, is_personal=True, of_offices=True)
PAGE_SIZE = 50


class Person(NamedTuple):
    """A member in the list of people, with their card."""

    member: Member
    card: Card | None


@blueprint.get(f"/exports/contacts.{KINDS}")
@requires(Role.ORGANISER)
@downloads("contacts")
def contacts(kind: str) -> ResponseReturnValue:
    """The contact list as a spreadsheet: from each card what its owner agreed to have exported."""
    lines = [columns.row(card) for card in _agreed()]
    return download(Table(f"{visitor.slug}-contacts", columns.headers(), lines), kind)


@blueprint.get(f"/exports/consents.{KINDS}")
@requires(Role.ORGANISER)
@downloads("consents")
def consents(kind: str) -> ResponseReturnValue:
    """All consents as a spreadsheet, with those that have ended."""
    event = visitor.event
    head = [
        gettext("Name"),
        gettext("Agreed at"),
        gettext("Kept until"),
        gettext("What was agreed to"),
        gettext("The card may be listed"),
        gettext("Contact details may be listed"),
        gettext("The name may stand in the event's book"),
        gettext("Ended at"),
    ]
    found = select(Consent).where(Consent.event_id == event.id).options(joinedload(Consent.member))

    def line(consent: Consent) -> list[Cell]:
        given, ended = event.local(consent.given_at), event.local(consent.ended_at) if consent.ended_at else ""
        flags = (consent.exports_card, consent.exports_details, consent.prints_name)
        agreed = map(_yes_or_no, flags)
        return [consent.member.name, given, consent.kept_until, consent.words, *agreed, ended]

    lines = [line(consent) for consent in db.session.scalars(found.order_by(Consent.given_at, Consent.id))]
    return download(Table(f"{event.slug}-consents", head, lines), kind)


@blueprint.get("/exports/people")
@requires(Role.ORGANISER)
def index() -> ResponseReturnValue:
    """The list of members in pages; `?q=` searches names and communities."""
    typed = one_line(request.args.get("q"))[:100]
    people = search_people(typed)
    last = max(1, -(-len(people) // PAGE_SIZE))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    on_page = people[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return render_template("people/people.html", people=on_page, count=len(people), typed=typed, page=page, last=last)


@blueprint.get("/exports/people/<int:member_id>")
@requires(Role.ORGANISER)
def show(member_id: int) -> ResponseReturnValue:
    """The page about one person: what is held on them, in words and counts."""
    return show_page(get_person(member_id))


def show_page(person: Member, problem: Problem | None = None) -> str:
    """Render the page about one person; after a refusal with `problem`."""
    facts = personal_data(person)
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
    """The organiser's copy of a person's data, as a JSON file. The security log notes the download."""
    return _file(organisers_copy(get_person(member_id)), f"person-{member_id}")


@blueprint.get("/me/everything.json")
@requires(Role.PARTICIPANT)
def mine() -> ResponseReturnValue:
    """All data on the visitor, as a JSON file."""
    return _file(personal_data(visitor.member), "me")


def _file(facts: Facts, name: str) -> ResponseReturnValue:
    held = json.dumps(facts, ensure_ascii=False, indent=2)
    return attachment(held, f"{visitor.slug}-{name}.json", "application/json")


@blueprint.get("/exports/people/<int:member_id>/deletion")
@requires(Role.ORGANISER)
def deletion(member_id: int) -> ResponseReturnValue:
    """The page that asks before a person is deleted, with what would be deleted."""
    return deletion_page(member_id)


def deletion_page(member_id: int, problem: Problem | None = None) -> str:
    """Render the question before a deletion; after a refusal with `problem`."""
    person = get_person(member_id)
    topics = select(Topic).where(Topic.convener_id == person.id, IS_SHOWN).order_by(Topic.number)
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
    """Delete the person, as if they had left the event themselves."""
    person = get_person(member_id)
    was_me = person.id == visitor.member.id
    access.leave(person)
    note(person.event_id, Kind.DELETED, by=visitor.member.id)
    if was_me:
        give_up_seat(visitor.event)
        return redirect(url_for("front.show", left=1), 303)
    # Without the name: the answer to a write is kept for a while.
    flash_message(gettext("Everything about this person has been deleted."))
    return redirect(url_for("people.index"), 303)


def _agreed() -> list[VisibleCard]:
    """The cards in the book, each with what its owner agreed to have exported, in the order of names."""
    is_open = and_(Consent.member_id == Card.member_id, Consent.ended_at.is_(None))
    agreed = or_(Consent.exports_card, Consent.exports_details)
    found = cards_in_book(visitor.event_id, agreed).join(Consent, is_open).add_columns(Consent)
    return [for_export(card, consent) for card, consent in db.session.execute(found)]


def search_people(typed: str) -> list[Person]:
    """Return the members whose name or community matches what was typed, in the order of names.

    Words match as in the contact book: prefixes, in any alphabet, with one typo forgiven.
    """
    seated = (Member.event_id == visitor.event_id, Member.left_at.is_(None))
    rows = db.session.execute(select(Member, Card).outerjoin(Card, Card.member_id == Member.id).where(*seated))
    words = query_words(typed)
    found = [Person(*row) for row in rows if has_all_words(words, _indexed(row.Member))]
    return sorted(found, key=lambda each: (collated(each.member.name), each.member.id))


def _indexed(member: Member) -> str:
    return indexed_words(f"{member.name} {member.community}")


def get_person(member_id: int) -> Member:
    """Return the member of this event with the id. Refuses with `NotFound`, also for one who has left."""
    person = find(Member, member_id)
    if person.left_at:
        raise NotFound
    return person


def _count(*conditions: object) -> int:
    return db.session.scalar(select(func.count()).where(*conditions)) or 0  # type: ignore[arg-type]


def _yes_or_no(value: bool) -> str:
    return str(gettext("yes") if value else gettext("no"))


def _words(moment: datetime | None) -> str:
    """A moment in the event's zone, as date with year and time."""
    if moment is None:
        return ""
    local = visitor.event.local(moment)
    return f"{format_date(local.date(), 'medium')}, {local:%H:%M}"
