"""What photos and films cost: `python -m tests.load.films`, the processor and the memory of the child processes."""

import random
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from PIL import Image

from openspace.media import process
from tests.media.bombs import encoded
from tests.media.clips import Clip

SECONDS = 20
CARDS = [{"title": "Автобус приїхав", "community": "Надбузька громада"}] * 2


def main() -> None:
    """Print a line for each kind of work."""
    with tempfile.TemporaryDirectory() as folder:
        point, photo, made, series = (
            Path(folder) / name for name in ("point.png", "photo.jpg", "made.mp4", "series.mp4")
        )
        point.write_bytes(encoded(Image.new("RGB", (1, 1)), "PNG"))
        photo.write_bytes(encoded(landscape((4000, 3000)), "JPEG", quality=92))
        report("a photo of one pixel", "photos.renditions", point)
        report("a photo of 12 megapixels", "photos.renditions", photo)
        for size, codec, seconds in ((4, "libx264", 5), (2, "libx265", SECONDS), (2, "libx264", SECONDS)):
            width, height = 960 * size, 540 * size
            source = Path(folder) / f"{codec}.mov"
            source.write_bytes(film((width, height), codec, seconds))
            made.write_bytes(b"")
            report(f"{width} × {height}, {codec.removeprefix('lib')}", "films.convert", source, made, seconds=seconds)
        series.write_bytes(b"")
        report("joining two films of 720p", "series.join", series, made, made, seconds=2 * SECONDS + 5)


def report(what: str, name: str, *files: Path, seconds: int = 0) -> None:
    """Measure work in a process of its own: the memory of a child begins with that of its parent."""
    words = [sys.executable, "-m", "tests.load.films", name, *map(str, files)]
    used, took, memory = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    each = f"; {float(used) / seconds:.2f} s for a second of film" if seconds else ""
    print(f"{what}: {used} s of processor, {took} s, {memory} MiB{each}", flush=True)


def measure(name: str, *paths: str) -> None:
    """Run work in a child, and print the processor and the seconds that it took, and its memory in MiB."""
    begun = time.monotonic()
    with ExitStack() as opened:
        files = [opened.enter_context(open(path, "r+b")) for path in paths]
        given = [file.read() for file in files] if name.startswith("photos") else files
        options = {"cards": CARDS} if name == "series.join" else {}
        process.run(name, *given, seconds=600, memory=1024, written=500, **options)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.2f} {time.monotonic() - begun:.2f} {used.ru_maxrss // 1024}")


def landscape(size: tuple[int, int]) -> Image.Image:
    """A picture about as hard to encode as a photo: soft shapes, and the grain of a sensor."""
    soft = Image.effect_noise((size[0] // 16, size[1] // 16), 120).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    grain = Image.merge("RGB", [Image.effect_noise(size, 18) for _ in range(3)])
    return Image.blend(soft, grain, 0.3)


def film(size: tuple[int, int], codec: str, seconds: int) -> bytes:
    """A film of a hand that does not hold still: parts of a larger picture."""
    whole, dice, x, y = landscape((size[0] + 400, size[1] + 400)), random.Random(1), 200, 200
    pictures = []
    for _ in range(30):
        x, y = min(400, max(0, x + dice.randint(-9, 9))), min(400, max(0, y + dice.randint(-9, 9)))
        pictures.append(whole.crop((x, y, x + size[0], y + size[1])))
    shown = (pictures + pictures[::-1]) * (seconds // 2 + 1)
    options = {"preset": "ultrafast", "crf": "23"}
    return Clip("mov").film(shown[: seconds * 30], codec, **options).sound(seconds).done()


if __name__ == "__main__":
    measure(*sys.argv[1:]) if sys.argv[1:] else main()
