"""Processor and memory that Typst needs for a long book and for a big board, each in a child of its own.

    python -m tests.load.typesetting        # of the installed version; after `pip install typst==…` of another one

The book has 300 topics in Ukrainian, each with a table, a code and a running head, an outline and an index: 450 pages.
The board has 12 spaces, 72 topics in its cells and 228 on the market.
"""

import json
import os
import random
import sys
from importlib.metadata import version
from pathlib import Path
from statistics import median

from openspace.web import qr

RUNS = 5
TEMPLATES = Path(__file__).parents[2] / "templates" / "exports"
WORDS = """громада відновлення енергоефективність бюджет співробітництво молодь архів безпека послуга навчання
міжмуніципальний розвиток лікарня дорога вода школа бібліотека спадщина учасники рішення обговорення наступний крок
староста кібербезпека відвідувач адміністратор"""
BOOK = """#import "paper.typ": *
#set page(paper: "a4", numbering: "1", header: context {
  let heads = query(heading.where(level: 1).before(here()))
  if heads.len() > 0 { heads.last().body }
})
#show: house
#set text(10pt, hyphenate: true)
#set par(justify: true, linebreaks: "optimized")
#outline()
#for (number, topic) in given.topics.enumerate() [
  #heading(topic.title) #label("topic-" + str(number))
  #topic.by
  #for words in topic.text { par(words) }
  #table(columns: (1fr, auto, auto), table.header([Що], [Хто], [Коли]), ..topic.steps.flatten())
  #code("board", 3cm, topic.title)
]
= Покажчик
#context columns(2, for (number, topic) in given.topics.enumerate() [
  #topic.by #counter(page).at(label("topic-" + str(number))).first() \\
])
"""


def words(number: int) -> str:
    """So many words, as a sentence."""
    return " ".join(random.choices(WORDS.split(), k=number)).capitalize() + "."


def book() -> dict[str, object]:
    """What a book of 300 topics says."""
    return {"language": "uk", "topics": [_session() for _ in range(300)]}


def _session() -> dict[str, object]:
    steps = [[words(9), "Роман", "12 червня"] for _ in range(6)]
    return {"title": words(7), "by": "Олена Ткачук", "text": [words(90) for _ in range(4)], "steps": steps}


def board() -> dict[str, object]:
    """What the sheet for a power cut says of 300 topics in 12 spaces."""
    topics = [{"state": "taken", "title": words(5), "by": "Роман Савчук", "language": "uk"} for _ in range(300)]
    row = {"start": "10:00", "until": "до 11:00", "from-to": "", "title": ""}
    said = dict.fromkeys(("title", "event", "state", "comfort", "how-to-write", "afterwards", "nothing"), "Слово")
    return said | {
        "language": "uk",
        "has-code": True,
        "spaces": [{"number": number, "name": "Зала"} for number in range(1, 13)],
        "rows": [{**row, "cells": topics[start : start + 12]} for start in range(0, 72, 12)],
        "market": topics[72:],
        "market-title": "На базарі",
        "market-follows": "",
    }


def measure(template: str, given: dict[str, object]) -> tuple[float, float, int]:
    """Seconds of processor, MiB of memory at the most, and bytes made, of a child that typesets this once."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # Here because only the child may load it.
        from openspace.media import typesetting

        paper, matrix = ((TEMPLATES / f"{name}.typ").read_bytes() for name in ("paper", "matrix"))
        files = (template.encode(), paper, matrix, qr.svg("https://example.org").encode(), json.dumps(given).encode())
        names = ["main", "paper.typ", "matrix.typ", "board.svg"]
        os.write(writing, str(len(typesetting.pdf(*files, names=names, standards=[])[1][0])).encode())
        os._exit(0)
    _, _, used = os.wait4(child, 0)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, int(os.read(reading, 99))


def main() -> None:
    """Print the medians."""
    print(f"typst {version('typst')}, medians of {RUNS}")
    for name, template, given in (
        ("book", BOOK, book()),
        ("board", (TEMPLATES / "powercut.typ").read_text(), board()),
    ):
        runs = [measure(template, given) for _ in range(RUNS)]
        seconds, memory, size = (median(values) for values in zip(*runs, strict=True))
        print(f"{name}: {seconds:.2f} s of processor, {memory:.0f} MiB, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    random.seed(7)
    sys.exit(main())
