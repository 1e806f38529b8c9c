"""Makes a film of single pictures, within a child process."""

from typing import BinaryIO, cast

from av.video.frame import VideoFrame

from openspace.media.films import Facts
from openspace.media.mp4 import Writer
from openspace.media.opening import opened, refusing
from openspace.media.shaping import Shape

# Of the longer side, in pixels.
_LARGEST = 1920


def film(*given: bytes | BinaryIO, rate: int) -> tuple[Facts, list[bytes]]:
    """Write pictures of one size, which are given first, as a silent MP4 into an empty file, which is given last.

    `rate` of them are shown in a second, at most 30. Returns `seconds`, `width` and `height`. Raises `Refused`.
    """
    *pictures, target = given
    with refusing():
        width, height = size = _frame(pictures[0]).width, _frame(pictures[0]).height
        writer, shape = Writer(cast(BinaryIO, target), size, has_sound=False), Shape(size)
        for number, picture in enumerate(pictures):
            writer.show(number / rate, shape.fitted(_frame(picture)))
        writer.close()
    return {"seconds": round(len(pictures) / rate, 3), "width": width, "height": height}, []


def _frame(picture: bytes | BinaryIO) -> VideoFrame:
    frame: VideoFrame = VideoFrame.from_image(opened(cast(bytes, picture), enough=_LARGEST))  # type: ignore[no-untyped-call]  # as in films.image_of
    return frame
