"""Guards of views: blueprints that load the visitor of a request, and checks of what the visitor may do and find."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access import attempts, codes
from openspace.access.browser_seats import seat_hashes
from openspace.access.models import Role
from openspace.access.rules import new_key, read_code
from openspace.access.snapshots import Snapshots, read_snapshots
from openspace.access.visitor import Visitor, visitor
from openspace.access.wanted import refuse_stranger
from openspace.events.models import Event
from openspace.extensions import Model, db
from openspace.web.errors import NotAllowed, NotFound, NotJoined, OtherMember
from openspace.web.http import SAFE_METHODS, no_store

View = Callable[..., ResponseReturnValue]
M = TypeVar("M", bound=Model)

_ONLY = {
    Role.PARTICIPANT: NotJoined.words,
    Role.FACILITATOR: _l("Only facilitators can do this."),
    Role.ORGANISER: _l("Only the organisers can do this."),
}


class Readers(StrEnum):
    """Who may read what a view answers; of a view with a guard of this module, the guard says it (`readers_of`)."""

    ORGANISERS = "organisers"
    FACILITATORS = "facilitators"
    MEMBERS = "members"
    # Members, and everybody while the board is public.
    BOARD = "board"
    # The same, and whoever has the event's key in the address, as conference apps do.
    KEY = "key"
    # Whoever has an address that nobody can guess.
    ADDRESS = "address"
    # Everybody, once organisers have published it.
    PUBLISHED = "published"

    @classmethod
    def of(cls, role: Role) -> "Readers":
        """Those who have at least this role."""
        return {Role.ORGANISER: cls.ORGANISERS, Role.FACILITATOR: cls.FACILITATORS}.get(role, cls.MEMBERS)


def readers_of(endpoint: str) -> Readers | None:
    """Who may read what the view answers; None if no guard of this module stands before it."""
    return getattr(current_app.view_functions[endpoint], "readers", None)


def event_blueprint(
    name: str,
    module: str,
    *,
    channel: Callable[[], str] = lambda: "",
    code_view: str = "",
    is_personal: bool = False,
    of_events: bool = True,
    of_offices: bool = False,
) -> Blueprint:
    """A blueprint whose addresses begin with an event's slug; its views ask `visitor` for the event and the member.

    It is `of_events`, `of_offices` of programmes, or of both. Of offices alone, its addresses begin with `/programmes`.

    `channel()` names the live channel whose revision the visitor has. At `code_view` the address may begin with the
    event's code instead of its slug, as a projector shows it, and leads to the entrance. Pages of a blueprint that
    `is_personal` are kept by no browser.
    """
    blueprint = Blueprint(name, module, url_prefix="/<event>" if of_events else "/programmes/<event>")
    if is_personal:
        blueprint.after_request(no_store)

    @blueprint.url_value_preprocessor
    def load_visitor(endpoint: str | None, values: dict[str, Any] | None) -> None:
        slug = (values or {}).pop("event", "")
        snapshots = _read_snapshots(slug, channel())
        if snapshots and (of_offices if snapshots.event.is_office else of_events):
            g.visitor = Visitor(snapshots)
            return
        if code_view and endpoint == f"{name}.{code_view}" and 6 <= len(read_code(slug)) <= 8:
            abort(redirect(codes.entrance(slug, lang=request.args.get("lang"))))
        raise NotFound

    @blueprint.url_defaults
    def add_event(endpoint: str, values: dict[str, Any]) -> None:
        if "event" not in values and (present := g.get("visitor")):
            values["event"] = present.slug

    return blueprint


def _read_snapshots(slug: str, channel: str) -> Snapshots | None:
    if request.method in SAFE_METHODS:
        # A connection of its own, given back at once: a session would keep one, and its view of the data, to the end.
        with db.engine.connect() as connection:
            return read_snapshots(connection, slug, seat_hashes(), channel)
    return read_snapshots(db.session.connection(), slug, seat_hashes(), channel)


def requires(role: Role) -> Callable[[View], View]:
    """Let a view run for members with at least this role. Refuses with `NotJoined` or `NotAllowed`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if visitor.member_snapshot is None:
                refuse_stranger()
            if not visitor.member_snapshot.is_at_least(role):
                raise NotAllowed(_ONLY[role])
            return view(*args, **kwargs)

        guarded.readers = Readers.of(role)  # type: ignore[attr-defined]
        return guarded

    return guard


def sees_board(view: View) -> View:
    """Let a view run for members, and for everybody if the event's board is public. Refuses with `NotJoined`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if visitor.member_id is None and not visitor.event_snapshot.is_public:
            refuse_stranger()
        return view(*args, **kwargs)

    guarded.readers = Readers.BOARD  # type: ignore[attr-defined]
    return guarded


def signs_in(view: View) -> View:
    """Mark a view that signs the browser in. Its stored answer is for the browser, because no member has asked yet."""
    view.signs_in = True  # type: ignore[attr-defined]
    return view


def find(model: type[M], ident: int) -> M:
    """The row of the visitor's event with this id. Refuses with `NotFound`, also for a row of another event."""
    row = db.session.get(model, ident)
    if row is None or cast(Any, row).event_id != visitor.event_id:
        raise NotFound
    return row


def event_projected(key: str) -> Event:
    """The visitor's event, if this is its projector's key. Refuses with `NotFound`."""
    if key != visitor.event.projector_key:
        raise NotFound(_l("This link for the projector has been replaced. The organisers have the new one."))
    return visitor.event


def requester() -> str:
    """The key that rate limits count under: the member, else the client. No header can change it."""
    return f"member {visitor.member_id}" if visitor and visitor.member_id else attempts.client()


def check_whose_page() -> None:
    """Refuse with `OtherMember` what a script sends from a page of another member; X-Member says whose page it is."""
    sent = request.headers.get("X-Member")
    if sent and visitor and visitor.member_id and sent != f"{visitor.slug}-{visitor.member_id}":
        raise OtherMember


def render_from_snapshots(template: str, **facts: Any) -> str:
    """Render a template whose `event` and `member` are the visitor's snapshots, so that nothing is loaded for it."""
    g.needs_no_rows = True
    try:
        return render_template(template, **facts)
    finally:
        g.pop("needs_no_rows", None)


def init_app(app: Flask) -> None:
    """Give templates and rate limits the visitor, and refuse writes from pages of another member."""
    app.jinja_env.globals |= {"new_key": new_key, "Role": Role}
    app.extensions["requester"] = requester
    app.before_request(check_whose_page)
    app.context_processor(_about_visitor)


def _about_visitor() -> dict[str, Any]:
    """The variables of every template. Error pages get snapshots, which never ask the database."""
    # Read from `g`, which is quicker than the proxy `visitor`: a page may be made of hundreds of small templates.
    present: Visitor | None = g.get("visitor")
    if present is None:
        return {"event": None, "member": None, "is_facilitator": False, "is_organiser": False, "audience": "public"}
    if g.get("is_error_page") or g.get("needs_no_rows"):
        found: dict[str, Any] = {"event": present.event_snapshot, "member": present.member_snapshot}
    else:
        found = {"event": present.event, "member": present.member_or_none}
    return {
        **found,
        "is_facilitator": present.is_facilitator,
        "is_organiser": present.is_organiser,
        "audience": present.audience,
    }
