"""Every write is one transaction, and one effect and one answer however often a phone on a bad network sends it.

The answer to a write that carries a key is kept in the transaction of its effect. Sent again, with the same key and
the same words to the same address by the same person, it is given again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, Response, request, session
from flask.sessions import session_json_serializer
from flask.typing import ResponseReturnValue
from sqlalchemy import LargeBinary, String, bindparam, delete, text, update
from sqlalchemy.orm import Mapped, mapped_column

from openspace.access.guards import known_member
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.http import READING

HEADER, FIELD = "Idempotency-Key", "key"
# A shorter key could be another person's too.
SHORTEST = 16
KEPT = timedelta(days=2)


class Answer(Model):
    """What a write was answered with; without a status while it is under way."""

    __tablename__ = "answer"

    ident: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(500), default="")
    mimetype: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    # The browser's session as the write left it: a seat that was taken, a word for the next page.
    session: Mapped[str] = mapped_column(default="")

    def again(self) -> Response:
        """The same answer."""
        if self.session:
            session.update(session_json_serializer.loads(self.session))
        response = Response(self.body, self.status or 200, mimetype=self.mimetype)
        if self.location:
            response.headers["Location"] = self.location
        return response


# By these and not by objects, for every tap carries a key. As SQL, for both databases say it in these words.
_CLAIMED = text(
    "INSERT INTO answer (ident, at, location, mimetype, body, session) VALUES (:ident, :at, '', '', :body, '') "
    "ON CONFLICT (ident) DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime), bindparam("body", type_=LargeBinary))
_KEPT = update(Answer.__table__).where(Answer.ident == bindparam("of"))  # type: ignore[arg-type]  # a mapped table


class App(Flask):
    """Flask, but that a writing view's transaction ends in one place: with its answer, if that is no refusal."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view of the request."""
        if request.method in READING or request.routing_exception:
            return super().dispatch_request()
        return self._write(super().dispatch_request)

    def _write(self, view: Callable[[], ResponseReturnValue]) -> Response:
        ident = _ident()
        if ident and not _claim(ident):
            return db.session.get_one(Answer, ident).again()
        response = self.make_response(view())
        if response.status_code >= 400:
            db.session.rollback()
            return response
        if ident:
            _keep(ident, response)
        db.session.commit()
        return response


def _ident() -> str:
    """What tells this write from all others; empty if it carries no key."""
    # Putting and deleting twice is the same as once: there only scripts need a key, and make one for each tap.
    key = request.headers.get(HEADER) or (request.form.get(FIELD, "") if request.method == "POST" else "")
    if len(key) < SHORTEST:
        return ""
    member = known_member()
    words = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    whole = [key, request.method, request.full_path, words, member.id if member else ""]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _claim(ident: str) -> bool:
    """Whether this is the first of its kind: whoever sends the same at the same moment waits for it."""
    connection = db.session.connection()
    if ident.startswith("00"):
        connection.execute(delete(Answer).where(Answer.at < now() - KEPT))
    return connection.execute(_CLAIMED, {"ident": ident, "at": now(), "body": b""}).rowcount == 1


def _keep(ident: str, response: Response) -> None:
    answered = {
        "of": ident,
        "status": response.status_code,
        "location": response.headers.get("Location", ""),
        "mimetype": response.mimetype or "",
        "body": response.get_data(),
        "session": session_json_serializer.dumps(dict(session)) if session.modified else "",
    }
    # A view that gives its transaction up, such as one that checks a password, gives the claim up with it. Sent again,
    # it is done again: what was right then need not be right now.
    db.session.connection().execute(_KEPT, answered)
