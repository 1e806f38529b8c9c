"""Search on SQLite: FTS5 (https://sqlite.org/fts5.html) for prefixes of words, its trigram index for parts of them."""

from collections.abc import Sequence

from sqlalchemy import text

from openspace.extensions import db

# CROSS JOIN makes the planner begin with the index; else it may walk all cards and look each of them up in the index.
_PREFIXES = text(
    "SELECT card.member_id FROM card_words CROSS JOIN card ON card.member_id = card_words.rowid"
    " WHERE card_words MATCH :query AND card.event_id = :event_id"
    " ORDER BY bm25(card_words, 10.0, 1.0), card.sort_key"
)
_PIECES = text(
    "SELECT card.member_id, card_pieces.words FROM card_pieces CROSS JOIN card ON card.member_id = card_pieces.rowid"
    " WHERE card_pieces MATCH :query AND card.event_id = :event_id ORDER BY card.sort_key"
)


def find_prefixes(event_id: int, words: Sequence[Sequence[str]]) -> list[int]:
    """Return the ids of members on whose cards every word of the query is a prefix, in one of its spellings.

    Best first; a match in the name counts most.
    """
    query = " AND ".join("(" + " OR ".join(f'"{spelling}"*' for spelling in word) + ")" for word in words)
    return list(db.session.scalars(_PREFIXES, {"query": query, "event_id": event_id}))


def find_pieces(event_id: int, pieces: Sequence[str]) -> dict[int, str]:
    """Return the indexed words of the cards that contain one of the pieces, by member id, in the order of names."""
    query = " OR ".join(f'"{piece}"' for piece in pieces)
    return dict(db.session.execute(_PIECES, {"query": query, "event_id": event_id}).all())


def index(member_id: int, name: str, rest: str) -> None:
    """Index a card by its name and the rest of its words, in place of its earlier content."""
    forget(member_id)
    row = {"id": member_id, "name": name, "rest": rest, "words": f" {name} {rest}"}
    db.session.execute(text("INSERT INTO card_words (rowid, name, rest) VALUES (:id, :name, :rest)"), row)
    db.session.execute(text("INSERT INTO card_pieces (rowid, words) VALUES (:id, :words)"), row)


def purge() -> None:
    """Rewrite the index: until then, the words of deleted cards are still in the file, though no search finds them."""
    for table in ("card_words", "card_pieces"):
        db.session.execute(text(f"INSERT INTO {table} ({table}) VALUES ('optimize')"))  # noqa: S608  # our own names


def forget(member_id: int) -> None:
    """Delete a card from the index."""
    for table in ("card_words", "card_pieces"):
        db.session.execute(text(f"DELETE FROM {table} WHERE rowid = :id"), {"id": member_id})  # noqa: S608  # our own names
