"""Open Space: the companion web app for open-space conferences."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(config: dict[str, Any] | None = None) -> "Flask":
    """Build the app from `config.settings()`, overridden by `config`. Wiring only."""
    # Imported here because importing the package must import nothing else: gevent patches first.
    from pathlib import Path

    from openspace import assets, cookies, database, errors, health, http, i18n
    from openspace.access import (
        credential_views,
        guards,
        notice_views,
        security_log,
        security_views,
        views as access,
    )
    from openspace.board import topic_views, views as board
    from openspace.config import settings
    from openspace.contacts import card_views, exchange_views, views as contacts
    from openspace.demo import views as demo
    from openspace.events import setup_views, views as events
    from openspace.events.rules import tint
    from openspace.exports import contact_views, identity_views, people_views, views as exporting
    from openspace.extensions import csrf, limiter, socketio
    from openspace.live import sockets, views as live
    from openspace.once import App

    top = Path(__file__).parent.parent
    app = App(__name__, template_folder=str(top / "templates"), static_folder=None)
    app.config |= settings(Path(config["DATA"]) if config and "DATA" in config else None)
    app.config |= config or {}
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    app.jinja_env.filters["tint"] = tint

    http.init_app(app)
    health.init_app(app)
    assets.init_app(app, top / "static", top / "templates", i18n.TRANSLATIONS)
    i18n.init_app(app)
    database.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    errors.init_app(app)
    cookies.init_app(app)
    guards.init_app(app)
    security_log.init_app(app)
    notice_views.init_app(app)
    sockets.init_app(app, socketio)

    for module in (
        setup_views,
        events,
        # It adds its views to the blueprint of access.
        credential_views,
        security_views,
        notice_views,
        board,
        topic_views,
        contacts,
        card_views,
        exchange_views,
        live,
        exporting,
        contact_views,
        people_views,
        identity_views,
        demo,
        health,
    ):
        app.register_blueprint(module.blueprint)
    app.register_blueprint(access.links)
    return app
