"""The file of a backup: a ZIP archive whose manifest says what is in it, by which a restore checks it beforehand."""

import hashlib
import json
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from openspace.clock import now
from openspace.store.files import BLOCK

# Raised when an older version could not read the file.
FORMAT = 1
MANIFEST, SECRET_KEY = "manifest.json", "secret_key"
# The database as an SQLite file, or as pg_dump wrote it.
SQLITE, DUMP = "database.sqlite", "database.pgdump"
MEDIA, PIECES = "media/", "pieces/"
MOST_MANIFEST = 256 * 2**20
# What `zipfile` raises for a file that is damaged.
UNREADABLE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)
_NAMES = re.compile(
    rf"{SQLITE}|{DUMP}|{SECRET_KEY}|{MEDIA}[0-9a-f]{{2}}/[0-9a-f]{{62}}|{PIECES}[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*"
)


class Unusable(Exception):
    """A backup cannot be made or brought back, in words for the operator."""


class Damaged(Unusable):
    """The file is not what its manifest says."""


@dataclass
class Manifest:
    """What is in a backup. `rows` has their number by table, `entries` size and SHA-256 of each file in the archive."""

    version: str
    schema: str
    made_at: str
    database: str
    # The fingerprint of the secret key, by which a restore sees whether the one in SECRET_KEY is the same.
    key: str
    # The first number of pg_dump's version, which pg_restore must not be older than; 0 for another form.
    pg_dump: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    # Files of the media store that rows name, and that could not be read or have another content.
    missing: list[str] = field(default_factory=list)
    entries: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def media(self) -> list[str]:
        """The digests of the files that people sent and that are in the archive."""
        named = {name: name.removeprefix(MEDIA).replace("/", "") for name in self.entries if name.startswith(MEDIA)}
        return [digest for name, digest in named.items() if self.entries[name][1] == digest]

    @property
    def has_key(self) -> bool:
        """Whether the secret key is in the archive; else it is in the environment of the server."""
        return SECRET_KEY in self.entries

    @property
    def size(self) -> int:
        """The bytes of all that is in the archive."""
        return sum(size for size, _ in self.entries.values())


class Writer:
    """Writes the archive into a file; nothing is ever whole in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = ZipFile(file, "w")
        self.entries: dict[str, tuple[int, str]] = {}

    @contextmanager
    def entry(self, name: str, *, deflates: bool = False) -> Iterator["Entry"]:
        """Write a file of the archive, in blocks."""
        about = ZipInfo(name, now().timetuple()[:6])
        about.compress_type = ZIP_DEFLATED if deflates else ZIP_STORED
        about.external_attr = 0o600 << 16
        with self._archive.open(about, "w", force_zip64=True) as target:
            entry = Entry(target)
            yield entry
        self.entries[name] = entry.size, entry.digest

    def give_up(self) -> None:
        """Write nothing more, also not when the object goes."""
        self._archive.fp = None

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which is the last file, and the archive's list of files."""
        manifest.entries = self.entries
        self._archive.writestr(ZipInfo(MANIFEST, now().timetuple()[:6]), json.dumps(asdict(manifest)), ZIP_DEFLATED)
        self._archive.close()


class Entry:
    """A file of the archive that is being written, with its size and SHA-256 so far."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._digest = target, hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        """Append a block."""
        self._target.write(block)
        self._digest.update(block)
        self.size += len(block)

    @property
    def digest(self) -> str:
        """The SHA-256 in hexadecimal digits."""
        return self._digest.hexdigest()


class Archive:
    """A backup that is read. Whatever was changed in it, or is no file of a backup, is refused with `Damaged`.

    Nothing is extracted under a name of the archive's: names only say what a file is.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._archive = ZipFile(path)
            about = self._archive.getinfo(MANIFEST)
            if about.file_size > MOST_MANIFEST:
                raise Damaged("The manifest is too large.")
            told = json.loads(self._archive.read(about))
            self.manifest = _read(told)
        except FileNotFoundError:
            raise Unusable(f"There is no file {path}.") from None
        except (*UNREADABLE, KeyError, TypeError) as error:
            raise Damaged(f"{path} is no backup of Open Space, or a damaged one: {error}") from None

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def check(self) -> None:
        """Read all of it, and compare it with the manifest."""
        found = [about for about in self._archive.infolist() if about.filename != MANIFEST]
        entries = self.manifest.entries
        names = [about.filename for about in found]
        if len(names) != len(set(names)) or set(names) != set(entries):
            raise Damaged("It does not hold the files that its manifest names.")
        if self.manifest.database not in entries:
            raise Damaged("It holds no database.")
        size = Path(self._archive.filename or "").stat().st_size
        if sum(about.compress_size for about in found) > size:
            raise Damaged("Its files lie within each other.")
        for about in found:
            if not _NAMES.fullmatch(about.filename) or (about.external_attr >> 28) not in {0, 0o10}:
                raise Damaged(f"It holds what is no part of a backup: {about.filename!r}")
            if about.file_size != entries[about.filename][0]:
                raise Damaged(f"{about.filename} has another size than the manifest says.")
        for name, (_, digest) in entries.items():
            if self._digest(name) != digest:
                raise Damaged(f"{name} is not what it was when the backup was made.")

    @contextmanager
    def opened(self, name: str) -> Iterator[BinaryIO]:
        """Open a file of the archive, in which one can seek. It ends where the manifest says."""
        with self._archive.open(name) as file:
            yield file  # type: ignore[misc]  # an IO[bytes] is one

    def extract(self, name: str, to: Path) -> None:
        """Write a file of the archive to a new file."""
        with self.opened(name) as source, to.open("xb") as target:
            while block := source.read(BLOCK):
                target.write(block)

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        try:
            with self.opened(name) as file:
                while block := file.read(BLOCK):
                    digest.update(block)
        except UNREADABLE as error:
            raise Damaged(f"{name} cannot be read: {error}") from None
        return digest.hexdigest()


def _read(told: Any) -> Manifest:
    """The manifest. Raises `TypeError`, `ValueError` or `KeyError` for none; refuses a newer one with `Unusable`."""
    if not isinstance(told, dict) or not isinstance(told["format"], int):
        raise ValueError("no manifest")
    if told["format"] > FORMAT:
        raise Unusable(f"It was made by a newer version, {told.get('version')}: update Open Space first.")
    manifest = Manifest(**told)
    texts = (manifest.version, manifest.schema, manifest.made_at, manifest.database, manifest.key, *manifest.missing)
    tables = (manifest.entries, manifest.rows)
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("no manifest")
    if manifest.database not in {SQLITE, DUMP} or not isinstance(manifest.pg_dump, int):
        raise ValueError("no manifest")
    manifest.entries = {str(name): (int(size), str(digest)) for name, (size, digest) in manifest.entries.items()}
    manifest.rows = {str(name): int(count) for name, count in manifest.rows.items()}
    return manifest
