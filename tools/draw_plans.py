"""Draw the seating plan of each guide in the tool box, as an SVG whose colours come from the page's style sheet.

    python tools/draw_plans.py

A plan shows a room from above, on 200 by 124 units. A square chair is a seat, a round one a seat of the twin city, and
the yellow one is the chair to look at first. Plans are small, so their chairs have no backs. There is no text in a plan
and no `style`: it needs no translation, and the content security policy lets it through.
"""

from collections.abc import Callable, Container
from math import atan2, cos, degrees, radians, sin
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "openspace" / "toolbox" / "plans"
HEAD = '<svg class="plan" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 124" aria-hidden="true">'
MIDDLE = (100.0, 62.0)
TAPES = ("tp", "tp2", "tp3")
# Where on their way the pairs of the interview walk are, in degrees.
WALKING = (15, 75, 140, 205, 265, 320)

Point = tuple[float, float]


def open_space() -> str:
    """One circle with two gaps, and sheets of paper waiting in its middle."""
    sheets = sheet((84, 56), turn=-6, tape="tp") + sheet((104, 70), turn=4, tape="tp2")
    return ring(24, 52, gaps=2) + sheets + sheet((112, 50), turn=8, tape="tp3")


def marketplace() -> str:
    """A wall with a full row of cells and one that begins to fill, and two rows of chairs that look at it."""
    columns = range(30, 171, 20)
    hung = "".join(sheet((x, 25), tape=TAPES[index % 3]) for index, x in enumerate(columns))
    new = sheet((50, 44), tape="tp3") + sheet((90, 44), tape="tp")
    free = "".join(empty_cell((x, 44)) for x in columns if x not in (50, 90))
    rows = arc(11, 62, 112, 248, (100, 38)) + arc(13, 79, 119, 241, (100, 38))
    return wall(20, 180, 12) + hung + new + free + rows


def opening() -> str:
    """Two rings with four gaps, the way around their inside, and the facilitator's yellow chair in the inner ring."""
    way = '<circle class="sect" cx="100" cy="62" r="24"/>'
    return ring(24, 54, gaps=4) + ring(16, 38, gaps=4, yellow=(6,)) + way + sheet(MIDDLE, size=(20, 14))


def evening_news() -> str:
    """A horseshoe of two rows, open to the screen. One person stands up where they sit."""
    screen = '<rect class="pap" x="72" y="9" width="56" height="27"/>'
    lines = [("tp", 13, 32), ("tp2", 20, 26), ("tp3", 27, 20)]
    news = "".join(f'<rect class="{tape}" x="78" y="{y}" width="{width}" height="4"/>' for tape, y, width in lines)
    rows = arc(14, 45, 76, 284, (100, 57), yellow=(4,)) + arc(19, 61, 76, 284, (100, 57))
    return wall(40, 160, 6) + screen + news + rows


def convergence() -> str:
    """A sheet with dots above, and below it five circles of different size, one for each topic that goes on."""
    piles = [(76, 5), (88, 4), (100, 3), (112, 2), (124, 1)]
    dots = "".join(dot((x, 36 - 5 * height)) for x, count in piles for height in range(count))
    circles = [((24, 40), 5), ((48, 92), 7), ((100, 84), 9), ((152, 92), 6), ((176, 40), 4)]
    seats = "".join(ring(count, 8 + 1.3 * count, middle=middle, size=0.8) for middle, count in circles)
    return '<rect class="pap" x="66" y="8" width="68" height="36"/>' + dots + seats


def match_and_sprint() -> str:
    """Half a circle of each city, threads that tie needs to offers, and one that is only suggested."""
    left = "".join(chair(around(54, angle), angle) for angle in range(200, 341, 20))
    right = "".join(chair(around(54, angle), angle, twin=True) for angle in range(20, 161, 20))
    tied = [((74, 46), (126, 40)), ((74, 60), (126, 78))]
    return left + right + "".join(thread(*ends) for ends in tied) + thread((74, 78), (126, 60), hint=True)


def sprint_and_succeed() -> str:
    """The months on a wall, and below it pairs of both cities who hand something over, one of them still open."""
    months = "".join(sheet((34 + 22 * month, 24), tape=TAPES[month % 3]) for month in range(7))
    pairs = "".join(handover(y) for y in (47, 63, 79, 95)) + handover(111, accepted=False)
    return wall(20, 180, 11) + months + pairs


def world_cafe() -> str:
    """Five tables of four. The host with the yellow chair stays, the others travel along the dashed line."""
    tables = [(40, 34), (100, 34), (160, 34), (70, 90), (130, 90)]
    way = '<path class="sect" d="M59 34H81M119 34H141M151 51 139 73M111 90H89M61 73 49 51"/>'
    return way + "".join(map(table, tables))


def fishbowl() -> str:
    """Five chairs inside, the yellow one empty, and a ring around them with three gaps."""
    return ring(21, 53, gaps=3) + ring(5, 20, size=1.1, yellow=(0,))


def city_potential() -> str:
    """A large map on a table, with cards and threads. The chairs are pushed back, because people stand around it."""
    board = '<rect class="pap" x="52" y="34" width="96" height="56"/>'
    city = '<path class="sect" d="M64 50C72 36 94 46 108 41S144 42 140 60 132 86 112 83 86 90 72 82 56 64 64 50Z"/>'
    places = [("tp", 83, 52), ("tp2", 118, 50), ("tp3", 86, 75), ("tp", 114, 76)]
    cards = "".join(f'<g transform="{at((x, y))}">{box(tape, 12, 7)}</g>' for tape, x, y in places)
    known = thread((72, 66), (101, 60), sag=2) + thread((101, 60), (130, 66), sag=2)
    rows = "".join(chair((x, 19), 0) + chair((x, 105), 180) for x in range(64, 137, 18))
    sides = "".join(chair((35, y), 270) + chair((165, y), 90) for y in (46, 62, 78))
    return board + city + cards + known + rows + sides


def interview_walk() -> str:
    """Pairs on a round way, one of each city side by side. In the middle two pairs have sat down together."""
    trail = "L".join(f"{number(x)} {number(y)}" for x, y in map(on_the_way, range(0, 360, 6)))
    pairs = "".join(pair(on_the_way(turn), direction(on_the_way(turn - 1), on_the_way(turn + 1))) for turn in WALKING)
    four = "".join(chair(around(15, angle), angle, twin=angle in (135, 315)) for angle in (45, 135, 225, 315))
    return f'<path class="sect" d="M{trail}Z"/>' + pairs + four


def drum_circle() -> str:
    """Two rings in four sectors, one of which plays alone, and the low drum in the middle."""
    cross = '<path class="sect" d="M62 24 86 48M114 76 138 100M138 24 114 48M86 76 62 100"/>'
    rings = ring(24, 54, gaps=4, first=45, yellow=range(6)) + ring(16, 37, gaps=4, first=45, yellow=range(4))
    return cross + rings + '<circle class="tbl" cx="100" cy="62" r="11"/>'


PLANS: dict[str, Callable[[], str]] = {
    "open-space": open_space,
    "marketplace": marketplace,
    "opening": opening,
    "evening-news": evening_news,
    "convergence": convergence,
    "match-and-sprint": match_and_sprint,
    "sprint-and-succeed": sprint_and_succeed,
    "world-cafe": world_cafe,
    "fishbowl": fishbowl,
    "city-potential": city_potential,
    "interview-walk": interview_walk,
    "drum-circle": drum_circle,
}


def around(radius: float, angle: float, middle: Point = MIDDLE) -> Point:
    """Return the point at this distance from the middle. Angles are degrees, clockwise from the top."""
    return middle[0] + radius * sin(radians(angle)), middle[1] - radius * cos(radians(angle))


def beside(place: Point, turn: float, distance: float) -> Point:
    """Return the point to the right of somebody who stands there and looks in this direction."""
    return around(distance, turn + 90, place)


def direction(start: Point, end: Point) -> float:
    """Return the angle in which one walks from one point to the other."""
    return degrees(atan2(end[0] - start[0], start[1] - end[1]))


def on_the_way(turn: float) -> Point:
    """Return a point of a winding way around the middle, which has come home after 360 degrees."""
    bend = 1 + 0.11 * sin(radians(5 * turn))
    x, y = around(42 * bend, turn, (0, 0))
    return 100 + 1.75 * x, 62 + y


def chair(place: Point, turn: float = 0, size: float = 1, *, twin: bool = False, kind: str = "") -> str:
    """Draw a chair: `you` is yellow, `free` is dashed. It is square or, in the twin city, round."""
    width, height, corner = (8.6, 8.6, 4.3) if twin else (9, 7.4, 2)
    names = f"ch ch--{kind}" if kind else "ch"
    seat = box("", width * size, height * size, corner=corner * size)
    return f'<g class="{names}" transform="{at(place, turn)}">{seat}</g>'


def box(name: str, width: float, height: float, *, top: float | None = None, corner: float = 0) -> str:
    """Draw a rectangle with this class around the origin, or with its upper edge at `top`."""
    upper = -height / 2 if top is None else top
    sides = f'x="{number(-width / 2)}" y="{number(upper)}" width="{number(width)}" height="{number(height)}"'
    return f"<rect{optional('class', name)} {sides}{optional('rx', number(corner) if corner else '')}/>"


