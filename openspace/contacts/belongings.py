"""What becomes of cards, exchanges and wishes when a member leaves, or is made one with another member."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, or_, select, update

from openspace.access import notices
from openspace.access.belongings import Belongings, register
from openspace.access.models import Member
from openspace.contacts import actions, changes
from openspace.contacts.models import Card, Consent, Contact, Line, Photo, Wish, card_of
from openspace.contacts.rules import FIELDS, Visibility
from openspace.extensions import db

LONGEST_NOTE = 1000


def leave(member: Member) -> None:
    """Delete the member's card, exchanges and wishes; that a consent was given and has ended stays."""
    actions.delete_cards([member])


def merge(kept: Member, gone: Member) -> None:
    """Give all that `gone` has in the book to `kept`. What both have is merged.

    No field is shown to more people than the owner of its card agreed to.
    """
    known = _mutual(kept) | _mutual(gone)
    met = _rename(Contact, kept, gone, _merge_contacts) | _rename(Wish, kept, gone, _merge_wishes)
    _announce_mutual(kept, _mutual(kept) - known)
    _merge_cards(kept, gone)
    db.session.execute(update(Consent).where(Consent.member_id == gone.id).values(member_id=kept.id))
    db.session.flush()
    others = list(db.session.scalars(select(Member).where(Member.id.in_([kept.id, *met])).order_by(Member.id)))
    for member in others:
        notices.recount(member)
    changes.room(kept.event_id)


def _rename(table: Any, kept: Member, gone: Member, join: Callable[[Any, Any], None]) -> set[int]:
    """Replace `gone` by `kept` in all rows of a table of pairs, joining rows that become equal.

    Returns the ids of the other members in these rows.
    """
    rows = db.session.scalars(select(table).where(or_(table.member_id == gone.id, table.other_id == gone.id))).all()
    for row in rows:
        pair = tuple(kept.id if ident == gone.id else ident for ident in (row.member_id, row.other_id))
        known = db.session.get(table, pair)
        if known is None and pair[0] != pair[1]:
            row.member_id, row.other_id = pair
            continue
        if known is not None:
            join(known, row)
        db.session.delete(row)
    db.session.flush()
    return {ident for row in rows for ident in (row.member_id, row.other_id)} - {gone.id}


def _merge_contacts(known: Contact, other: Contact) -> None:
    """Keep the time and place of the earlier exchange, and both notes."""
    if other.at < known.at:
        known.at, known.place = other.at, other.place or known.place
    notes = dict.fromkeys(note for note in (known.note, other.note) if note)
    known.note = "\n".join(notes)[:LONGEST_NOTE]
    known.is_news = known.is_news and other.is_news


def _merge_wishes(known: Wish, other: Wish) -> None:
    """Keep `meet` if either of the two wishes says so."""
    known.kind = "meet" if "meet" in {known.kind, other.kind} else known.kind
    known.is_news = known.is_news or other.is_news


def _mutual(member: Member) -> set[int]:
    """The ids of members with whom the wish to meet is mutual."""
    wanted = select(Wish.other_id).where(Wish.member_id == member.id, Wish.kind == "meet")
    return set(
        db.session.scalars(
            select(Wish.member_id).where(Wish.other_id == member.id, Wish.kind == "meet", Wish.member_id.in_(wanted))
        )
    )


def _announce_mutual(member: Member, others: set[int]) -> None:
    """Mark wishes that became mutual by the merge as news for both."""
    between = or_(
        and_(Wish.member_id == member.id, Wish.other_id.in_(others)),
        and_(Wish.other_id == member.id, Wish.member_id.in_(others)),
    )
    db.session.execute(update(Wish).where(between).values(is_news=True))


def _merge_cards(kept: Member, gone: Member) -> None:
    """Leave one card: the one in the book, else that of `kept`. Its empty fields are filled from the other card."""
    theirs = card_of(gone.id)
    if theirs is None:
        return
    mine = card_of(kept.id)
    first, second = (theirs, mine) if mine is None or _comes_first(theirs, mine) else (mine, theirs)
    fields, visibilities = _filled(first, second)
    picture = _picture(first) or (_picture(second) if second else None)
    code, until = first.code, first.in_book_until
    if second is not None:
        actions.end_consents(second.member_id)
    db.session.delete(theirs)
    db.session.flush()
    card = mine or actions.ensure_card(kept)
    card.code, card.in_book_until = code, until
    actions.set_visibilities(card, visibilities, by=kept)
    actions.write(card, by=kept, **fields)
    actions.put_photo(card, picture, by=kept)


def _comes_first(card: Card, other: Card) -> bool:
    if card.is_in_book != other.is_in_book:
        return card.is_in_book
    return other.is_blank and not card.is_blank


def _filled(first: Card, second: Card | None) -> tuple[dict[str, Any], dict[str, Visibility]]:
    """The values of `first` filled up from `second`, and their visibilities.

    A field from `second` becomes visible to nobody if the consent for `first` covers more than the one for `second`.
    """
    fields, visibilities = {}, {}
    for name in FIELDS:
        source = first if first.value(name) or second is None else second
        fields[name] = source.value(name)
        is_agreed = source is first or _agreed(first) <= _agreed(source)
        visibilities[name] = source.visibility(name) if is_agreed else Visibility.NOBODY
    # The photo is copied by `put_photo`.
    del fields["photo"]
    return fields, visibilities


def _agreed(card: Card) -> set[str]:
    """What the owner's present consent covers: `book`, `card`, `details` and `name`, or nothing."""
    given = db.session.scalar(select(Consent).where(Consent.member_id == card.member_id, Consent.ended_at.is_(None)))
    if given is None or not card.is_in_book:
        return set()
    agreed = {
        "book": True,
        "card": given.exports_card,
        "details": given.exports_details,
        "name": given.prints_name,
    }
    return {what for what, is_so in agreed.items() if is_so}


def _picture(card: Card) -> actions.Picture | None:
    photo = db.session.get(Photo, card.member_id) if card.photo else None
    return actions.Picture(card.photo, photo.small, photo.large) if photo else None


register(Belongings((Card, Line, Photo, Consent, Contact, Wish), leave, merge))
