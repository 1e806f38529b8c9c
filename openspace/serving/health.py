"""`/healthz` for load balancers, and `/metrics` for Prometheus."""

import os
import secrets
import time
from contextlib import suppress
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import DBAPIError

from openspace.backups import nightly
from openspace.jobs.models import count_by_state
from openspace.store import database
from openspace.web import metrics
from openspace.web.errors import NotAllowed

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 if the database answers and its tables are current, else 503."""
    try:
        state = "current" if database.is_current() else "needs an upgrade"
    except DBAPIError:
        state = "away"
    return jsonify(database=state), 200 if state == "current" else 503


@blueprint.get("/metrics")
def show() -> ResponseReturnValue:
    """Return all metrics in the text format of Prometheus. Refuses with `NotAllowed`.

    They are for the bearer of `METRICS_TOKEN`; if none is configured, for requests from this machine.
    """
    if not _may_watch():
        raise NotAllowed
    with suppress(DBAPIError):
        for state, count in count_by_state().items():
            metrics.JOBS.labels(state).set(count)
        if current_app.config["BACKUPS"] and (made_at := nightly.last_made_at()):
            metrics.LAST_BACKUP.set(made_at.timestamp())
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Several workers write their numbers into this folder, and each of them can add all up.
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_watch() -> bool:
    token: str = current_app.config["METRICS_TOKEN"]
    if token:
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # A proxy on this machine passes on requests from others.
    is_proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_proxied and ip_address(request.remote_addr or "192.0.2.1").is_loopback


def init_app(app: Flask) -> None:
    """Measure the time of every request, and count those under way."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        metrics.UNDER_WAY.inc()

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if "begun" in g:
            metrics.UNDER_WAY.dec()
            metrics.REQUESTS.labels(request.endpoint or "").observe(time.perf_counter() - g.pop("begun"))
