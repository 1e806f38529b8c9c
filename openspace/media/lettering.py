"""Draws text in the house's font onto pictures, within a child process."""

from io import BytesIO
from pathlib import Path

from PIL import ImageDraw, ImageFont

# The files in which browsers find Onest, cut by script. FreeType reads them as they are. A character is drawn from the
# first that has it.
_FOLDER = Path(__file__).parent.parent.parent / "static" / "fonts"
_NAMES = ("latin", "cyrillic", "latin-ext", "cyrillic-ext", "signs")
# Read here, since nothing can be opened any more once a file has come.
_FILES = [(_FOLDER / f"onest-{name}.woff2").read_bytes() for name in _NAMES]
# No font has it: its picture is that of every missing character.
_MISSING = "\uffff"


class Lettering:
    """The font in one size (pixels) and weight."""

    def __init__(self, size: int, weight: int) -> None:
        """Load what is needed of the font."""
        self.size = size
        self._fonts = [ImageFont.truetype(BytesIO(file), size) for file in _FILES]
        for font in self._fonts:
            font.set_variation_by_axes([weight])
        self._missing = [_drawn(font, _MISSING) for font in self._fonts]

    def width(self, text: str) -> float:
        """Return how wide a line is, in pixels."""
        return sum(font.getlength(part) for font, part in self._runs(text))

    def draw(self, ground: ImageDraw.ImageDraw, place: tuple[float, float], text: str, ink: str) -> None:
        """Draw a line that begins at `place` and stands on it."""
        left, base = place
        for font, part in self._runs(text):
            ground.text((left, base), part, font=font, fill=ink, anchor="ls")
            left += font.getlength(part)

    def lines(self, text: str, width: float) -> list[str]:
        """Return the text in lines at most so wide; a word that is wider is broken."""
        lines = [""]
        for word in text.split():
            longer = f"{lines[-1]} {word}".strip()
            if self.width(longer) <= width:
                lines[-1] = longer
                continue
            lines += self._broken(word, width)
        return [line for line in lines if line]

    def _broken(self, word: str, width: float) -> list[str]:
        parts = [""]
        for letter in word:
            if parts[-1] and self.width(parts[-1] + letter) > width:
                parts.append("")
            parts[-1] += letter
        return parts

    def _runs(self, text: str) -> list[tuple[ImageFont.FreeTypeFont, str]]:
        """The text in pieces of one font each. What no font has, such as an emoji, is left out."""
        runs: list[tuple[ImageFont.FreeTypeFont, str]] = []
        for letter in text:
            font = self._font_of(letter)
            if runs and font is runs[-1][0]:
                runs[-1] = (font, runs[-1][1] + letter)
            elif font:
                runs.append((font, letter))
        return runs

    def _font_of(self, letter: str) -> ImageFont.FreeTypeFont | None:
        if letter == " ":
            return self._fonts[0]
        found = zip(self._fonts, self._missing, strict=True)
        return next((font for font, missing in found if _drawn(font, letter) not in {missing, b""}), None)


def _drawn(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    return bytes(font.getmask(letter))
