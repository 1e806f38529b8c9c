"""Makes films and sound for tests, honest and malicious ones."""

import math
import random
import struct
from array import array
from fractions import Fraction
from io import BytesIO

import av
from PIL import Image

RED, BLUE, GREEN, BLACK = (200, 20, 20), (20, 20, 200), (20, 160, 20), (0, 0, 0)


def halves(size=(320, 240), above=RED, below=BLUE) -> Image.Image:
    """A picture with one colour above and another below."""
    picture = Image.new("RGB", size, below)
    picture.paste(above, (0, 0, size[0], size[1] // 2))
    return picture


def noise(size=(320, 240), seed=0) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(3 * size[0] * size[1]))


class Clip:
    """A film or sound that is being made in memory."""

    def __init__(self, form="mp4", metadata=None, **options):
        self.file = BytesIO()
        self.container = av.open(self.file, "w", format=form, options=options)
        self.container.metadata.update(metadata or {})
        self.streams = []

    def film(self, pictures, codec="libx264", rate=30, turned=0, **options):
        """Show pictures one after another."""
        stream = self.container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height, stream.pix_fmt = *pictures[0].size, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if turned:
            stream.set_display_rotation(turned)
        self.streams.append((stream, lambda: (shown(number, rate, each) for number, each in enumerate(pictures))))
        return self

    def sound(self, seconds=1.0, codec="aac", loudness=0.3, rate=48000, layout="stereo"):
        """Let a tone of 440 Hz be heard."""
        stream = self.container.add_stream(codec, rate=rate, layout=layout)
        begins = range(0, round(seconds * rate), rate // 10)
        self.streams.append((stream, lambda: (tone(begin, rate // 10, loudness, rate) for begin in begins)))
        return self

    def done(self) -> bytes:
        # All streams are known before the first packet is written.
        for stream, frames in self.streams:
            for frame in frames():
                self.container.mux(stream.encode(frame))
            self.container.mux(stream.encode())
        self.container.close()
        return self.file.getvalue()


def shown(number, rate, picture):
    frame = av.VideoFrame.from_image(picture)
    frame.pts, frame.time_base = number, Fraction(1, rate)
    return frame


def tone(begin, count, loudness, rate):
    values = (loudness * math.sin(2 * math.pi * 440 * place / rate) for place in range(begin, begin + count))
    frame = av.AudioFrame(format="s16", layout="mono", samples=count)
    frame.planes[0].update(array("h", (int(32767 * value) for value in values)).tobytes())
    frame.pts, frame.sample_rate, frame.time_base = begin, rate, Fraction(1, rate)
    return frame


def film(count=30, picture=None, seconds=None, **more) -> bytes:
    """An MP4 of `count` pictures and as much sound."""
    shown = [picture or halves()] * count
    return Clip().film(shown, **more).sound(seconds or count / more.get("rate", 30)).done()


def film_of(*pictures, each=30, **more) -> bytes:
    """An MP4 that shows each of the pictures for a second."""
    return Clip().film([picture for picture in pictures for _ in range(each)], **more).sound(len(pictures)).done()


def film_that_tells_where() -> bytes:
    """A MOV with the place, the phone and XMP among its tags, as iPhones and editors write them."""
    tags = {
        "com.apple.quicktime.location.ISO6709": "+50.4501+030.5234+179/SecretPlace",
        "com.apple.quicktime.model": "SecretPhone",
        "title": "SecretTitle",
        "comment": "SecretWords",
    }
    made = Clip("mov", tags, movflags="use_metadata_tags").film([halves()] * 30).sound().done()
    # XMP lies in a box of its own, in user data.
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretXmp</x:xmpmeta>"
    return (
        made + box(b"udta", box(b"XMP_", xmp)) + box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + xmp)
    )


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I", 8 + len(body)) + kind + body


def film_that_says_it_lasts(seconds: float, count: int) -> bytes:
    """A WebM of `count` pictures, ten in a second, whose head claims another duration."""
    shown = [halves((64, 64))] * count
    made = bytearray(Clip("webm").film(shown, "libvpx", rate=10).sound(count / 10, "libopus").done())
    # The element Duration, a float of eight bytes, in milliseconds.
    struct.pack_into("!d", made, made.index(b"\x44\x89\x88") + 3, seconds * 1000)
    return bytes(made)


def film_of_many_streams(count: int = 40) -> bytes:
    clip = Clip("mov")
    for _ in range(count):
        clip.film([halves((64, 64))] * 15)
    return clip.done()


def film_whose_phone_is_turned() -> bytes:
    """A WebM as browsers record it: in the middle its pictures become portrait."""
    clip = Clip("webm")
    stream = clip.container.add_stream("libvpx", rate=30)
    stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
    other = av.CodecContext.create("libvpx", "w")
    other.width, other.height, other.pix_fmt, other.time_base = 240, 320, "yuv420p", Fraction(1, 30)
    for number in range(60):
        encoder, size = (stream, (320, 240)) if number < 30 else (other, (240, 320))
        for packet in encoder.encode(shown(number, 30, halves(size))):
            packet.stream, packet.time_base = stream, Fraction(1, 30)
            clip.container.mux(packet)
        if number == 29:
            clip.container.mux(stream.encode())
    return clip.done()


def film_of_huge_frames() -> bytes:
    """A MOV whose heads, and those of its pictures, claim frames of 16,000 × 16,000 pixels."""
    made = bytearray(Clip("mov").film([halves((64, 64))] * 3, codec="mjpeg").done())
    struct.pack_into("!HH", made, made.index(b"jpeg", made.index(b"stsd")) + 28, 16_000, 16_000)
    size = struct.pack("!HH", 64, 64)
    return bytes(made).replace(
        b"\xff\xc0\x00\x11\x08" + size, b"\xff\xc0\x00\x11\x08" + struct.pack("!HH", 16_000, 16_000)
    )


def playlists(port: int) -> dict[str, bytes]:
    """Files that make FFmpeg, asked carelessly, open other files and addresses."""
    address = f"http://127.0.0.1:{port}/secret".encode()
    hls = (
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n" % address
    )
    return {
        "m3u8": hls,
        "m3u8 after mp3": b"ID3\x03\0\0\0\0\0\0" + hls,
        "m3u8 named mp4": box(b"ftyp", b"isom\0\0\0\0") + hls,
        "concat": b"ffconcat version 1.0\nfile %s\nfile /etc/passwd\n" % address,
        "dash": b'<?xml version="1.0"?><MPD><Period><AdaptationSet><BaseURL>%s</BaseURL></AdaptationSet></Period></MPD>'
        % address,
        "sdp": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video %d RTP/AVP 96\n" % port,
        "reference movie": box(
            b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", b"\0" * 4 + b"url " + box(b"", address))))
        ),
    }
