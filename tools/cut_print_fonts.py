"""Cut the fonts for PDF files out of the published ones, into `openspace/media/fonts`.

    python tools/cut_print_fonts.py ONEST DEJAVU EMOJI    # folders of the published files

Typst reads neither WOFF2 nor variable fonts. Onest, in two weights, has the letters of Europe; DejaVu Sans has Greek,
Armenian, Hebrew, Arabic, Georgian and signs; Noto Emoji has emoji in one colour. `characters.txt` lists what they have.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

TARGET = Path(__file__).parent.parent / "openspace" / "media" / "fonts"
# The variable font's weight for each style: those of text and of titles on the pages.
WEIGHTS = {"Regular": (400, 420), "Bold": (700, 680)}
PUBLISHED = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "vietnamese")
BESIDE = parse_unicodes(
    "0300-03ff,0531-058f,0590-06ff,0750-077f,10a0-10ff,1f00-1fff,2000-206f,2100-22ff,2500-257f,25a0-27bf,fb00-fb4f,"
    "fb50-fdff,fe70-feff"
)
SHAPING = ["calt", "ccmp", "fina", "init", "isol", "kern", "liga", "locl", "mark", "medi", "mkmk", "rlig"]
NAMES = {"family": 1, "style": 2, "whole": 4, "postscript": 6}


def cut(font: TTFont, characters: Iterable[int]) -> TTFont:
    """The font with these characters alone, as far as it has them."""
    options = Options()
    options.layout_features = SHAPING
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    options.drop_tables += ["FFTM", "STAT"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=set(characters) & set(font.getBestCmap()))
    subsetter.subset(font)
    font.flavor = None
    return font


def onest(folder: Path, style: str) -> TTFont:
    """Onest in one style: the published parts joined, each character from the first that has it."""
    weight, axis = WEIGHTS[style]
    parts, had = [], set[int]()
    created = TTFont(folder / "onest-latin-wght-normal.woff2")["head"].created
    for name in PUBLISHED:
        part = TTFont(folder / f"onest-{name}-wght-normal.woff2", recalcTimestamp=False)
        part = cut(instantiateVariableFont(part, {"wght": axis}), own := set(part.getBestCmap()) - had)
        had |= own
        parts.append(BytesIO())
        part.save(parts[-1])
        parts[-1].seek(0)
    font = Merger().merge(parts)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if style == "Bold" else 0x40
    font["head"].macStyle = int(style == "Bold")
    # Joined at another moment, it is the same file.
    font.recalcTimestamp, font["head"].created, font["head"].modified = False, created, created
    said = {"family": "Onest", "style": style, "whole": f"Onest {style}", "postscript": f"Onest-{style}"}
    for what, words in said.items():
        font["name"].setName(words, NAMES[what], 3, 1, 0x409)
    return font


def main() -> None:
    """Write the fonts, and the list of their characters."""
    source, dejavu, emoji = map(Path, sys.argv[1:])
    TARGET.mkdir(exist_ok=True)
    fonts = {f"Onest-{style}.ttf": onest(source, style) for style in WEIGHTS}
    in_onest = set(fonts["Onest-Regular.ttf"].getBestCmap())
    beside = cut(TTFont(dejavu / "DejaVuSans.ttf", recalcTimestamp=False), set(BESIDE) - in_onest)
    pictures = TTFont(emoji / "noto-emoji-emoji-400-normal.woff2", recalcTimestamp=False)
    # Single ones: of sequences, such as families and flags, each part is drawn by itself.
    pictures = cut(pictures, [each for each in pictures.getBestCmap() if each > 0x2000])
    fonts |= {"DejaVuSans.ttf": beside, "NotoEmoji.ttf": pictures}
    had = set[int]()
    for name, font in fonts.items():
        font.save(TARGET / name)
        had |= set(font.getBestCmap())
        print(f"{name}: {len(font.getBestCmap())} characters, {(TARGET / name).stat().st_size} bytes")
    (TARGET / "characters.txt").write_text("".join(f"{first:x}-{last:x}\n" for first, last in ranges(had)))


def ranges(characters: set[int]) -> list[tuple[int, int]]:
    """The characters as ranges, each with its first and last one, in order."""
    firsts = sorted(each for each in characters if each - 1 not in characters)
    lasts = sorted(each for each in characters if each + 1 not in characters)
    return list(zip(firsts, lasts, strict=True))


if __name__ == "__main__":
    main()
