"""Every write is one transaction, and has one effect and one answer however often a phone on a bad network sends it.

The answer to a write that carries a key is kept in the transaction of its effect. When the same browser sends the same
words and files with the same key to the same address again, it is given that answer again.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Response, current_app, request, session
from flask.sessions import session_json_serializer
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import LargeBinary, String, bindparam, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from openspace.access.browser_seats import seat_hashes, take_seat
from openspace.access.models import Seat
from openspace.access.rules import hashed
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import Model, UtcDateTime, db
from openspace.store import transactions
from openspace.web.errors import Busy, Problem

HEADER, FIELD = "Idempotency-Key", "key"
# Printable ASCII. A shorter key could be another person's too; a longer one fits into no column.
_KEY = re.compile(r"[ -~]{16,64}")
KEPT = timedelta(days=2)


class SignedOut(Problem):
    """A form that signed this browser in is sent again after the browser was signed out."""

    status = 409
    words = _l(
        "This form was sent before, and this phone has been signed out since. Your personal link brings you back."
    )


class Answer(Model):
    """The stored answer to a write; its `status` is None while the write is under way."""

    __tablename__ = "answer"

    ident: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(String(500), default="")
    mimetype: Mapped[str] = mapped_column(String(60), default="")
    body: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    # The words for the next page, as JSON.
    flashes: Mapped[str] = mapped_column(default="")
    # The hash of the token with which the write signed the browser in.
    seat: Mapped[str] = mapped_column(String(64), default="")

    def again(self) -> Response:
        """The answer as it was given. Refuses with `SignedOut`."""
        if self.seat:
            self._sign_in_again()
        if self.flashes:
            session["_flashes"] = session_json_serializer.loads(self.flashes)
        response = Response(self.body, self.status or 200, mimetype=self.mimetype)
        if self.location:
            response.headers["Location"] = self.location
        return response

    def _sign_in_again(self) -> None:
        # The token is not kept, so that the browser, whose first answer was lost, gets another one.
        seat = db.session.get(Seat, self.seat)
        if seat is None:
            raise SignedOut
        self.seat = hashed(take_seat(seat.member, confirmed_at=seat.confirmed_at, by_link=seat.by_link))


# By these and not by objects, for every tap carries a key. As SQL, for both databases say it in these words.
_CLAIMED = text(
    "INSERT INTO answer (ident, at, location, mimetype, body, flashes, seat) "
    "VALUES (:ident, :at, '', '', :body, '', '') "
    "ON CONFLICT (ident) DO UPDATE SET at = :at, status = NULL WHERE answer.at < :oldest"
).bindparams(
    bindparam("at", type_=UtcDateTime), bindparam("oldest", type_=UtcDateTime), bindparam("body", type_=LargeBinary)
)
_KEPT = update(Answer.__table__).where(Answer.ident == bindparam("of"))  # type: ignore[arg-type]  # a mapped table


def answer_write(view: Callable[[Any], ResponseReturnValue], *, step: Callable[[], Any] | None = None) -> Response:
    """Run a writing view, and commit the claim of the request's key, what the view did and its answer in one.

    All of it is rolled back if the answer is a refusal. A write that was answered before is not done again: it gets the
    answer it got then. The view is given what `step` returns, which runs before the transaction, and not at all for a
    write that was answered before. Refuses with `Busy` if that answer is forgotten just then, and, after a step, with
    `NotJoined` or `NotAllowed` whoever has lost meanwhile the seat or the role that the guards have seen.
    """
    ident = _ident()
    made, is_answered = None, step is not None and _is_answered(ident)
    if step is not None:
        transactions.let_go()
        made = None if is_answered else step()
        transactions.let_go()
    with transactions.writing():
        if step is not None and visitor:
            visitor.check_again(seat_hashes())
        if ident and not _claim(ident):
            return db.session.get_one(Answer, ident).again()
        if is_answered:
            raise Busy
        before = dict(session)
        response = current_app.make_response(view(made))
        if response.status_code >= 400:
            db.session.rollback()
        elif ident:
            _keep(ident, response, before)
    return response


def forget_old() -> bool:
    """Delete the answers that are no longer kept; returns whether there were any."""
    forgotten = db.session.execute(delete(Answer).where(Answer.at < now() - KEPT))
    return bool(cast(int, forgotten.rowcount))  # type: ignore[attr-defined]  # what a DELETE returns has it


def request_key() -> str:
    """The key under which the write was sent, from its header or its form; empty if it has none that can be used."""
    key = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return key if _KEY.fullmatch(key) else ""


def _ident() -> str:
    """A hash that identifies this write by its key, address, fields, files and sender.

    Empty without a key, or if no cookie tells who sends it."""
    key = request_key()
    if not key or not (whose := _whose()):
        return ""
    whole = [key, request.method, request.full_path, _words(), _files(), whose]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def _words() -> list[tuple[str, str]]:
    """The form's fields sorted by name. Several values of one name, such as the rows of a list, keep their order."""
    words = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return sorted(words, key=lambda word: word[0])


