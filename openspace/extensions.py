"""The Flask extensions, created here and bound to the app in `create_app`; and the base class of all tables."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_socketio import SocketIO
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, MetaData
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator


class Base(DeclarativeBase):
    """The base of all tables. Constraints get names, by which migrations find them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)

if TYPE_CHECKING:
    # mypy cannot follow the class that Flask-SQLAlchemy builds at run time.
    class Model(Base):
        __abstract__ = True
else:
    Model = db.Model


class UtcDateTime(TypeDecorator[datetime]):
    """A column of aware datetimes, stored in UTC. SQLite alone would return naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


babel = Babel()
csrf = CSRFProtect()
# `access` sets the function that returns the key under which a request is counted.
limiter = Limiter(key_func=lambda: current_app.extensions["requester"]())  # noqa: PLW0108  # the app is known later
# The limit for writes that a person makes now and then.
SELDOM = "20 per minute"
socketio = SocketIO()


def base_url() -> str:
    """Return the public address of this installation, without a slash at the end.

    It is the configured one, else the one at which the event's first organiser came. Only if both are missing it is the
    host of the request, which a client can forge.
    """
    from flask import g, request

    pinned = visitor.event_snapshot.address if (visitor := g.get("visitor")) else ""
    configured: str = current_app.config["BASE_URL"]
    return configured or pinned or request.host_url.rstrip("/")
