"""Writes films and sound as every phone plays them: H.264 and AAC in MP4, its index at the beginning."""

import os
from fractions import Fraction
from typing import BinaryIO

import av
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from openspace.media.footage import THREADS
from openspace.media.shaping import RATE

# Pictures in a second, at most.
MOST_RATE = 30
_X264 = {
    "preset": "veryfast",
    "crf": "23",
    "maxrate": "3M",
    "bufsize": "6M",
    # A place to begin every two seconds, so that one can jump.
    "g": str(2 * MOST_RATE),
    "color_primaries": "bt709",
    "color_trc": "bt709",
    "colorspace": "bt709",
}
_LAYERS = {"movflags": "faststart", "fflags": "bitexact"}


class Positioned:
    """An open file with a position of its own, because the index is moved to the front by reading while writing."""

    def __init__(self, file: BinaryIO) -> None:
        """Begin at the beginning."""
        self._number, self._at = file.fileno(), 0

    def read(self, size: int) -> bytes:
        """Return at most `size` bytes."""
        got = os.pread(self._number, size, self._at)
        self._at += len(got)
        return got

    def write(self, content: bytes) -> int:
        """Write all of it, or raise `OSError`."""
        rest = memoryview(content)
        while rest:
            written = os.pwrite(self._number, rest, self._at)
            self._at, rest = self._at + written, rest[written:]
        return len(content)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position, which is returned."""
        origin = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: os.fstat(self._number).st_size}[whence]
        self._at = origin + offset
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at


class Writer:
    """A film that is being written, or without `size` sound alone (M4A)."""

    def __init__(self, target: BinaryIO, size: tuple[int, int] | None, *, has_sound: bool) -> None:
        """Begin to write into an open, empty file. `size` is that of its pictures, in pixels."""
        form = "mp4" if size else "ipod"
        self._container = av.open(
            Positioned(target), "w", format=form, options=_LAYERS, io_open=lambda *named: Positioned(target)
        )
        self._picture = self._container.add_stream("libx264", rate=MOST_RATE, options=_X264) if size else None
        if self._picture and size:
            self._picture.width, self._picture.height = size
            self._picture.pix_fmt = "yuv420p"
            self._picture.codec_context.thread_count = THREADS
        self._sound = (
            self._container.add_stream("aac", rate=RATE, layout="stereo", bit_rate=128_000) if has_sound else None
        )
        # How many pictures the film has room for so far, and how many samples of sound it has.
        self.shown, self.heard = 0, 0

    @property
    def seconds(self) -> float:
        """How long the film is so far."""
        return max(self.shown / MOST_RATE, self.heard / RATE)

    def is_due(self, at: float) -> bool:
        """Whether a picture at that time (seconds) would be a new one: there are at most 30 in a second."""
        return round(at * MOST_RATE) >= self.shown

    def show(self, at: float, frame: VideoFrame) -> None:
        """Let the picture be seen from `at` (seconds) on."""
        assert self._picture
        number = round(at * MOST_RATE)
        frame.pts, frame.time_base = number, Fraction(1, MOST_RATE)
        frame.pict_type = 0
        self._container.mux(self._picture.encode(frame))
        self.shown = number + 1

    def hear(self, frame: AudioFrame) -> None:
        """Add sound, which follows upon what was there."""
        assert self._sound
        frame.pts, frame.time_base = self.heard, Fraction(1, RATE)
        self.heard += frame.samples
        self._container.mux(self._sound.encode(frame))

    def close(self) -> None:
        """Write what is left, and the index."""
        for stream in (self._picture, self._sound):
            if stream:
                self._container.mux(stream.encode())
        self._container.close()
