"""The one doorway: which event, which member, what they may do, and what they can find."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, NamedTuple, TypeVar, cast

from flask import Blueprint, Flask, abort, current_app, g, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import contains_eager

from openspace.access import attempts, seats
from openspace.access.glance import Glance, SeenEvent, SeenMember, glance
from openspace.access.models import Member, Role, Seat
from openspace.access.rules import codes_read, hashed, long_code, new_key, read_code
from openspace.events.models import Event
from openspace.extensions import Model, db
from openspace.live.fragments import Listener
from openspace.web.errors import NotAllowed, NotFound, NotJoined, OtherMember, wants_json
from openspace.web.http import SAFE_METHODS, no_store, url_in_header

View = Callable[..., ResponseReturnValue]
M = TypeVar("M", bound=Model)

_ONLY = {
    Role.PARTICIPANT: NotJoined.words,
    Role.FACILITATOR: _l("Only facilitators can do this."),
    Role.ORGANISER: _l("Only the organisers can do this."),
}


_SEATED = and_(Member.id == Seat.member_id, Member.event_id == Event.id, Member.left_at.is_(None))
_EVENT_AND_MEMBER = (
    select(Event, Member)
    .select_from(Event)
    .outerjoin(Seat, Seat.token_hash == bindparam("seat"))
    .outerjoin(Member, _SEATED)
    .where(Event.slug == bindparam("slug"))
)


class EventSnapshot(NamedTuple):
    """What an error page shows of the event. Plain values, so that reading them never asks the database."""

    slug: str
    name: str
    languages: list[str]
    is_public: bool


class Snapshot(NamedTuple):
    """The event of the request and who is asking, as they were when the request began."""

    event: EventSnapshot
    member: SeenMember | None


def event_blueprint(
    name: str, module: str, *, glances: dict[str, Callable[[], str]] | None = None, is_personal: bool = False
) -> Blueprint:
    """A blueprint whose addresses begin with the event; its views find the event through `current_event`.

    To the views in `glances` a glance is enough, with the channel that is told there ("": it is not enough), at whoever
    may see the board; they find it through `seen`. Pages that are `personal` no browser keeps.
    """
    blueprint = Blueprint(name, module, url_prefix="/<event>")
    if is_personal:
        blueprint.after_request(no_store)
    enough = {f"{name}.{view}": channel for view, channel in (glances or {}).items()}

    @blueprint.url_value_preprocessor
    def load_event(endpoint: str | None, values: dict[str, Any] | None) -> None:
        slug = (values or {}).pop("event", "")
        told = enough.get(endpoint or "")
        if told and (channel := told()):
            g.seen = _glance(slug, channel)
        if was_seen():
            _keep_snapshot(seen().event, seen().member)
        else:
            _load(slug)

    @blueprint.url_defaults
    def add_event(endpoint: str, values: dict[str, Any]) -> None:
        if "event" not in values and (slug := _slug()):
            values["event"] = slug

    return blueprint


def _slug() -> str | None:
    """The address of the request's event. On an error page its row may not be read any more."""
    if g.get("is_error_page"):
        return kept.event.slug if (kept := snapshot()) else None
    return event.slug if (event := known_event()) else None


def _load(slug: str) -> None:
    """Find the event and the member of the request. Refuses with `NotFound`."""
    g.event, g.member = _event_called(slug)
    member = g.member
    _keep_snapshot(g.event, member and SeenMember(member.id, member.name, member.role, member.notices_at))


def _keep_snapshot(event: Event | SeenEvent, member: SeenMember | None) -> None:
    name = getattr(event, "name", "")
    g.snapshot = Snapshot(EventSnapshot(event.slug, name, event.languages, event.is_public), member)


def snapshot() -> Snapshot | None:
    """The plain facts of the request that an error page shows; None outside an event, or if none was found."""
    return cast("Snapshot | None", g.get("snapshot"))


def _glance(slug: str, channel: str) -> Glance | None:
    if request.method in SAFE_METHODS:
        # A session would keep the connection, and the moment it reads, until the request ends.
        with db.engine.connect() as connection:
            return glance(connection, slug, _seats(), channel)
    return glance(db.session.connection(), slug, _seats(), channel)


