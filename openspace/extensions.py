"""The Flask extensions, made here once and bound to the app in `create_app`."""

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
    """Named constraints, so that a migration can find them again on both databases."""

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
    """An aware time, kept in UTC; SQLite would otherwise hand back a naive one."""

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
# Whom it counts is for the guards to say: they know the member.
limiter = Limiter(key_func=lambda: current_app.extensions["requester"]())  # noqa: PLW0108  # the app is known later
# What one person changes now and then.
SELDOM = "20 per minute"
socketio = SocketIO()


def base_url() -> str:
    """The address under which people reach this installation, without a slash at its end.

    It is the configured one, else that at which the event's first organiser came. Only where both are missing it is
    what the request says, which whoever sends one can choose.
    """
    from flask import g, request

    pinned = visitor.event_snapshot.address if (visitor := g.get("visitor")) else ""
    configured: str = current_app.config["BASE_URL"]
    return configured or pinned or request.host_url.rstrip("/")
