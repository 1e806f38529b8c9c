"""The data folder and what lies in it are for the server's own account alone, also where they were made otherwise."""

import logging
import os
from pathlib import Path

# What the app itself puts there: the key, the database, what SQLite keeps beside it, and the copy before an upgrade.
OURS = ("secret_key", "openspace.sqlite*", "openspace.before-upgrade.sqlite*")

logger = logging.getLogger(__name__)


def make_private(folder: Path) -> None:
    """Close the data folder, made if need be, to other accounts (0700), and our files in it (0600).

    A folder that holds other people's files too, such as /tmp, stays as it is.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ours = {path for pattern in OURS for path in folder.glob(pattern)}
    for path in ours:
        _limit(path, 0o600)
    if ours == set(folder.iterdir()):
        _limit(folder, 0o700)


def create(path: Path) -> None:
    """Make an empty file of ours, if it is not there yet: whatever fills it later leaves its mode as it is."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))


def _limit(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 & ~mode:
        try:
            path.chmod(mode)
        except PermissionError:
            logger.warning("%s can be read by other accounts of this machine, and is not ours to close", path)