def _event_called(slug: str) -> tuple[Event, Member | None]:
    """The event with this address, and who of it is asking: one query, for every page begins with it."""
    # One for each seat, as in a glance.
    for seat in _seats() or [""]:
        found = db.session.execute(_EVENT_AND_MEMBER, {"slug": slug, "seat": seat}).first()
        if found is None or found.Member:
            break
    if found:
        return found.Event, found.Member
    # The short address on the projector: the code alone.
    if request.endpoint == "board.show" and 6 <= len(read_code(slug)) <= 8:
        by_code = event_with_code(slug)
        lang = request.args.get("lang")
        abort(redirect(url_for("access.join", event=by_code.slug, code=by_code.join_code, lang=lang)))
    raise NotFound


def event_with_code(typed: str) -> Event:
    """The event to which a typed code leads. Refuses with `NotFound`, which counts as a wrong guess."""
    with attempts.CODES.attempt():
        found = db.session.scalar(select(Event).where(Event.join_code.in_(codes_read(typed))).limit(1))
        if found is None:
            raise NotFound
        return found


def event_long_code(event: Event) -> str:
    """The code in the event's QR code: too long to be guessed, and so not slowed down when somebody guesses."""
    return long_code(event.join_code, current_app.config["SECRET_KEY"])


def _seats() -> list[str]:
    return [hashed(token) for token in (session.get("seats") or {}).values()]


def seen() -> Glance:
    """What was seen of the event and of who is asking, in a view to which a glance was enough (`was_seen`)."""
    return cast(Glance, g.seen)


def was_seen() -> bool:
    """Whether a glance was enough until now."""
    return g.get("seen") is not None


def known_event() -> Event | SeenEvent | None:
    """The event of the request as far as it is known, if it has one."""
    return g.event if "event" in g else seen().event if was_seen() else None


def current_event() -> Event:
    """The event that the address names."""
    if "event" not in g:
        # A glance was enough until now.
        _load(seen().event.slug)
    return cast(Event, g.event)


def current_member() -> Member | None:
    """The member of the current event who is asking, if anybody is."""
    if not has_request_context() or known_event() is None:
        return None
    event = current_event()
    if "member" not in g:
        g.member = member_seated(event)
    return cast("Member | None", g.member)


def known_member() -> Member | SeenMember | None:
    """The member who is asking as far as they are known, if anybody is."""
    return seen().member if was_seen() else current_member()


def member_seated(event: Event) -> Member | None:
    """The member as whom this browser is signed in to the event, whether or not the address names that event."""
    token = seat_token(event.id)
    return db.session.scalar(seats.holder(event.id, token)) if token else None


def members_seated() -> list[Member]:
    """Everybody as whom this browser is signed in, in whichever event, the latest event first."""
    seated = select(Member).join(Seat, Seat.member_id == Member.id).where(Seat.token_hash.in_(_seats()))
    found = seated.join(Member.event).where(Member.left_at.is_(None)).options(contains_eager(Member.event))
    return list(db.session.scalars(found.order_by(Event.starts_on.desc(), Event.id)))


def event_creator() -> Member | None:
    """The organiser who is asking, if organisers may create events here without a setup link (`OPENSPACE_EVENTS`)."""
    if current_app.config["EVENTS"] != "organisers":
        return None
    return next((member for member in members_seated() if member.role == Role.ORGANISER), None)


def seat_token(event_id: int) -> str:
    """The token of this browser's seat in the event; empty without one."""
    token: str = (session.get("seats") or {}).get(str(event_id), "")
    return token


def me() -> Member:
    """The member who is asking. Refuses with `NotJoined`."""
    member = current_member()
    if member is None:
        if not wants_json():
            remember_wanted_page()
        raise NotJoined
    return member


def remember_wanted_page() -> None:
    """Keep which page is wanted, or from which page something was sent, until `wanted_page` asks for it."""
    is_page = request.method == "GET"
    session["wanted"] = request.full_path.rstrip("?") if is_page else url_in_header("Referer").path


