"""Every setting, read from the environment once, with its default and its meaning; and the private data folder."""

import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

LANGUAGES = ("uk", "en", "de", "ru")
# What the app itself puts into the data folder: the key, the database with what SQLite keeps beside it, and the copy
# of the database made before an upgrade.
OWN_FILES = ("secret_key", "openspace.sqlite*", "openspace.before-upgrade.sqlite*")

logger = logging.getLogger(__name__)


def settings(data: Path | None = None) -> dict[str, Any]:
    """Return the configuration for `create_app`.

    `data` is the data folder (database, secret key); without it `OPENSPACE_DATA`, else `instance`.
    """
    folder = Path(data or os.environ.get("OPENSPACE_DATA") or "instance").resolve()
    make_private(folder)
    base_url = os.environ.get("OPENSPACE_BASE_URL", "").rstrip("/")
    return {
        "DATA": folder,
        "SQLALCHEMY_DATABASE_URI": _database(folder),
        "SECRET_KEY": _secret_key(folder),
        # How the outside reaches this server. Empty: as the request says.
        "BASE_URL": base_url,
        # How many proxies stand in front and say in X-Forwarded-For and -Proto who is asking.
        "PROXIES": int(os.environ.get("OPENSPACE_PROXIES", "0")),
        # Who may create further events without a setup link: "organisers" of an event here, or nobody.
        "EVENTS": os.environ.get("OPENSPACE_EVENTS", "nobody"),
        # Who may read /metrics: the bearer of this token. Empty: whoever is at this machine.
        "METRICS_TOKEN": os.environ.get("OPENSPACE_METRICS_TOKEN", ""),
        # Over HTTPS alone browsers take the prefix; then no other host of the domain can set it (RFC 6265bis).
        "SESSION_COOKIE_NAME": "__Host-openspace" if base_url.startswith("https:") else "openspace",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": base_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=200),
        # A seat cookie is written when somebody sits down, not with every answer.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        # Seconds between two pings to a phone, and until it is given up when it does not answer.
        "PING_INTERVAL": 25,
        "PING_TIMEOUT": 20,
        # Seconds that changes wait for company before one packet goes out.
        "LIVE_TICK": 0.05,
        # Seconds after which a hub looks at the log though nobody woke it.
        "LIVE_HEARTBEAT": 5.0,
    }


def _database(folder: Path) -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        create_private(folder / "openspace.sqlite")
        return f"sqlite:///{folder / 'openspace.sqlite'}"
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def _secret_key(folder: Path) -> str:
    """The key from the environment, else the one in the data folder, made on first use with mode 0600."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    path = folder / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    key = secrets.token_urlsafe(48)
    with os.fdopen(descriptor, "w") as file:
        file.write(key)
    return key


def make_private(folder: Path) -> None:
    """Make the data folder if it is missing, and close it (0700) and our files in it (0600) to other accounts.

    A folder that holds other people's files too, such as /tmp, stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = {path for pattern in OWN_FILES for path in folder.glob(pattern)}
    for path in own:
        _limit(path, 0o600)
    if own == set(folder.iterdir()):
        _limit(folder, 0o700)


def create_private(path: Path) -> None:
    """Make an empty file that only the server's account can read (0600), unless it exists; filling it keeps that."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _limit(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 & ~mode:
        try:
            path.chmod(mode)
        except PermissionError:
            logger.warning("%s can be read by other accounts of this machine, and is not ours to close", path)
