"""Search on PostgreSQL: its text search for the beginnings of words, and trigrams for parts of them.

The trigrams are arrays under a GIN index and not the pg_trgm extension, which not every server has or lets one add.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from openspace.contacts.finding.spelling import trigrams
from openspace.extensions import db

_BEGINNING = text(
    "SELECT card.member_id FROM card_words JOIN card USING (member_id)"
    " WHERE lexemes @@ to_tsquery('simple', :query) AND card.event_id = :event_id"
    " ORDER BY ts_rank('{0.1, 0.1, 0.1, 1.0}', lexemes, to_tsquery('simple', :query)) DESC, card.sort_key"
)
_CONTAINING = text(
    "SELECT card.member_id, words FROM card_words JOIN card USING (member_id)"
    " WHERE (pieces @> :first OR pieces @> :second) AND card.event_id = :event_id ORDER BY card.sort_key"
).bindparams(bindparam("first", type_=ARRAY(TEXT)), bindparam("second", type_=ARRAY(TEXT)))
_INDEX = text(
    "INSERT INTO card_words (member_id, words, lexemes, pieces) VALUES (:id, :words,"
    " setweight(to_tsvector('simple', :name), 'A') || setweight(to_tsvector('simple', :rest), 'D'), :pieces)"
).bindparams(bindparam("pieces", type_=ARRAY(TEXT)))


def beginning(event_id: int, words: Sequence[Sequence[str]]) -> list[int]:
    """Who has, of each of these words, a word beginning with one of its spellings; a name before all else."""
    query = " & ".join("(" + " | ".join(f"'{spelling}':*" for spelling in word) + ")" for word in words)
    return list(db.session.scalars(_BEGINNING, {"query": query, "event_id": event_id}))


def containing(event_id: int, pieces: Sequence[str]) -> dict[int, str]:
    """Whose words contain one of these pieces, with those words, in the order of names."""
    first, second = trigrams(pieces[0]), trigrams(pieces[-1])
    rows = db.session.execute(_CONTAINING, {"first": first, "second": second, "event_id": event_id})
    return dict(rows.all())


def index(member_id: int, name: str, rest: str) -> None:
    """Add what a card is found by, in place of what was there."""
    forget(member_id)
    words = f" {name} {rest}"
    row = {"id": member_id, "name": name, "rest": rest, "words": words, "pieces": trigrams(words)}
    db.session.execute(_INDEX, row)


def settle() -> None:
    """Nothing to do: the server vacuums by itself."""


def forget(member_id: int) -> None:
    """Remove it."""
    db.session.execute(text("DELETE FROM card_words WHERE member_id = :id"), {"id": member_id})
