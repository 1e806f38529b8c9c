"""QR codes as SVG, and as characters for a terminal."""

import sys
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from flask import Response


@lru_cache(maxsize=64)
def svg(address: str) -> str:
    """Return a QR code as SVG: one path of dark modules on white, with a quiet zone of four modules (ISO/IEC 18004)."""
    matrix = _matrix(address, border=0)
    size = len(matrix)
    path = "".join(f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(matrix) for x, length in _dark_runs(row))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {size + 8} {size + 8}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M-4-4h{size + 8}v{size + 8}h-{size + 8}z"/><path d="{path}"/></svg>'
    )


def answer(address: str) -> Response:
    """Return the QR code of an address as an SVG answer that a browser may keep for an hour."""
    response = Response(svg(address), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def for_terminal(address: str) -> str:
    """Return the QR code as text in half blocks, for a dark terminal."""
    rows = _matrix(address, border=2)
    rows = rows + [[False] * len(rows[0])] * (len(rows) % 2)
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[top, low] for top, low in zip(one, two, strict=True)) for one, two in pairs)


def _matrix(address: str, *, border: int) -> list[list[bool]]:
    code = _qr_code()(border=border)
    code.add_data(address)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


def _dark_runs(row: list[bool]) -> list[tuple[int, int]]:
    """Where runs of dark modules begin in a row, and their lengths."""
    runs, x = [], 0
    for dark, modules in groupby(row):
        length = len(list(modules))
        if dark:
            runs.append((x, length))
        x += length
    return runs


@cache
def _qr_code() -> Any:
    """The class `qrcode.QRCode`, imported as if Pillow were not there.

    The library would load it only to be able to paint pictures, and it takes 4 MiB, which the server does without.
    """
    pillow = sys.modules.get("PIL")
    sys.modules["PIL"] = None  # type: ignore[assignment]  # by which Python says that a module cannot be imported
    try:
        from qrcode import QRCode
    finally:
        del sys.modules["PIL"]
        if pillow:
            sys.modules["PIL"] = pillow
    return QRCode
