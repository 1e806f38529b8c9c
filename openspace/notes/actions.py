"""Writes of notes: saving a paragraph, choosing between two versions, bringing an earlier state back."""

import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select

from openspace.access.models import Member
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import db
from openspace.live import log
from openspace.notes import changes
from openspace.notes.models import (
    Paragraph,
    Version,
    VersionState,
    length_of,
    paragraph_keyed,
    paragraphs_in_order,
    topic_ids,
    version_keyed,
)
from openspace.notes.rules import HELD, LONGEST_NOTES, MOST_RIVALS, Part, merged, with_tables
from openspace.web.errors import NotFound, Problem, Stale

# What is chosen when all versions of a clash are to stay, one below the other.
ALL = "all"
# Between positions nearer than this no further paragraph is put; then all are numbered anew.
NEAREST = 1e-9


class TooMuch(Problem):
    status = 422
    words = _l("These notes have become too long: 80,000 characters fit. Your words are still here.")


class TooManyVersions(Problem):
    status = 409
    words = _l("So many versions of this paragraph wait already. Please choose among them first; yours is still here.")


class Chosen(Stale):
    """The versions of a clash are not those any more between which the person chose."""

    words = _l("Somebody has chosen, or written on, meanwhile. Here is how it stands now.")


class Saved(NamedTuple):
    """What became of what was sent: the version that holds it, and whether it clashes with the paragraph's text."""

    paragraph: Paragraph
    version: Version

    @property
    def is_clash(self) -> bool:
        """Whether it stands beside the paragraph's text until somebody chooses."""
        return self.version.state == VersionState.RIVAL


def save(
    topic: Topic,
    *,
    key: str,
    text: str,
    version: str,
    bases: Sequence[str] = (),
    part: Part = Part.SAID,
    after: str = "",
    by: Member,
) -> Saved | None:
    """Save what `by` wrote in the paragraph with this key, merged with what others saved meanwhile.

    `version` names the text, `bases` the versions it goes on from: the latest sent, of which the answer may be lost,
    down to the last that was answered. The first that is known here is the base of the merge. A version that is known
    already is not saved twice. What cannot be merged is kept beside the present text as a rival; who writes on in a
    rival changes that.

    A paragraph that is new stands after the one with the key `after`, or at the end of its `part`; a new one without
    text is not made, and None is returned. Refuses with `TooMuch` when the topic's notes would be too long, and with
    `TooManyVersions` a clash beside so many others.
    """
    log.claim(topic.event_id)
    text = with_tables(text)
    paragraph = paragraph_keyed(topic, key, versions=(version, *bases))
    if paragraph and (known := version_keyed(paragraph, version)):
        return Saved(paragraph, known)
    before = len(paragraph.current.text) if paragraph else 0
    length = length_of(topic)
    if len(text) > before and length.standing + len(text) - before > LONGEST_NOTES:
        raise TooMuch
    if paragraph:
        sent = _merge(paragraph, text, version, version_keyed(paragraph, *bases), by)
    elif text:
        paragraph = _paragraph(topic, key, part, after)
        sent = _version(paragraph, text, version, VersionState.CURRENT, by)
    else:
        return None
    _reread(paragraph)
    changes.words(paragraph, characters=length.texts - before + len(paragraph.current.text))
    return Saved(paragraph, sent)


def _merge(paragraph: Paragraph, text: str, version: str, base: Version | None, by: Member) -> Version:
    current = paragraph.current
    if base and base.state == VersionState.RIVAL:
        base.state = VersionState.PAST
        state = VersionState.PAST if text == current.text else VersionState.RIVAL
        return _version(paragraph, text, version, state, by)
    if base is current or text == current.text:
        return _replace(paragraph, text, version, by)
    result = merged(base.text if base else "", text, current.text)
    if result is None and len(paragraph.rivals) >= MOST_RIVALS:
        raise TooManyVersions
    if result is None:
        return _version(paragraph, text, version, VersionState.RIVAL, by)
    if result == text:
        return _replace(paragraph, text, version, by)
    sent = _version(paragraph, text, version, VersionState.PAST, by)
    if result != current.text:
        _replace(paragraph, result, _new_key(), by)
    return sent


def _replace(paragraph: Paragraph, text: str, version: str, by: Member | None) -> Version:
    paragraph.current.state = VersionState.PAST
    db.session.flush()
    return _version(paragraph, text, version, VersionState.CURRENT, by)


def _version(paragraph: Paragraph, text: str, key: str, state: VersionState, by: Member | None) -> Version:
    made = Version(
        paragraph_id=paragraph.id,
        key=key,
        text=text,
        state=state,
        was_current=state == VersionState.CURRENT,
        by_id=by.id if by else None,
    )
    db.session.add(made)
    db.session.flush()
    _reread(paragraph)
    return made


def _paragraph(topic: Topic, key: str, part: Part, after: str) -> Paragraph:
    """Make a paragraph below the one with the key `after`, or at the end, and put what waited for it below it.

    What somebody writes without a network arrives in any order.
    """
    previous = paragraph_keyed(topic, after) if after else None
    home = previous.topic if previous and previous.part == part else topic
    place = _position(home, part, previous)
    made = Paragraph(topic_id=home.id, topic=home, key=key, part=part, after=after, position=place)
    db.session.add(made)
    db.session.flush()
    _move_below(made, {made})
    return made


def _move_below(paragraph: Paragraph, moved: set[Paragraph]) -> None:
    """Put those that were written below this one there, and below them those that were written below them.

    `moved` are those that stand where they belong already: browsers may name one another's keys in a circle.
    """
    same = (Paragraph.topic_id == paragraph.topic_id, Paragraph.part == paragraph.part)
    above = Paragraph.position < paragraph.position
    found = db.session.scalars(select(Paragraph).where(*same, Paragraph.after == paragraph.key, above)).all()
    for each in found:
        if each in moved:
            continue
        moved.add(each)
        each.position = _position(paragraph.topic, paragraph.part, paragraph)
        db.session.flush()
        changes.paragraph(each)
        _move_below(each, moved)


def _position(topic: Topic, part: Part, previous: Paragraph | None) -> float:
    places = select(Paragraph.position).where(Paragraph.topic_id == topic.id)
    if previous is None or previous.part != part:
        return (db.session.scalar(select(func.max(places.subquery().c.position))) or 0.0) + 1
    below = db.session.scalar(
        places.where(Paragraph.position > previous.position).order_by(Paragraph.position).limit(1)
    )
    if below is None:
        return previous.position + 1
    if below - previous.position < NEAREST:
        _number_anew(topic)
        return _position(topic, part, previous)
    return (previous.position + below) / 2


def _number_anew(topic: Topic) -> None:
    found = select(Paragraph).where(Paragraph.topic_id == topic.id).order_by(Paragraph.position, Paragraph.id)
    for number, paragraph in enumerate(db.session.scalars(found).all(), 1):
        paragraph.position = float(number)
    db.session.flush()
    changes.page(topic)


def choose(paragraph: Paragraph, *, keeps: str, of: Collection[str], by: Member) -> None:
    """End a clash: keep the version with the key `keeps`, or `ALL` of them, each as a paragraph of its own.

    `of` names the versions between which the person chose. Refuses with `Chosen` if others stand there now.
    """
    log.claim(paragraph.topic.event_id)
    standing = {version.key: version for version in paragraph.standing}
    if set(of) != set(standing) or (keeps != ALL and keeps not in standing):
        raise Chosen
    kept, rivals = standing.get(keeps, paragraph.current), paragraph.rivals
    for rival in rivals:
        # It stood on the page: the history shows it, also when it is not kept.
        rival.state, rival.was_current = VersionState.PAST, True
    _replace(paragraph, kept.text, _new_key(), by)
    if keeps == ALL:
        _keep_all(paragraph, [rival for rival in rivals if rival.text])
    _reread(paragraph)
    changes.words(paragraph)


def _keep_all(paragraph: Paragraph, rivals: list[Version]) -> None:
    previous = paragraph
    for rival in rivals:
        previous = _paragraph(paragraph.topic, _new_key(), paragraph.part, previous.key)
        _version(previous, rival.text, _new_key(), VersionState.CURRENT, rival.by)
        changes.words(previous)


def take(paragraph: Paragraph, *, by: Member) -> None:
    """Show for `HELD` seconds that `by` writes in the paragraph. Nobody is kept out by it."""
    log.claim(paragraph.topic.event_id)
    paragraph.hand_id, paragraph.hand_until = by.id, now() + timedelta(seconds=HELD)
    changes.paragraph(paragraph)


def let_go(paragraph: Paragraph, *, by: Member) -> None:
    """Show no more that `by` writes in the paragraph."""
    log.claim(paragraph.topic.event_id)
    if paragraph.hand_id == by.id:
        paragraph.hand_id = paragraph.hand_until = None
        changes.paragraph(paragraph)


def bring_back(topic: Topic, *, revision: int, by: Member) -> None:
    """Let all paragraphs have the text again that they had at this revision, and those end that came later.

    That is a change as any other: what somebody writes meanwhile is merged with it. Refuses with `NotFound` a revision
    that these notes never had.
    """
    log.claim(topic.event_id)
    then = texts_at(topic, revision)
    if not then:
        raise NotFound
    changed: dict[Paragraph, str] = {}
    for paragraph in paragraphs_in_order(topic):
        text = then[paragraph.id].text if paragraph.id in then else ""
        if text != paragraph.current.text:
            changed[paragraph] = text
            paragraph.current.state = VersionState.PAST
    if not changed:
        return
    db.session.flush()
    facts = {"state": VersionState.CURRENT, "was_current": True, "by_id": by.id}
    rows = [{"paragraph_id": each.id, "key": _new_key(), "text": text, **facts} for each, text in changed.items()]
    db.session.execute(insert(Version), rows)
    for paragraph in changed:
        _reread(paragraph)
        changes.paragraph(paragraph)
    changes.written(topic)


def texts_at(topic: Topic, revision: int) -> dict[int, Version]:
    """Return the version of each paragraph that was its text at this revision, by the paragraph's id."""
    latest = (
        select(func.max(Version.id))
        .join(Paragraph)
        .where(Paragraph.topic_id.in_(topic_ids(topic)), Version.was_current, Version.id <= revision)
        .group_by(Version.paragraph_id)
    )
    found = db.session.scalars(select(Version).where(Version.id.in_(latest)))
    return {version.paragraph_id: version for version in found}


def _reread(paragraph: Paragraph) -> None:
    db.session.expire(paragraph, ["standing"])


def _new_key() -> str:
    return secrets.token_hex(16)
