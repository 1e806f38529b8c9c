"""Gives pictures of a film the size, and its sound the loudness, that all our films have."""

from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.filter import Graph
from av.video.frame import VideoFrame

# Of sound, in Hz.
RATE = 48000
# One pass of EBU R 128, to -16 LUFS, as is usual for what phones play.
_LOUDNESS = "I=-16:TP=-1.5:LRA=11"
# Gaps become silence, and what comes before its time is cut, so that sound stays with its picture.
_IN_TIME = ("aresample", f"{RATE}:async=1:first_pts=0")
_STEREO = ("aformat", f"sample_fmts=fltp:channel_layouts=stereo:sample_rates={RATE}")
# Numbers of ITU-T H.273: no matrix is named; the transfer functions PQ and HLG.
_UNSAID, _HDR = 2, (16, 18)
# By the angle against the clock, in degrees, at which the frame is to be shown.
_TURNS = {90: [("transpose", "cclock")], -90: [("transpose", "clock")], 180: [("hflip", ""), ("vflip", "")]}
_TURNS[-180] = _TURNS[180]


def size_of(frame: VideoFrame, *, aspect: Fraction | None, most: int) -> tuple[int, int]:
    """Return width and height in which a frame is shown: upright, even, its shorter side at most `most` pixels.

    `aspect` is that of a single pixel.
    """
    width, height = frame.width * float(aspect or 1), float(frame.height)
    if _angle(frame) in {90, -90}:
        width, height = height, width
    scale = min(1.0, most / min(width, height))
    return _even(width * scale), _even(height * scale)


class Shape:
    """Makes of frames those of one size: upright, in BT.709, with bars where a frame has another form."""

    def __init__(self, size: tuple[int, int], *, aspect: Fraction | None = None, ground: str = "black") -> None:
        """`size` in pixels; `aspect` is that of a single pixel, `ground` the colour of the bars."""
        self._size, self._aspect, self._ground = size, aspect, ground
        self._graph: Graph | None = None
        self._kind: tuple[object, ...] = ()

    def fitted(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame as it is to be encoded."""
        # Films that a browser has recorded change their size when the phone is turned.
        kind = (frame.width, frame.height, frame.format.name, _angle(frame), frame.colorspace, frame.color_trc)
        if self._graph is None or kind != self._kind:
            self._graph, self._kind = self._graph_for(frame), kind
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _graph_for(self, frame: VideoFrame) -> Graph:
        width, height = self._size
        own = size_of(frame, aspect=self._aspect, most=min(frame.width, frame.height))
        scale = min(width / own[0], height / own[1])
        inner = min(width, _even(own[0] * scale)), min(height, _even(own[1] * scale))
        steps = _TURNS.get(_angle(frame), [])
        before = inner[::-1] if "transpose" in dict(steps) else inner
        chain = [("scale", f"{before[0]}:{before[1]}:{_colours(frame)}"), ("format", "yuv420p"), *steps]
        if inner != self._size:
            chain.append(("pad", f"{width}:{height}:-1:-1:{self._ground}"))
        graph = Graph()
        source = (
            f"video_size={frame.width}x{frame.height}:pix_fmt={frame.format.name}:time_base=1/{RATE}"
            f":colorspace={int(frame.colorspace)}:range={int(frame.color_range)}"
        )
        _link(graph, [("buffer", source), *chain, ("setsar", "1"), ("buffersink", "")])
        return graph


class Sound:
    """Makes of frames of sound those that are encoded: stereo, 48 kHz, without gaps, levelled if it is to be."""

    def __init__(self, *, is_levelled: bool) -> None:
        """Make it ready for frames of any kind, also of changing ones."""
        self._resampler: AudioResampler | None = None
        self._kind: tuple[object, ...] = ()
        self._graph = Graph()
        source = f"time_base=1/{RATE}:sample_rate={RATE}:sample_fmt=fltp:channel_layout=stereo"
        level = [("loudnorm", _LOUDNESS), ("aresample", str(RATE))] if is_levelled else []
        _link(self._graph, [("abuffer", source), _IN_TIME, *level, _STEREO, ("abuffersink", "")])

    def heard(self, at: float, frame: AudioFrame) -> Iterator[AudioFrame]:
        """Take a frame that is heard `at` so many seconds, and yield what is ready."""
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if self._resampler is None or kind != self._kind:
            self._resampler, self._kind = AudioResampler("fltp", "stereo", RATE), kind
        frame.pts, frame.time_base = None, Fraction(1, RATE)
        position = round(at * RATE)
        for part in self._resampler.resample(frame):
            part.pts, part.time_base = position, Fraction(1, RATE)
            position += part.samples
            self._graph.push(part)
        yield from self._ready()

    def rest(self) -> Iterator[AudioFrame]:
        """Yield what is left at the end."""
        self._graph.push(None)
        yield from self._ready()

    def _ready(self) -> Iterator[AudioFrame]:
        with suppress(av.error.BlockingIOError, av.error.EOFError):
            while True:
                frame = self._graph.pull()
                assert isinstance(frame, AudioFrame)
                yield frame


def _link(graph: Graph, steps: list[tuple[str, str]]) -> None:
    graph.threads = 1
    graph.link_nodes(*(graph.add(name, options) for name, options in steps)).configure()


def _colours(frame: VideoFrame) -> str:
    """How `scale` is to convert colours: to those of BT.709, also from high dynamic range."""
    options = "flags=bicubic:out_color_matrix=bt709:out_range=tv"
    if frame.color_trc in _HDR:
        return f"{options}:out_primaries=bt709:out_transfer=bt709"
    if frame.colorspace == _UNSAID and min(frame.width, frame.height) >= 720:
        options += ":in_color_matrix=bt709"
    return options


def _angle(frame: VideoFrame) -> int:
    return round(frame.rotation / 90) * 90


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
