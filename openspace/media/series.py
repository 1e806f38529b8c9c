"""Joins films to a series, each after a card with its title, within a child process."""

import math
from collections.abc import Callable, Iterable
from typing import BinaryIO

from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image, ImageDraw

from openspace.media.films import LONGEST, Facts
from openspace.media.footage import Footage, refusing
from openspace.media.lettering import Lettering
from openspace.media.mp4 import MOST_RATE, Writer
from openspace.media.opening import encoded
from openspace.media.shaping import RATE, Shape, Sound

# Width and height in pixels.
SIZES = {"wide": (1280, 720), "square": (720, 720)}
# For how many seconds a card is shown.
CARD = 2.5
# As on the wall: the ground, what is written, what is written smaller, and the marker's stroke.
COLOURS = {"ground": "#e8ece3", "ink": "#1b2320", "soft": "#46504b", "mark": "#ffc933"}
_SAMPLES = RATE // MOST_RATE
_TITLE_SIZES = (84, 72, 60, 50, 42, 36)
_HEAVY, _MEDIUM = 700, 500


def join(
    target: BinaryIO,
    *sources: BinaryIO,
    cards: list[dict[str, str]],
    shape: str = "wide",
    colours: dict[str, str] = COLOURS,
    progress: Callable[[int], None] = lambda percent: None,
) -> tuple[Facts, list[bytes]]:
    """Write films that `convert` has made one after another, each after its card, as one MP4 into an empty file.

    `cards` has a `title` and a `community` for each. `shape` is `wide` (16:9) or `square`; films of another shape get
    bars. Returns `seconds`, `width`, `height`, and in `begins` when each film begins after its card, in seconds; and
    the first card as WebP. Raises `Refused`.
    """
    size = SIZES[shape]
    with refusing():
        series = _Series(target, size, colours["ground"])
        begins = []
        for number, (source, words) in enumerate(zip(sources, cards, strict=True)):
            series.add_card(title_card(words["title"], words["community"], size, colours))
            begins.append(round(series.seconds, 3))
            series.add_film(source, _progress(progress, number, len(sources)))
        facts: Facts = {"seconds": round(series.seconds, 3), "width": size[0], "height": size[1], "begins": begins}
        series.close()
    first = title_card(cards[0]["title"], cards[0]["community"], size, colours)
    return facts, [encoded(first, "WEBP", quality=80, method=4)]


def _progress(progress: Callable[[int], None], number: int, count: int) -> Callable[[float], None]:
    """A function that is told which part of one film, from 0 to 1, has been added, and tells the percentage of all."""
    return lambda part: progress(int(100 * (number + part) / count))


def title_card(title: str, community: str, size: tuple[int, int], colours: dict[str, str] = COLOURS) -> Image.Image:
    """Return a card of `size` (pixels): the title, as large as it fits, a stroke of the marker, the community."""
    width, height = size
    card = Image.new("RGB", size, colours["ground"])
    ground = ImageDraw.Draw(card)
    margin = width // 12
    letters, lines = _fitting(title, width - 2 * margin, height * 0.55)
    small = Lettering(34, _MEDIUM)
    below = small.lines(community, width - 2 * margin)[:2]
    step = letters.size * 1.18
    base = (height - step * len(lines) - 60 - 44 * len(below)) / 2 + letters.size * 0.9
    for line in lines:
        letters.draw(ground, (margin, base), line, colours["ink"])
        base += step
    base += 14 - letters.size * 0.9
    ground.rounded_rectangle((margin, base, margin + width // 6, base + 10), 5, colours["mark"])
    for line in below:
        base += 44 if line != below[0] else 62
        small.draw(ground, (margin, base), line, colours["soft"])
    _draw_mark(ground, (width - margin, height - margin), colours)
    return card


def _fitting(title: str, width: float, height: float) -> tuple[Lettering, list[str]]:
    """The largest letters in which the title fits, and its lines; of one that never fits, the end is left out."""
    for size in _TITLE_SIZES:
        letters = Lettering(size, _HEAVY)
        lines = letters.lines(title, width)
        most = int(height / (size * 1.18))
        if len(lines) <= most:
            return letters, lines
    return letters, [*lines[: most - 1], lines[most - 1].rstrip(" .,") + "…"]


def _draw_mark(ground: ImageDraw.ImageDraw, corner: tuple[int, int], colours: dict[str, str]) -> None:
    """Draw the house's mark, a circle of chairs of which one is free, into the corner."""
    right, bottom = corner
    for chair in range(10):
        angle = 2 * math.pi * chair / 10 - math.pi / 2.6
        away = 27 if chair == 1 else 22
        x, y = right - 27 + away * math.cos(angle), bottom - 27 + away * math.sin(angle)
        ink = colours["mark"] if chair == 1 else colours["ink"]
        ground.rounded_rectangle((x - 5, y - 5, x + 5, y + 5), 3, ink)


class _Series:
    """A series as far as it is written: 30 pictures in every second, and sound without a gap."""

    def __init__(self, target: BinaryIO, size: tuple[int, int], ground: str) -> None:
        self._size, self._ground = size, ground
        self._writer = Writer(target, size, has_sound=True)

    @property
    def seconds(self) -> float:
        return self._writer.seconds

    def add_card(self, card: Image.Image) -> None:
        frame: VideoFrame = VideoFrame.from_image(card)  # type: ignore[no-untyped-call]  # as in films.image_of
        self._fill(Shape(self._size).fitted(frame), self.seconds + CARD)

    def add_film(self, source: BinaryIO, progress: Callable[[float], None]) -> None:
        """Add a film; `progress` is told which part of it has been added, from 0 to 1."""
        seconds = Footage(source).seconds()
        footage, begin, last = Footage(source), self.seconds, None
        shape, sound = Shape(self._size, aspect=footage.aspect, ground=self._ground), Sound(is_levelled=False)
        for at, frame in footage.frames(0, LONGEST + 1):
            if isinstance(frame, AudioFrame):
                self._hear(sound.heard(at, frame))
                continue
            if last:
                self._hold(last, begin + at)
            last = shape.fitted(frame)
            progress(min(0.99, at / max(seconds, 1)))
        self._hear(sound.rest())
        if last:
            self._fill(last, max(self.seconds, self._writer.shown / MOST_RATE + 1 / MOST_RATE))
        progress(1)

    def close(self) -> None:
        self._writer.close()

    def _hear(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            self._writer.hear(frame)

    def _hold(self, frame: VideoFrame, until: float) -> None:
        while self._writer.shown < round(until * MOST_RATE):
            self._writer.show(self._writer.shown / MOST_RATE, frame)

    def _fill(self, frame: VideoFrame, until: float) -> None:
        """Show a picture, in silence, until that time, and to the end of a picture's time."""
        number = math.ceil(round(until * MOST_RATE, 3))
        self._hold(frame, number / MOST_RATE)
        while (missing := number * _SAMPLES - self._writer.heard) > 0:
            self._writer.hear(_silence(min(missing, _SAMPLES)))


def _silence(samples: int) -> AudioFrame:
    frame = AudioFrame(format="fltp", layout="stereo", samples=samples)
    for plane in frame.planes:
        plane.update(bytes(plane.buffer_size))
    frame.sample_rate = RATE
    return frame
