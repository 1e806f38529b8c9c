"""Opens films and sound whose maker is not trusted, within a child process: only containers and codecs that we name."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EAGAIN, EFBIG, ENOMEM, ENOSPC
from fractions import Fraction
from itertools import chain
from typing import Any, BinaryIO

import av

# PyAV loads it when it opens a file, which is too late.
import av.subtitles.stream
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container.input import InputContainer
from av.error import ExternalError, FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from openspace.media import Refused

# What begins a file, at which place, and what opens it. Playlists, lists of files and pictures are not among them.
_SIGNATURES = (
    *((4, kind, "mov") for kind in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (0, b"OggS", "ogg"),
    (0, b"ID3", "mp3"),
    (8, b"WAVE", "wav"),
)
CODECS = (
    "h264,hevc,h263,mpeg4,mjpeg,vp8,vp9,libvpx-vp9,libdav1d,av1,theora,"
    "aac,alac,mp3float,mp3,opus,libopus,vorbis,flac,amrnb,amrwb,libopencore_amrnb,libopencore_amrwb,"
    "pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms"
)
# Frames of 4K films have 3840 × 2160 or 4096 × 2160 pixels.
MOST_POINTS = 4096 * 2304
# In the middle of hundreds of streams there is nothing that a phone has made.
MOST_STREAMS = 64
# As many as a small server has cores; each one more needs memory for its frames.
THREADS = 2
_OPTIONS = {
    # What a file says must not make anything else be opened.
    "protocol_whitelist": "none",
    "codec_whitelist": CODECS,
    "max_pixels": str(MOST_POINTS),
    "threads": str(THREADS),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what FFmpeg says of a bad file into `Refused`; a full disk stays an `OSError`."""
    try:
        yield
    except FFmpegError as error:
        if error.errno in {EFBIG, ENOSPC}:
            raise
        # EAGAIN: there was no memory for a thread. External: none for the encoder, which says no more.
        if error.errno in {ENOMEM, EAGAIN} or isinstance(error, ExternalError):
            raise Refused("killed") from None
        raise Refused("unreadable") from None


class Footage:
    """A film, or sound, as it was uploaded. Of several streams of a kind only the first counts."""

    def __init__(self, source: BinaryIO) -> None:
        """Open the file. Raises `Refused`, or within `refusing` an error of FFmpeg."""
        demuxer = _demuxer(source)
        options = {**_OPTIONS, "format_whitelist": demuxer}
        self._container: InputContainer = av.open(source, "r", format=demuxer, options=options)
        if len(self._container.streams) > MOST_STREAMS:
            raise Refused("unreadable")
        # A picture on the sleeve of a record is a stream too.
        pictures = [one for one in self._container.streams.video if not one.disposition & one.disposition.attached_pic]
        sounds = self._container.streams.audio
        self.picture: VideoStream | None = pictures[0] if pictures else None
        self.sound: AudioStream | None = sounds[0] if sounds else None
        self._streams = [one for one in (self.picture, self.sound) if one]
        if not self._streams:
            raise Refused("empty")
        for stream in self._streams:
            _prepare(stream)
        if self.picture and not 0 < self.picture.width * self.picture.height <= MOST_POINTS:
            raise Refused("large")
        self._begins = (self._container.start_time or 0) / av.time_base

    @property
    def aspect(self) -> Fraction | None:
        """Width of a pixel divided by its height, if it is known."""
        return (self.picture and self.picture.sample_aspect_ratio) or None

    def seconds(self) -> float:
        """Return how long it says to be; if it says nothing, as what browsers record, how long its packets last.

        They are read for it, and cannot be read again.
        """
        said = self._container.duration
        if said:
            return said / av.time_base
        ends = (_end(packet) for packet in self._packets())
        return max(chain([self._begins], ends)) - self._begins

    def frames(self, start: float, end: float) -> Iterator[tuple[float, VideoFrame | AudioFrame]]:
        """Yield what is seen and heard from `start` to `end` (seconds), each with its time since `start`.

        What cannot be decoded is left out. No more sound than its time is taken, whatever its timestamps say.
        """
        self._seek(start)
        open_streams, heard = set(self._streams), 0.0
        for packet in self._packets():
            if packet.stream not in open_streams:
                continue
            for frame in _decoded(packet):
                at = -1.0 if frame.time is None else frame.time - self._begins - start
                if isinstance(frame, AudioFrame) and at >= 0:
                    heard += frame.samples / frame.sample_rate
                if at >= end - start or heard > end - start + 1:
                    open_streams.discard(packet.stream)
                elif at >= 0:
                    yield at, frame
            if not open_streams:
                return

    def _seek(self, start: float) -> None:
        # A file without an index is read from its beginning.
        if start > 1:
            with suppress(FFmpegError):
                self._container.seek(int((self._begins + start) * av.time_base), backward=True)

    def _packets(self) -> Iterator["Packet[Any]"]:
        # A film that was cut off is shown as far as it goes.
        with suppress(InvalidDataError):
            yield from self._container.demux(self._streams)


def _demuxer(source: BinaryIO) -> str:
    source.seek(0)
    head = source.read(16)
    source.seek(0)
    for place, signature, demuxer in _SIGNATURES:
        if head[place : place + len(signature)] == signature:
            return demuxer
    # MPEG audio of layer III begins with eleven bits that are set, and its version.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "mp3"
    raise Refused("unreadable")


def _prepare(stream: VideoStream | AudioStream) -> None:
    if stream.codec_context is None or stream.codec_context.name not in CODECS.split(","):
        raise Refused("unreadable")
    # Frames may become larger on the way.
    stream.codec_context.options = {"max_pixels": str(MOST_POINTS)}
    stream.codec_context.thread_count = THREADS
    stream.codec_context.thread_type = "AUTO"


def _end(packet: "Packet[Any]") -> float:
    """When what is in a packet ends, in seconds; 0 if it does not say."""
    if packet.pts is None or packet.time_base is None:
        return 0.0
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _decoded(packet: "Packet[Any]") -> list[VideoFrame | AudioFrame]:
    try:
        return list(packet.decode())
    except InvalidDataError:
        return []
