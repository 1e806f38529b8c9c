"""Open Space: the companion web app for open-space conferences."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

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
    from openspace.web import assets, cookies, errors, http, i18n

    app.jinja_env.filters["tint"] = tint
    http.init_app(app)
    health.init_app(app)
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
    # Imported for what they register: what becomes of the rows of members who leave or are merged, the views of another
    # module's blueprint, and jobs.
    import openspace.announcements.belongings
    import openspace.announcements.steps
    import openspace.backups.nightly
    import openspace.board.belongings
    import openspace.board.steps
    import openspace.console.belongings
    import openspace.contacts.belongings
    import openspace.contacts.notices
    import openspace.demo.jobs
    import openspace.exports.belongings
    import openspace.exports.jobs
    import openspace.jobs.housekeeping
    import openspace.journal.belongings
    import openspace.notes.belongings
    import openspace.notes.jobs
    import openspace.organising.entrance_views
    import openspace.organising.steps
    import openspace.petitions.belongings
    import openspace.petitions.steps
    import openspace.phases.steps
    import openspace.pitching.belongings
    import openspace.pitching.steps
    import openspace.screens.steps
    import openspace.stories.belongings
    import openspace.stories.jobs
    import openspace.stories.series_jobs
    import openspace.uploads.belongings
    import openspace.uploads.jobs  # noqa: F401
    from openspace.access import (
        credential_views,
        front_views,
        link_views,
        notice_views,
        security_views,
        views as access,
    )
    from openspace.announcements import views as announcements
    from openspace.board import (
        downloads,
        interest_views,
        merge_views,
        placement_views,
        screen_views,
        topic_views,
        views as board,
    )
    from openspace.console import (
        lock_views as console_locks,
        time_views as console_times,
        topic_views as console_topics,
        views as console,
    )
    from openspace.contacts import card_views, exchange_views, vcard_views, views as contacts
    from openspace.demo import views as demo
    from openspace.exports import (
        calendar_views,
        paper_views,
        room_views,
        schedule_views,
        session_views,
        views as exports,
    )
    from openspace.live import views as live
    from openspace.news import views as news
    from openspace.notes import (
        asking_views as askings,
        attendance_views as attendance,
        butterfly_views as butterflies,
        history_views as note_history,
        step_views as note_steps,
        views as notes,
    )
    from openspace.organising import guide_views, settings_views, setup_views
    from openspace.people import identity_views, views as people
    from openspace.petitions import decision_views as decisions, views as petitions
    from openspace.phases import views as phases
    from openspace.pitching import claim_views, microphone_views, views as pitching
    from openspace.screens import hall_views, views as screens
    from openspace.serving import health
    from openspace.stories import (
        downloads as story_downloads,
        film_views,
        mark_views,
        media_views,
        moderation_views,
        publication_views,
        series_views,
        slides_views,
        views as stories,
    )
    from openspace.uploads import views as uploads

    for module in (
        front_views,
        setup_views,
        settings_views,
        guide_views,
        access,
        credential_views,
        link_views,
        security_views,
        notice_views,
        announcements,
        board,
        topic_views,
        placement_views,
        merge_views,
        interest_views,
        screen_views,
        downloads,
        console,
        console_topics,
        console_times,
        screens,
        phases,
        hall_views,
        console_locks,
        petitions,
        decisions,
        contacts,
        card_views,
        exchange_views,
        vcard_views,
        stories,
        mark_views,
        media_views,
        pitching,
        microphone_views,
        claim_views,
        uploads,
        moderation_views,
        slides_views,
        series_views,
        film_views,
        publication_views,
        story_downloads,
        notes,
        note_steps,
        attendance,
        butterflies,
        askings,
        note_history,
        news,
        room_views,
        schedule_views,
        calendar_views,
        paper_views,
        exports,
        session_views,
        live,
        people,
        identity_views,
        demo,
        health,
    ):
        app.register_blueprint(module.blueprint)
