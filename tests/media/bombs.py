"""Makes pictures for tests: broken or malicious ones, and valid but unusual ones."""

import re
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms

RED = (200, 20, 20)


def encoded(picture: Image.Image, form: str, **more) -> bytes:
    stream = BytesIO()
    picture.save(stream, form, **more)
    return stream.getvalue()


def flat(side: int = 600, mode: str = "RGB", color=RED) -> Image.Image:
    return Image.new(mode, (side, side), color)


def webp_of_huge_size() -> bytes:
    """A hundred bytes that say they are 16,383 points square: simple and lossless."""
    small = bytearray(encoded(flat(16), "WEBP", lossless=True))
    small[21:25] = ((16382 | 16382 << 14) | int.from_bytes(small[21:25], "little") & 0xF0000000).to_bytes(4, "little")
    return bytes(small)


def extended_webp_of_huge_size() -> bytes:
    """A WebP of huge claimed size in the extended format, for which Pillow allocates memory when it opens it."""
    frames = [flat(16), flat(16, color="teal")]
    small = bytearray(encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:]))
    small[24:30] = (16382).to_bytes(3, "little") * 2
    return bytes(small)


def jpeg_of_many_scans(count: int = 1500, side: int = 600) -> bytes:
    """A progressive JPEG whose last scan is repeated `count` times."""
    whole = encoded(flat(side), "JPEG", progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * count + b"\xff\xd9"


def gif_of_many_frames(count: int) -> bytes:
    frames = [flat(20, color=(number % 256, number // 256, 0)) for number in range(count)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def apng_of_many_frames(count: int = 500) -> bytes:
    frames = [flat(20, color=(number % 256, number // 256, 0)) for number in range(count)]
    return encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG with these chunks after its header."""
    whole = encoded(flat(64), "PNG")
    added = b"".join(
        struct.pack("!I", len(body)) + kind + body + struct.pack("!I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    # The signature has eight bytes, the first chunk (IHDR) 25.
    return whole[:33] + added + whole[33:]


def png_whose_text_unpacks_to(size: int, count: int = 1) -> bytes:
    return png(*[(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * size, 9))] * count)


def png_whose_profile_unpacks_to(size: int) -> bytes:
    return png((b"iCCP", b"icc\0\0" + zlib.compress(b"x" * size, 9)))


def png_that_is_broken() -> bytes:
    whole = bytearray(encoded(flat(64), "PNG"))
    whole[45:60] = b"\0" * 15
    return bytes(whole)


def png_with_a_chunk_that_ends_beyond_the_file() -> bytes:
    return encoded(flat(64), "PNG")[:33] + b"\x7f\xff\xff\xffIDAT" + b"x" * 100


def png_of_16_bits() -> bytes:
    """A 16-bit grey PNG, dark on the left and light on the right."""
    row = b"\x00\x20" * 300 + b"\x00\xe0" * 300
    return encoded(Image.frombytes("I;16", (600, 600), row * 600), "PNG")


def heic() -> bytes:
    from pillow_heif import from_pillow

    stream = BytesIO()
    from_pillow(flat()).save(stream, quality=90)
    return stream.getvalue()


def mpo() -> bytes:
    """A JPEG with several pictures (MPO), as some phones make."""
    return encoded(flat(), "MPO", save_all=True, append_images=[flat(color="teal")])


def avif() -> bytes:
    return encoded(flat(), "AVIF", speed=10)


def of_huge_size(form: str, side: int = 60_000) -> bytes:
    """A small file whose head claims so many pixels square, or the most that its format can say."""
    small = {"HEIF": heic, "AVIF": avif}.get(form, lambda: encoded(flat(64), form))()
    if form == "PNG":
        head = b"IHDR" + struct.pack("!II", side, side) + small[24:29]
        return small[:12] + head + struct.pack("!I", zlib.crc32(head)) + small[33:]
    if form == "GIF":
        return small[:6] + struct.pack("<HH", side, side) + small[10:]
    if form == "BMP":
        return small[:18] + struct.pack("<ii", side, side) + small[26:]
    if form == "WEBP":
        return webp_of_huge_size()
    if form == "TIFF":
        # The values of the tags ImageWidth and ImageLength, of type LONG.
        pattern, said = rb"([\x00\x01]\x01\x04\x00\x01\x00\x00\x00)....", struct.pack("<I", side)
    if form == "JPEG":
        pattern, said = rb"(\xff\xc0\x00\x11\x08)....", struct.pack("!HH", side, side)
    if form in {"HEIF", "AVIF"}:
        pattern, said = rb"(ispe\x00\x00\x00\x00)........", struct.pack("!II", side, side)
    return re.sub(pattern, lambda found: found[1] + said, small, flags=re.S)


def srgb_with_red_and_blue_swapped() -> bytes:
    """A colour profile in which what is stored as red is shown as blue."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The table of tags: a name, where the value begins, its length.
    red, blue = (profile.index(name, 128) + 4 for name in (b"rXYZ", b"bXYZ"))
    profile[red : red + 8], profile[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(profile)


def photo_of_a_phone(form: str = "JPEG") -> bytes:
    """A picture of 900 × 600, red above and white below as it is held, with GPS, a camera and XMP in it."""
    picture = Image.new("RGB", (900, 600), "white")
    # Stored lying on its side: what is above is on the left.
    picture.paste(RED, (0, 0, 450, 600))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (50.0, 27.0, 1.0)})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretPlace</x:xmpmeta>"
    return encoded(picture, form, exif=exif, xmp=xmp, comment=b"SecretWords")


HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><script>alert(1)</script></svg>"
PDF = b"%PDF-1.7\n1 0 obj\n<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\nendobj\n"


def a_zip() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("photo.jpg", encoded(flat(64), "JPEG"))
    return stream.getvalue()


# What people, or attackers, name .jpg and .mp4.
NO_MEDIA = {
    "nothing": lambda: b"",
    "text": lambda: b"no picture",
    "html": lambda: HTML,
    "svg": lambda: SVG,
    "pdf": lambda: PDF,
    "zip": a_zip,
    "elf": lambda: Path("/bin/true").read_bytes(),
}

TOO_LARGE = {
    "webp": webp_of_huge_size,
    "extended webp": extended_webp_of_huge_size,
    "png": lambda: of_huge_size("PNG"),
    "huge jpeg": lambda: of_huge_size("JPEG"),
    "huge gif": lambda: of_huge_size("GIF"),
    "heic": lambda: of_huge_size("HEIF"),
    "avif": lambda: of_huge_size("AVIF", 12_000),
    "jpeg": lambda: encoded(flat(5100, "L", 0), "JPEG", quality=1),
    "progressive jpeg": lambda: encoded(flat(5100, "L", 0), "JPEG", quality=1, progressive=True),
    "gif": lambda: encoded(flat(5100, "L", 0), "GIF"),
}
UNREADABLE = {
    **NO_MEDIA,
    "truncated jpeg": lambda: encoded(Image.effect_noise((600, 600), 90), "JPEG")[:9000],
    "truncated webp": lambda: encoded(Image.effect_noise((600, 600), 90).convert("RGB"), "WEBP")[:900],
    "a jpeg of 1,500 scans": jpeg_of_many_scans,
    "broken png": png_that_is_broken,
    "endless chunk": png_with_a_chunk_that_ends_beyond_the_file,
    "png with a text of 64 MB": lambda: png_whose_text_unpacks_to(64_000_000),
    "tiff": lambda: encoded(flat(), "TIFF"),
    "huge tiff": lambda: of_huge_size("TIFF"),
    # So large that the library refuses it by itself.
    "huge avif": lambda: of_huge_size("AVIF"),
    "huge bmp": lambda: of_huge_size("BMP"),
    "broken heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0" + b"x" * 3000,
}
FINE = {
    "gif of 10,000 frames": lambda: gif_of_many_frames(10_000),
    "avif": avif,
    "apng of 500 frames": apng_of_many_frames,
    "grey": lambda: encoded(flat(600, "L", 99), "PNG"),
    "palette": lambda: encoded(flat().convert("P"), "PNG"),
    "cmyk": lambda: encoded(flat().convert("CMYK"), "JPEG"),
    "transparent": lambda: encoded(flat(600, "RGBA", (0, 0, 0, 0)), "PNG"),
    "one point": lambda: encoded(flat(1), "PNG"),
    "very wide": lambda: encoded(Image.new("RGB", (20_000, 2)), "PNG"),
    "largest": lambda: encoded(flat(5000), "JPEG"),
}
