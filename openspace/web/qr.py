"""QR codes as SVG, and as characters for a terminal."""

from functools import lru_cache

from flask import Response


@lru_cache(maxsize=512)
def svg(address: str) -> str:
    """A QR code of the address: one path of dark modules on a white ground, with the quiet zone the standard asks."""
    matrix = _matrix(address, border=0)
    size = len(matrix)
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {size + 8} {size + 8}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M-4-4h{size + 8}v{size + 8}h-{size + 8}z"/><path d="{path}"/></svg>'
    )


def answer(address: str) -> Response:
    """The QR code of an address as a picture."""
    response = Response(svg(address), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def for_terminal(address: str) -> str:
    """The QR code in half blocks, for a dark terminal."""
    rows = _matrix(address, border=2)
    rows = rows + [[False] * len(rows[0])] * (len(rows) % 2)
    blocks = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[top, low] for top, low in zip(one, two, strict=True)) for one, two in pairs)


def _matrix(address: str, *, border: int) -> list[list[bool]]:
    from qrcode import QRCode  # here because it brings Pillow along, and most processes never draw one

    code = QRCode(border=border)
    code.add_data(address)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix
