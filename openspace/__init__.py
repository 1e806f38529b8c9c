"""Open Space: the companion web app for open-space conferences."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

# Imported for what they register: what becomes of the rows of members who leave or are merged, steps of the journal,
# the views of another module's blueprint, and jobs.
_REGISTERING = (
    # First, because it asks what the others are about to delete.
    "book.belongings",
    "announcements.belongings",
    "applications.belongings",
    "announcements.steps",
    "backups.nightly",
    "board.belongings",
    "board.steps",
    "book.jobs",
    "commitments.belongings",
    "commitments.jobs",
    "commitments.notices",
    "commitments.steps",
    "console.belongings",
    "contacts.belongings",
    "contacts.notices",
    "convergence.belongings",
    "demo.jobs",
    "exports.belongings",
    "exports.jobs",
    "jobs.housekeeping",
    "journal.belongings",
    "notes.belongings",
    "notes.jobs",
    "organising.entrance_views",
    "organising.steps",
    "petitions.belongings",
    "petitions.steps",
    "phases.steps",
    "pitching.belongings",
    "pitching.steps",
    "screens.steps",
    "stories.belongings",
    "stories.jobs",
    "stories.series_jobs",
    "uploads.belongings",
    "uploads.jobs",
)
# Each has a blueprint.
_VIEWS = (
    "access.front_views",
    "organising.setup_views",
    "organising.settings_views",
    "organising.guide_views",
    "programmes.founding_views",
    "programmes.views",
    "programmes.call_views",
    "applications.views",
    "applications.reading_views",
    "access.views",
    "access.credential_views",
    "access.link_views",
    "access.security_views",
    "access.notice_views",
    "announcements.views",
    "board.views",
    "board.topic_views",
    "board.placement_views",
    "board.merge_views",
    "board.interest_views",
    "board.screen_views",
    "board.downloads",
    "console.views",
    "console.topic_views",
    "console.time_views",
    "screens.views",
    "phases.views",
    "screens.hall_views",
    "console.lock_views",
    "petitions.views",
    "petitions.decision_views",
    "contacts.views",
    "contacts.card_views",
    "contacts.exchange_views",
    "contacts.vcard_views",
    "stories.views",
    "stories.mark_views",
    "stories.media_views",
    "pitching.views",
    "pitching.microphone_views",
    "pitching.claim_views",
    "uploads.views",
    "stories.moderation_views",
    "stories.slides_views",
    "stories.series_views",
    "stories.film_views",
    "stories.publication_views",
    "stories.downloads",
    "notes.views",
    "notes.photo_views",
    "notes.step_views",
    "notes.attendance_views",
    "notes.butterfly_views",
    "notes.asking_views",
    "notes.history_views",
    "commitments.views",
    "commitments.pledge_views",
    "commitments.outcome_views",
    "commitments.follow_up_views",
    "commitments.address_views",
    "commitments.sharing_views",
    "commitments.moderation_views",
    "news.views",
    "news.photo_views",
    "convergence.views",
    "convergence.console_views",
    "convergence.paper_views",
    "book.views",
    "toolbox.views",
    "toolbox.clock_views",
    "toolbox.own_views",
    "exports.room_views",
    "exports.schedule_views",
    "exports.calendar_views",
    "exports.paper_views",
    "exports.views",
    "exports.session_views",
    "live.views",
    "people.views",
    "people.identity_views",
    "demo.views",
    "serving.health",
)

# Imports stand inside the functions because importing the package must import nothing else: gevent patches first.


def create_app(config: dict[str, Any] | None = None) -> "Flask":
    """Build the app from `config.settings()`, overridden by `config`. Wiring only."""
    from pathlib import Path

    from openspace.config import settings
    from openspace.serving.app import App
    from openspace.web.markup import Unindented

    top = Path(__file__).parents[1]
    app = App(__name__, template_folder=str(top / "templates"), static_folder=None)
    app.config |= settings(Path(config["DATA"]) if config and "DATA" in config else None)
    app.config |= config or {}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindented)
    _set_up_ground(app, top)
    _register_views(app)
    return app


def _set_up_ground(app: "Flask", top: Any) -> None:
    """What every request passes, in the order in which it does."""
    from openspace.access import guards, notice_views, security_log
    from openspace.announcements import fragments as announcements
    from openspace.console import fragments as console
    from openspace.events.rules import tint
    from openspace.extensions import csrf, limiter, socketio
    from openspace.live import sockets
    from openspace.screens import hall_views
    from openspace.serving import health
    from openspace.store import database, media
    from openspace.web import arrivals, assets, cookies, errors, http, i18n

    app.jinja_env.filters["tint"] = tint
    http.init_app(app)
    health.init_app(app)
    arrivals.init_app(app)
    assets.init_app(app, top / "static", top / "templates", i18n.TRANSLATIONS)
    i18n.init_app(app)
    database.init_app(app)
    media.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    errors.init_app(app)
    cookies.init_app(app)
    guards.init_app(app)
    security_log.init_app(app)
    notice_views.init_app(app)
    announcements.init_app(app)
    console.init_app(app)
    hall_views.init_app(app)
    sockets.init_app(app, socketio)


def _register_views(app: "Flask") -> None:
    for name in _REGISTERING:
        import_module(f"openspace.{name}")
    for name in _VIEWS:
        app.register_blueprint(import_module(f"openspace.{name}").blueprint)