def wanted_page() -> str | None:
    """The page of this event that somebody wanted to see before they had a seat, such as a topic's QR code; once."""
    wanted = session.pop("wanted", "")
    return wanted if wanted.startswith(f"/{current_event().slug}/") else None


def take_seat(member: Member, *, confirmed_at: datetime | None = None, by_link: bool = False) -> str:
    """Sign this browser in as the member, and return its new token; the one it had here is worth nothing now.

    `confirmed_at` is when the person proved who they are, with a password or a link, and `by_link` whether with a
    one-time link.
    """
    seats.end(seat_token(member.event_id))
    session.permanent = True
    token = seats.give(member, confirmed_at=confirmed_at, by_link=by_link)
    session["seats"] = {**(session.get("seats") or {}), str(member.event_id): token}
    g.pop("member", None)
    return token


def give_up_seat(event: Event) -> None:
    """Sign this browser out of the event; a copy of its cookie signs nobody in any more."""
    seats.end(seat_token(event.id))
    session["seats"] = {k: v for k, v in (session.get("seats") or {}).items() if k != str(event.id)}
    g.pop("member", None)


def requires(role: Role) -> Callable[[View], View]:
    """Let a view run for members with at least this role. Refuses with `NotJoined` or `NotAllowed`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not (known_member() or me()).is_at_least(role):
                raise NotAllowed(_ONLY[role])
            return view(*args, **kwargs)

        return guarded

    return guard


def signs_in(view: View) -> View:
    """Mark a view that signs the browser in: its kept answer belongs to the browser, not to a member."""
    view.signs_in = True  # type: ignore[attr-defined]
    return view


def sees_board(view: View) -> View:
    """Let a view run for members, and for everybody if the event's board is public. Refuses with `NotJoined`."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        # Else the glance has let them in.
        if not was_seen() and not current_event().is_public:
            me()
        return view(*args, **kwargs)

    return guarded


def find(model: type[M], ident: int) -> M:
    """The row of this event with that id. Refuses with `NotFound`, also for one of another event."""
    row = db.session.get(model, ident)
    if row is None or cast(Any, row).event_id != current_event().id:
        raise NotFound
    return row


def audience() -> str:
    """Who reads the page: `members` see people's names, the `public` does not."""
    return "members" if current_member() else "public"


def listener(projector_key: str = "") -> Listener | None:
    """As whom the one who asks would listen to the event's changes; None for not at all."""
    if was_seen():
        member = seen().member
        return Listener(seen().event.id, seen().audience, member.id if member else None)
    event = current_event()
    if seated := current_member():
        return Listener(event.id, "members", seated.id)
    if projector_key and projector_key == event.projector_key:
        return Listener(event.id, "projector")
    return Listener(event.id, "public") if event.is_public else None


def event_projected(key: str) -> Event:
    """The current event, if this is its projector's key. Refuses with `NotFound`."""
    event = current_event()
    if key != event.projector_key:
        raise NotFound(_l("This link for the projector has been replaced. The organisers have the new one."))
    return event


def requester() -> str:
    """Whom a rate limit counts: the member, else the address. What a browser says of itself makes no difference."""
    member = known_member()
    return f"member {member.id}" if member else attempts.client()


def check_whose_page() -> None:
    """Refuse with `OtherMember` what a script sends from a page of another member; X-Member says whose page it is."""
    told = request.headers.get("X-Member")
    event, member = known_event(), known_member()
    if told and event and member and told != f"{event.slug}-{member.id}":
        raise OtherMember


def init_app(app: Flask) -> None:
    """Tell templates and rate limits who is asking, and let no page write for another member than its own."""
    app.jinja_env.globals["new_key"] = new_key
    app.extensions["requester"] = requester
    app.before_request(check_whose_page)

    @app.context_processor
    def who() -> dict[str, Any]:
        if g.get("is_error_page"):
            kept = snapshot()
            return {"event": kept and kept.event, "member": kept and kept.member}
        member = current_member()
        return {
            "event": current_event() if known_event() else None,
            "member": member,
            "is_organiser": member is not None and member.is_at_least(Role.ORGANISER),
            "audience": audience(),
            "Role": Role,
        }