def _whose() -> list[str | int]:
    """The sender, who alone gets the answer again: the random value in the browser's cookie, and the member's id."""
    browser: str = session.get("csrf_token", "")
    if _signs_in():
        return [browser] if browser else []
    member_id = visitor.member_id if visitor else None
    return [browser, member_id or ""] if browser or member_id else []


def _signs_in() -> bool:
    return getattr(current_app.view_functions.get(request.endpoint or ""), "signs_in", False)


def _files() -> list[tuple[str, str, str]]:
    """The field, the name and the SHA-256 of each file, sorted by field; files of one field keep their order.

    Afterwards each file can be read from its beginning."""
    found = []
    for field, file in request.files.items(multi=True):
        # Whoever looked into the file before may have stopped anywhere.
        file.stream.seek(0)
        digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        found.append((field, file.filename or "", digest))
    return sorted(found, key=lambda file: file[0])


def _is_answered(ident: str) -> bool:
    """Whether this write was answered before, and the answer is still kept."""
    kept = select(Answer.ident).where(Answer.ident == ident, Answer.at >= now() - KEPT, Answer.status.is_not(None))
    return bool(ident) and db.session.scalar(kept) is not None


def _claim(ident: str) -> bool:
    """Insert the request's key; False if another request has it. Waits for one that is under way."""
    moment = now()
    claimed = {"ident": ident, "at": moment, "oldest": moment - KEPT, "body": b""}
    return db.session.connection().execute(_CLAIMED, claimed).rowcount == 1


def _keep(ident: str, response: Response, before: dict[str, object]) -> None:
    """Store the answer under the key; if the answer says `no-store`, delete the key instead."""
    if response.cache_control.no_store:
        db.session.execute(delete(Answer).where(Answer.ident == ident))
        return
    answered = {
        "of": ident,
        "status": response.status_code,
        "location": _location(response, before),
        "mimetype": response.mimetype or "",
        # The body of a redirect only repeats where it leads.
        "body": b"" if 300 <= response.status_code < 400 else response.get_data(),
        "flashes": session_json_serializer.dumps(session["_flashes"]) if "_flashes" in session else "",
        "seat": _seat_given(before) if _signs_in() else "",
    }
    db.session.connection().execute(_KEPT, answered)


def _location(response: Response, before: dict[str, object]) -> str:
    """Where the answer leads. A page that was wanted before may have a secret in its address: then to the board."""
    location = response.headers.get("Location", "")
    return f"/{location.split('/')[1]}/" if location and location == before.get("wanted") else location


def _seat_given(before: dict[str, object]) -> str:
    had = cast("dict[str, str]", before.get("seats") or {}).values()
    given = [token for token in (session.get("seats") or {}).values() if token not in had]
    return hashed(given[0]) if given else ""
