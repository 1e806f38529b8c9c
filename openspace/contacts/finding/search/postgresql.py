"""Search on PostgreSQL: full text search for prefixes of words, arrays of trigrams under a GIN index for parts of them.

Not the extension pg_trgm, which not every server has or lets its users add.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from openspace.contacts.finding.spelling import trigrams
from openspace.extensions import db

_PREFIXES = text(
    "SELECT card.member_id FROM card_words JOIN card USING (member_id)"
    " WHERE lexemes @@ to_tsquery('simple', :query) AND card.event_id = :event_id"
    " ORDER BY ts_rank('{0.1, 0.1, 0.1, 1.0}', lexemes, to_tsquery('simple', :query)) DESC, card.sort_key"
)
_PIECES = text(
    "SELECT card.member_id, words FROM card_words JOIN card USING (member_id)"
    " WHERE (pieces @> :first OR pieces @> :second) AND card.event_id = :event_id ORDER BY card.sort_key"
).bindparams(bindparam("first", type_=ARRAY(TEXT)), bindparam("second", type_=ARRAY(TEXT)))
_INDEX = text(
    "INSERT INTO card_words (member_id, words, lexemes, pieces) VALUES (:id, :words,"
    " setweight(to_tsvector('simple', :name), 'A') || setweight(to_tsvector('simple', :rest), 'D'), :pieces)"
).bindparams(bindparam("pieces", type_=ARRAY(TEXT)))


def find_prefixes(event_id: int, words: Sequence[Sequence[str]]) -> list[int]:
    """Return the ids of members on whose cards every word of the query is a prefix, in one of its spellings.

    Best first; a match in the name counts most.
    """
    query = " & ".join("(" + " | ".join(f"'{spelling}':*" for spelling in word) + ")" for word in words)
    return list(db.session.scalars(_PREFIXES, {"query": query, "event_id": event_id}))


def find_pieces(event_id: int, pieces: Sequence[str]) -> dict[int, str]:
    """Return the indexed words of the cards that contain one of the pieces, by member id, in the order of names."""
    first, second = trigrams(pieces[0]), trigrams(pieces[-1])
    rows = db.session.execute(_PIECES, {"first": first, "second": second, "event_id": event_id})
    return dict(rows.all())


def index(member_id: int, name: str, rest: str) -> None:
    """Index a card by its name and the rest of its words, in place of its earlier content."""
    forget(member_id)
    words = f" {name} {rest}"
    row = {"id": member_id, "name": name, "rest": rest, "words": words, "pieces": trigrams(words)}
    db.session.execute(_INDEX, row)


def purge() -> None:
    """Do nothing: autovacuum overwrites deleted rows."""


def forget(member_id: int) -> None:
    """Delete a card from the index."""
    db.session.execute(text("DELETE FROM card_words WHERE member_id = :id"), {"id": member_id})
