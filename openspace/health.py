"""Whether this server can serve: for the load balancer and for whoever watches."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from openspace import database

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 when the database answers and its tables are current, else 503."""
    fine = database.is_current()
    return jsonify(database="current" if fine else "needs an upgrade"), 200 if fine else 503
