"""QR codes as SVG, and as characters for a terminal."""

from functools import lru_cache

from flask import Response


@lru_cache(maxsize=512)
def svg(address: str) -> str:
    """Return a QR code as SVG: one path of dark modules on white, with a quiet zone of four modules (ISO/IEC 18004)."""
    matrix = _matrix(address, border=0)
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
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
    from qrcode import QRCode  # here because it imports Pillow, and most processes draw no code

    code = QRCode(border=border)
    code.add_data(address)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix
