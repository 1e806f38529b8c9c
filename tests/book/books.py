"""Books for tests, with something in each part, and photos for them."""

from functools import cache
from io import BytesIO

from flask import current_app
from flask_babel import force_locale
from PIL import Image

from openspace.book import labels
from openspace.book.contents import Book, Column, Day, Heap, InCell, InRow, Picture, Place, Promise, Session, Step, Tale
from openspace.web.markdown import blocks_of

NOTES = """\
Спершу говорили про **двері**, *потім* про ~~вікна~~ пандус.
Новий рядок.

## Заголовок у нотатках

1. перше
2. друге
   - вкладене

> Хтось сказав: `двері`

| Що | Скільки |
|----|---------|
| Доводчик | 900 грн |

---

    код
"""


def step(topic: int, what: str = "Аудит входу за списком із 12 пунктів") -> Step:
    return Step(what=what, who="Оксана Дячук", due="1 вересня", due_on="2026-09-01", topic=topic)


def promise(what: str = "Ярмарок громад", first_step: str = "Знайти площу", **others: str) -> Promise:
    given = {"who": "Оксана Дячук", "due": "1 вересня", "state": "відпущено", "why": "На літо вже три ярмарки."}
    return Promise(**{"number": 1, "what": what, "first_step": first_step, **given, **others})


def picture(name: str, alt: str = "Список із 12 пунктів", width: int = 600, height: int = 800) -> Picture:
    return Picture(name, alt, width, height, "digest of " + name)


def session(number: int, *, space: int = 1, start: int = 10, notes: str = NOTES, photos: int = 1, **others) -> Session:
    given = {
        "number": number,
        "title": f"Тема {number}: безбарʼєрність входів",
        "language": "uk",
        "by": "Оксана Дячук, Озерянська громада, Anna Berger",
        "link": f"https://openspace.example/innovatsii/topics/{number}",
        "places": [Place(space, "Зала «Карпати»", space, "4 червня", f"{start}:00–{start + 1}:00")],
        "about": ["Як зайти всюди.\nБез сходів."],
        "said": blocks_of(notes),
        "advice": blocks_of("- Обійти вхід із рулеткою" if notes else ""),
        "steps": [step(number)] if notes else [],
        "pictures": [picture(f"topic-{number}-{place}") for place in range(1, photos + 1)],
        "count": 19,
        "share": 19,
        "people": "Оксана Дячук, Anna Berger",
        "writers": "Людмила Коваль",
        "is_cut": False,
    }
    return Session(**given | others)


def tale(text: str = "Сорок мерів на сорока стільцях.", *, language: str = "uk", photos: tuple[str, ...] = ()) -> Tale:
    pictures = [picture(name, "Коло стільців", 800, 600) for name in photos]
    return Tale(1, text, [text], language, "Надія Король", "Вербівська громада", pictures)


def day(sessions: list[Session], *, spaces: int = 3) -> Day:
    """The agenda of sessions that lie three in a row, and then lunch."""
    columns = [Column(number, f"Зала {number}", number) for number in range(1, spaces + 1)]
    rows = [InRow("12:30", "12:30–14:00", "Обід", [])]
    for at in range(0, len(sessions), spaces):
        cells = [_cell(each, place) for place, each in enumerate(sessions[at : at + spaces], 1)]
        cells += [InCell("free", number) for number in range(len(cells) + 1, spaces)]
        cells += [InCell("closed", spaces)] * (spaces - len(cells))
        rows.append(InRow("10:00", "10:00–11:00", "", cells))
    return Day("Четвер, 4 червня", labels.lead_of_day(len(sessions)), columns, rows, [each.number for each in sessions])


def _cell(session: Session, tint: int) -> InCell:
    about = (session.number, session.title, session.language, session.by)
    return InCell("taken", tint, *about, is_programme=tint == 2, count=session.count, share=session.share)


def book(
    sessions: list[Session] | None = None,
    *,
    tales: list[Tale] | None = None,
    language: str = "uk",
    title: str = "Інновації громад",
    people: list[tuple[str, str]] | None = None,
    communities: list[tuple[str, list[int]]] | None = None,
    promises: list[Promise] | None = None,
    heaps: list[Heap] | None = None,
) -> Book:
    """A book in its language, with sessions that are written down, one that is not, and one that found no time."""
    if sessions is None:
        english = {"language": "en", "title": "Doors for everybody", "about": ["How to get in."]}
        sessions = [session(1), session(2, notes="[Here](https://example.org/a?b=1&c=2)", **english)]
        sessions += [session(3, notes="", photos=0), session(4, notes="", photos=0, places=[], count=0)]
    with current_app.test_request_context(), force_locale(language):
        placed = [each for each in sessions if each.places]
        return Book(
            language=language,
            title=title,
            place="Київ, 3–6 червня 2026",
            facts="104 розмови, 187 людей",
            labels=labels.all_of(title),
            days=[day(placed)] if placed else [],
            sessions=sessions,
            steps=[each for one in sessions for each in one.steps],
            heaps=[Heap("Ярмарок громад", "uk", 12, 4, True)] if heaps is None else heaps,
            promises=[promise()] if promises is None else promises,
            tales=[tale(photos=("story-1-1",)), tale("Wir reden anders.", language="de")] if tales is None else tales,
            people=[("Оксана Дячук", "Озерянська громада"), ("Anna Berger", "")] if people is None else people,
            communities=[("Озерянська громада", [each.number for each in sessions])]
            if communities is None
            else communities,
            link="https://openspace.example/innovatsii/",
        )


def photos_of(book: Book, quality: int = 60) -> dict[str, bytes]:
    return {each.name: photo(each.width, each.height, quality) for each in book.pictures}


@cache
def photo(width: int, height: int, quality: int = 60) -> bytes:
    """A JPEG of noise, which takes as much room as a photo."""
    file = BytesIO()
    noise = Image.effect_noise((max(width // 4, 1), max(height // 4, 1)), 60)
    noise.resize((width, height)).convert("RGB").save(file, "JPEG", quality=quality)
    return file.getvalue()
