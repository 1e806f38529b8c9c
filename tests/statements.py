"""What is said to the database: the statements that a test counts or puts in order."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from openspace.extensions import db


@contextmanager
def listened(app: Flask) -> Iterator[list[str]]:
    """Within, every statement of any session is added to the list, and COMMIT and ROLLBACK too."""
    said: list[str] = []

    def note(connection, cursor, statement, parameters, context, executemany) -> None:
        said.append(" ".join(statement.split()))

    def committed(connection) -> None:
        said.append("COMMIT")

    def rolled_back(connection) -> None:
        said.append("ROLLBACK")

    with app.app_context():
        engine = db.engine
    heard = {"before_cursor_execute": note, "commit": committed, "rollback": rolled_back}
    for name, listener in heard.items():
        event.listen(engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in heard.items():
            event.remove(engine, name, listener)
