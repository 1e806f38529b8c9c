"""Makes of films and sound what every phone plays, within a child process."""

from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

from openspace.media import Refused
from openspace.media.footage import Footage, refusing
from openspace.media.mp4 import Writer
from openspace.media.opening import encoded
from openspace.media.shaping import Shape, Sound, size_of

# In seconds.
LONGEST = 90.0
# Of the shorter side, in pixels.
LARGEST = 720
# Mean brightness, of 255, above which a picture is not black.
DARKEST = 24

Facts = dict[str, Any]


def probe(source: BinaryIO) -> tuple[Facts, list[bytes]]:
    """Return what a file says of itself: `kind` (film or sound), `seconds`, and of a film `width` and `height`.

    It may lie. Raises `Refused` with `unreadable`, `large` or `empty`.
    """
    with refusing():
        footage = Footage(source)
        facts: Facts = {"kind": "sound", "seconds": round(footage.seconds(), 3)}
        if footage.picture:
            facts |= {"kind": "film", "width": footage.picture.width, "height": footage.picture.height}
        return facts, []


def convert(
    source: BinaryIO,
    target: BinaryIO,
    *,
    start: float = 0.0,
    length: float = LONGEST,
    progress: Callable[[int], None] = lambda percent: None,
) -> tuple[Facts, list[bytes]]:
    """Write `length` seconds of a film, or of sound, from `start` on, as MP4 or M4A into an empty file.

    A film has at most 720 pixels on its shorter side and 30 pictures in a second, and is upright. It is as loud as the
    others and has no metadata. Returns `kind`, `seconds`, `width` and `height`, and for a film its poster as WebP.
    Raises `Refused` with `unreadable`, `large`, `full`, or `empty` if there is nothing to see or hear.
    """
    with refusing():
        length = min(length, LONGEST)
        wanted = max(0.1, min(length, Footage(source).seconds() - start))
        footage = Footage(source)
        conversion = _Conversion(footage, target, wanted)
        for at, frame in footage.frames(start, start + length):
            conversion.take(at, frame)
            progress(min(99, int(100 * at / wanted)))
        return conversion.finish()


class _Conversion:
    """A film or sound as far as it is made."""

    def __init__(self, footage: Footage, target: BinaryIO, wanted: float) -> None:
        self._footage, self._target = footage, target
        self._poster, self._sound = _Poster(wanted / 3), Sound(is_levelled=True)
        self._writer: Writer | None = None
        self._shape: Shape | None = None
        self._size: tuple[int, int] | None = None
        # Sound that comes before the first picture, whose size has to be known.
        self._early: list[AudioFrame] = []
        if not footage.picture:
            self._begin(None)

    def take(self, at: float, frame: VideoFrame | AudioFrame) -> None:
        """Add what is seen or heard `at` that time, in seconds."""
        if isinstance(frame, AudioFrame):
            self._hear(self._sound.heard(at, frame))
        else:
            self._show(at, frame)

    def finish(self) -> tuple[Facts, list[bytes]]:
        """Write the rest, and return what was made."""
        self._hear(self._sound.rest())
        if not self._writer or not self._writer.seconds:
            raise Refused("empty")
        self._writer.close()
        facts: Facts = {"kind": "sound", "seconds": round(self._writer.seconds, 3)}
        if not self._size:
            return facts, []
        width, height = self._size
        return facts | {"kind": "film", "width": width, "height": height}, [self._poster.file()]

    def _show(self, at: float, frame: VideoFrame) -> None:
        if not self._writer:
            aspect = self._footage.aspect
            self._size = size_of(frame, aspect=aspect, most=LARGEST)
            self._shape = Shape(self._size, aspect=aspect)
            self._begin(self._size)
        assert self._writer
        assert self._shape
        if self._writer.is_due(at):
            fitted = self._shape.fitted(frame)
            self._poster.look(at, fitted)
            self._writer.show(at, fitted)

    def _hear(self, frames: Iterable[AudioFrame]) -> None:
        for frame in frames:
            if self._writer:
                self._writer.hear(frame)
            else:
                self._early.append(frame)

    def _begin(self, size: tuple[int, int] | None) -> None:
        self._writer = Writer(self._target, size, has_sound=self._footage.sound is not None)
        self._hear(self._early)


class _Poster:
    """The picture that stands for a film: the first after a certain time, or else the first, that is not black."""

    def __init__(self, best: float) -> None:
        self._best, self._is_dark, self._is_found = best, True, False
        self._frame: VideoFrame | None = None

    def look(self, at: float, frame: VideoFrame) -> None:
        if self._is_found or not (self._is_dark or at >= self._best):
            return
        is_dark = _brightness(frame) < DARKEST
        if self._frame is None or not is_dark:
            self._frame, self._is_dark = frame, is_dark
            self._is_found = not is_dark and at >= self._best

    def file(self) -> bytes:
        assert self._frame
        return encoded(image_of(self._frame), "WEBP", quality=80, method=4)


def _brightness(frame: VideoFrame) -> float:
    tiny = image_of(frame.reformat(16, 16, "rgb24", threads=1)).convert("L")
    return sum(tiny.tobytes()) / 256


def image_of(frame: VideoFrame) -> Image.Image:
    """Return a picture of a film for Pillow."""
    image: Image.Image = frame.to_image(threads=1)  # type: ignore[no-untyped-call]  # PyAV knows Pillow only at run time
    return image
