"""All settings, read once from the environment, each with its default; and the permissions of the data folder."""

import logging
import os
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

LANGUAGES = ("uk", "en", "de", "ru")
# The backups that restores make of what they replace.
BEFORE_RESTORE = "before-restore-*.zip"
# Files of the app in the data folder: the secret key, the database with SQLite's journal files, the copy of the
# database from before an upgrade, backups from before a restore, and the lock of the process that looks after the
# queue.
OWN_FILES = ("secret_key*", "openspace.sqlite*", "openspace.before-upgrade.sqlite*", BEFORE_RESTORE, "jobs.lock")
# The folder of the files that people send.
MEDIA = "media"

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
        # The public address of this server. Empty: see `extensions.base_url`.
        "BASE_URL": base_url,
        # How many trusted proxies stand in front; their X-Forwarded-For, -Proto and -Host headers are used.
        "PROXIES": int(os.environ.get("OPENSPACE_PROXIES", "0")),
        # Where files that people send are kept: "s3://bucket/prefix", or in the data folder if empty.
        "MEDIA": os.environ.get("OPENSPACE_MEDIA", ""),
        # Who may create further events without a setup link: "organisers" (of any event here) or "nobody".
        "EVENTS": os.environ.get("OPENSPACE_EVENTS", "nobody"),
        # The bearer token for /metrics. Empty: only requests from this machine may read it.
        "METRICS_TOKEN": os.environ.get("OPENSPACE_METRICS_TOKEN", ""),
        # With this prefix, which needs HTTPS, no other host of the domain can set the cookie (RFC 6265bis).
        "SESSION_COOKIE_NAME": "__Host-openspace" if base_url.startswith("https:") else "openspace",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": base_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=200),
        # The session cookie is sent when it changes, not with every answer.
        "SESSION_REFRESH_EACH_REQUEST": False,
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "MAX_FORM_PARTS": 2000,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": "en",
        "RATELIMIT_STORAGE_URI": "memory://",
        "RATELIMIT_HEADERS_ENABLED": False,
        # Seconds between two pings to a phone, and until it is disconnected if it does not answer.
        "PING_INTERVAL": 25,
        "PING_TIMEOUT": 20,
        # Seconds for which changes are collected before they are sent in one packet.
        "LIVE_TICK": 0.05,
        # Seconds after which a hub reads the log even if no notification came.
        "LIVE_HEARTBEAT": 5.0,
        # In bytes: what all files of one event may take, and each of them alone.
        "MEDIA_ROOM": _megabytes("OPENSPACE_MEDIA_ROOM", 5 * 1024),
        "MEDIA_FILE": _megabytes("OPENSPACE_MEDIA_FILE", 300),
        # Whether a server starts a worker beside itself when there are jobs; else workers run elsewhere.
        "JOBS_HERE": os.environ.get("OPENSPACE_JOBS", "here") != "elsewhere",
        # The folder for nightly backups. Empty: none are made.
        "BACKUPS": os.environ.get("OPENSPACE_BACKUPS", ""),
        # The mail server, as in openspace/mail.py. Empty: no mail is sent, and links are handed out.
        "SMTP_URL": _mail_server(os.environ.get("OPENSPACE_SMTP_URL", "")),
        # The module that such a worker is.
        "JOBS_WORKER": "openspace.serving.worker",
        # Seconds between two heartbeats of a job that runs, and between two looks at the queue though nobody called.
        "JOBS_HEARTBEAT": 5.0,
        # Seconds without work after which such a worker goes.
        "JOBS_IDLE": 60.0,
        # Seconds until a job that failed is tried for the second time; then four times as long each time.
        "JOBS_PAUSE": 5.0,
    }


def _mail_server(url: str) -> str:
    """The address of the mail server, if there is one. Raises `ValueError` for what is none."""
    # Late, because it loads `ssl`, which gevent has to patch before.
    from openspace.mail import Relay

    try:
        if url:
            Relay.of(url)
    except ValueError as error:
        raise ValueError(f"OPENSPACE_SMTP_URL is {error}") from None
    return url


def _megabytes(name: str, default: int) -> int:
    """The bytes of a setting that is given in MB."""
    return int(os.environ.get(name, default)) * 2**20


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


def kept_key(folder: Path, key: str) -> bool:
    """Whether the secret key in use is the one that the data folder keeps, and not one from the environment."""
    path = folder / "secret_key"
    return path.exists() and path.read_text().strip() == key


def keep_key(folder: Path, key: str) -> None:
    """Let the data folder have another secret key."""
    fresh = folder / "secret_key.new"
    create_private(fresh)
    fresh.write_text(key)
    fresh.replace(folder / "secret_key")


def make_private(folder: Path) -> None:
    """Create the data folder if it is missing, and deny other accounts access to it (0700) and to our files (0600).

    The mode of a folder that holds other files too, such as /tmp, is not changed.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = {path for pattern in OWN_FILES for path in folder.glob(pattern)}
    for path in own:
        _limit(path, 0o600)
    media = folder / MEDIA
    if media.is_dir():
        _limit(media, 0o700)
    if own == set(folder.iterdir()) - {media}:
        _limit(folder, 0o700)


def create_private(path: Path) -> None:
    """Create an empty file with mode 0600, unless it exists. Programs that write into it later keep the mode."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _limit(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 & ~mode:
        try:
            path.chmod(mode)
        except PermissionError:
            logger.warning("%s can be read by other accounts of this machine, and is not ours to close", path)
