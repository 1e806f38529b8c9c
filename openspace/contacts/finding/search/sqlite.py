"""Search on SQLite: FTS5 for the beginnings of words, its trigrams for parts of them (https://sqlite.org/fts5.html)."""

from collections.abc import Sequence

from sqlalchemy import text

from openspace.extensions import db

# CROSS JOIN: the index first. Else the planner may walk all cards and ask the index for each of them.
_BEGINNING = text(
    "SELECT card.member_id FROM card_words CROSS JOIN card ON card.member_id = card_words.rowid"
    " WHERE card_words MATCH :query AND card.event_id = :event_id"
    " ORDER BY bm25(card_words, 10.0, 1.0), card.sort_key"
)
_CONTAINING = text(
    "SELECT card.member_id, card_pieces.words FROM card_pieces CROSS JOIN card ON card.member_id = card_pieces.rowid"
    " WHERE card_pieces MATCH :query AND card.event_id = :event_id ORDER BY card.sort_key"
)


def beginning(event_id: int, words: Sequence[Sequence[str]]) -> list[int]:
    """Who has, of each of these words, a word beginning with one of its spellings; a name before all else."""
    query = " AND ".join("(" + " OR ".join(f'"{spelling}"*' for spelling in word) + ")" for word in words)
    return list(db.session.scalars(_BEGINNING, {"query": query, "event_id": event_id}))


def containing(event_id: int, pieces: Sequence[str]) -> dict[int, str]:
    """Whose words contain one of these pieces, with those words, in the order of names."""
    query = " OR ".join(f'"{piece}"' for piece in pieces)
    return dict(db.session.execute(_CONTAINING, {"query": query, "event_id": event_id}).all())


def index(member_id: int, name: str, rest: str) -> None:
    """Add what a card is found by, in place of what was there."""
    forget(member_id)
    row = {"id": member_id, "name": name, "rest": rest, "words": f" {name} {rest}"}
    db.session.execute(text("INSERT INTO card_words (rowid, name, rest) VALUES (:id, :name, :rest)"), row)
    db.session.execute(text("INSERT INTO card_pieces (rowid, words) VALUES (:id, :words)"), row)


def settle() -> None:
    """Write the index anew: until then the words of what was removed stand in the file, though nothing finds them."""
    for table in ("card_words", "card_pieces"):
        db.session.execute(text(f"INSERT INTO {table} ({table}) VALUES ('optimize')"))  # noqa: S608  # our own names


def forget(member_id: int) -> None:
    """Remove it."""
    for table in ("card_words", "card_pieces"):
        db.session.execute(text(f"DELETE FROM {table} WHERE rowid = :id"), {"id": member_id})  # noqa: S608  # our own names
