"""Whether and how this server serves: for the load balancer and for whoever watches."""

import os
import secrets
import time
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import DBAPIError

from openspace.store import database
from openspace.web import metrics
from openspace.web.errors import NotAllowed

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers and its tables are current, else 503."""
    try:
        stands = "current" if database.is_current() else "needs an upgrade"
    except DBAPIError:
        stands = "away"
    return jsonify(database=stands), 200 if stands == "current" else 503


@blueprint.get("/metrics")
def show() -> ResponseReturnValue:
    """What has been counted, as Prometheus reads it: for the holder of the token, without one for this machine."""
    if not _may_watch():
        raise NotAllowed
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        # Several workers: each writes its numbers into this folder, and any of them adds up.
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it has no types
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_watch() -> bool:
    token: str = current_app.config["METRICS_TOKEN"]
    if token:
        return secrets.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # What a proxy hands on comes from this machine too, but not from somebody at it.
    is_proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not is_proxied and ip_address(request.remote_addr or "192.0.2.1").is_loopback


def init_app(app: Flask) -> None:
    """Time every request, and count those under way."""

    @app.before_request
    def begin() -> None:
        g.begun = time.perf_counter()
        metrics.UNDER_WAY.inc()

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        if "begun" in g:
            metrics.UNDER_WAY.dec()
            metrics.REQUESTS.labels(request.endpoint or "").observe(time.perf_counter() - g.pop("begun"))