def optional(attribute: str, value: str) -> str:
    """Return the attribute with a space before it, or nothing without a value."""
    return f' {attribute}="{value}"' if value else ""


def ring(
    count: int,
    radius: float,
    *,
    gaps: int = 0,
    first: float = 0,
    middle: Point = MIDDLE,
    size: float = 1,
    yellow: Container[int] = (),
) -> str:
    """Draw a circle of chairs. Gaps as wide as two and a half steps divide it into equal parts, from `first` on."""
    step = 360 / (count + 1.5 * gaps)
    part = count // max(gaps, 1)
    start = first + (1.25 * step if gaps else 0)
    angles = [start + step * (index + 1.5 * (index // part)) for index in range(count)]
    return chairs(radius, angles, middle, size, yellow)


def arc(count: int, radius: float, start: float, end: float, middle: Point, *, yellow: Container[int] = ()) -> str:
    """Draw a row of chairs on part of a circle."""
    angles = [start + (end - start) * index / (count - 1) for index in range(count)]
    return chairs(radius, angles, middle, 1, yellow)


def chairs(radius: float, angles: list[float], middle: Point, size: float, yellow: Container[int]) -> str:
    """Draw a chair at each angle, those with a yellow index in yellow."""
    kinds = ["you" if index in yellow else "" for index, _ in enumerate(angles)]
    return "".join(
        chair(around(radius, angle, middle), angle, size, kind=kind) for angle, kind in zip(angles, kinds, strict=True)
    )


def pair(place: Point, turn: float) -> str:
    """Draw two people side by side, one of each city."""
    return chair(beside(place, turn, -5.5), turn) + chair(beside(place, turn, 5.5), turn, twin=True)


def handover(y: float, *, accepted: bool = True) -> str:
    """Draw two chairs that face each other and the thread between them. Unless accepted, the second one is free."""
    keepers = chair((60, y), 270) + chair((140, y), 90, twin=True, kind="" if accepted else "free")
    return keepers + thread((72, y), (128, y), hint=not accepted, sag=5)


def table(middle: Point) -> str:
    """Draw a café table with its four chairs, the host's in yellow."""
    top = f'<circle class="tbl" cx="{number(middle[0])}" cy="{number(middle[1])}" r="11"/>'
    return top + chairs(20, [315, 45, 135, 225], middle, 0.9, yellow=(0,))


def sheet(place: Point, turn: float = 0, size: Point = (16, 11), tape: str = "tp") -> str:
    """Draw a sheet of paper with a piece of tape at its upper edge."""
    width, height = size
    paper = box("pap", width, height)
    return f'<g transform="{at(place, turn)}">{paper}{box(tape, width * 0.44, 4, top=-height / 2 - 2)}</g>'


def empty_cell(place: Point) -> str:
    """Draw a cell of the wall that no topic hangs in."""
    return f'<g transform="{at(place)}">{box("sect", 16, 11)}</g>'


def wall(left: float, right: float, y: float) -> str:
    """Draw a wall, seen from above."""
    return f'<path class="wl" d="M{number(left)} {number(y)}H{number(right)}"/>'


def thread(start: Point, end: Point, *, hint: bool = False, sag: float = 6) -> str:
    """Draw a thread with a knot at each end; a hint is dotted and its knots are hollow."""
    third = (end[0] - start[0]) / 3
    bends = [start, (start[0] + third, start[1] + sag), (end[0] - third, end[1] - sag), end]
    first, *others = [f"{number(x)} {number(y)}" for x, y in bends]
    line = f'<path class="thread{" thread--hint" * hint}" d="M{first}C{" ".join(others)}"/>'
    return line + dot(start, hint) + dot(end, hint)


def dot(place: Point, hint: bool = False) -> str:
    """Draw a knot of a thread, which is also a dot that somebody gave."""
    return f'<circle class="knot{" knot--hint" * hint}" cx="{number(place[0])}" cy="{number(place[1])}" r="2.4"/>'


def at(place: Point, turn: float = 0) -> str:
    """Return the SVG transform that puts something there."""
    return f"translate({number(place[0])} {number(place[1])})" + (f" rotate({number(turn)})" if turn else "")


def number(value: float) -> str:
    """Return a number with at most two decimals."""
    return f"{round(value, 2):g}"


def main() -> None:
    """Write `<name>.svg` for each plan."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, draw in PLANS.items():
        (FOLDER / f"{name}.svg").write_text(f"{HEAD}{draw()}</svg>\n")


if __name__ == "__main__":
    main()
