"""ZIP files that are the same, byte for byte, for the same contents."""

from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# What is compressed already.
STORED = (".jpg", ".jpeg", "mimetype")


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a ZIP file of files by name, in their order. All are dated 1980-01-01, the first day that ZIP knows."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in files:
            entry = ZipInfo(name)
            entry.compress_type = ZIP_STORED if name.endswith(STORED) else ZIP_DEFLATED
            archive.writestr(entry, content)
    return made.getvalue()


def unpacked(archive: BytesIO) -> Iterable[tuple[str, bytes]]:
    """Return the files of a ZIP file, in their order."""
    with ZipFile(archive) as opened:
        for name in opened.namelist():
            yield name, opened.read(name)
