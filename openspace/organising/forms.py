"""Forms for setting an event up and changing it, with their rows of spaces, slots and fixed items."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from itertools import count, zip_longest
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask import request
from flask_babel import gettext, lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    PasswordField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError

from openspace.access.forms import NEW_PASSWORD
from openspace.config import LANGUAGES
from openspace.events.rules import (
    LATE,
    MORNING,
    Block,
    after_midnight,
    as_clock,
    goes_into_the_evening,
    lay_slots,
    minutes,
    span,
    spans,
)
from openspace.organising.actions import SlotSheet, SpaceSheet
from openspace.organising.spans import span_of
from openspace.text import one_line
from openspace.web.errors import Invalid
from openspace.web.forms import Form, email, line
from openspace.web.i18n import NAMES, day as day_in_words

LONGEST = 12 * 60
FIRST_YEAR, LAST_YEAR = 2000, 2199
AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
ZONES = sorted(zone for zone in available_timezones() if zone.startswith(AREAS) and "/" in zone)
_NEEDED = InputRequired(_l("Please fill this in."))


def _between(low: int, high: int) -> list[Any]:
    words = _l("A whole number from %(min)d to %(max)d, please.")

    def is_number(form: Form, field: IntegerField) -> None:
        # One message, whether it is no number or a number out of range.
        if field.process_errors:
            field.errors = []
            raise StopValidation(words % {"min": low, "max": high})

    return [InputRequired(_l("Please fill this in.")), is_number, NumberRange(low, high, message=words)]


class EventForm(Form):
    """Name, place, dates, zone and languages of an event."""

    name = line(_l("Name of the event"), 120, shortest=2)
    city = line(_l("City"), 80, required=False)
    starts_on = DateField(_l("First day"), [_NEEDED])
    ends_on = DateField(_l("Last day"), [_NEEDED])
    zone = SelectField(_l("Time zone"), choices=[SelectChoice(zone, zone.replace("_", " ")) for zone in ZONES])
    languages = SelectMultipleField(
        _l("Languages"),
        [InputRequired(_l("Please choose at least one language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )
    is_public = BooleanField(_l("Anybody may look at the board; names are shown to members only"))

    @property
    def tz(self) -> ZoneInfo:
        """The chosen time zone; UTC while the field holds no existing one."""
        return ZoneInfo(self.zone.data if self.zone.data in ZONES else "UTC")

    def sheet(self) -> dict[str, Any]:
        """The fields as keyword arguments of `event_actions.create` and `event_actions.edit`."""
        names = ("name", "city", "starts_on", "ends_on", "zone", "languages")
        return {name: self[name].data for name in names}

    def validate_starts_on(self, field: DateField) -> None:
        """Refuse a year of two digits: browsers send 26 as the year 26."""
        if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(_l("Please give the whole year, such as 2026."))

    def validate_ends_on(self, field: DateField) -> None:
        """Refuse a last day before the first one, and a year of two digits."""
        self.validate_starts_on(field)
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The last day comes before the first."))


class EditForm(EventForm):
    """The event's settings: the fields of the setup form, and those that can wait until later."""

    months_kept = IntegerField(_l("For how many months afterwards are people's cards kept?"), _between(1, 60))


class SlotsForm(Form):
    """How a day is laid out: "4 slots of 60 minutes from 10:00, 30 minutes between"."""

    count = IntegerField(_l("Slots a day"), _between(1, 12), default=4)
    length = IntegerField(_l("Minutes per slot"), _between(5, 480), default=60)
    start = TimeField(_l("From"), [_NEEDED], default=time(10))
    gap = IntegerField(_l("Break, minutes"), _between(0, 480), default=30)


class OrganiserForm(Form):
    """The first organiser's name, e-mail and password."""

    organiser = line(_l("What is your name?"), 80)
    email = email(_l("E-mail"), required=True)
    password = PasswordField(_l("Password"), [_NEEDED, *NEW_PASSWORD])


class SetupForm(EventForm, SlotsForm, OrganiserForm):
    """Everything that a new event needs."""


class ItemForm(Form):
    """A programme item in one cell: a training, a working group."""

    title = line(_l("Title"), 120, shortest=3)
    cell = SelectField(_l("Where and when?"), [_NEEDED], validate_choice=False)


def rows(prefix: str, *names: str) -> Iterator[dict[str, str]]:
    """The rows of a table of inputs as they were typed, by name; each input is called `prefix_name`."""
    columns = [request.form.getlist(f"{prefix}_{name}") for name in names]
    # A column may be missing from the form: some hold answers to questions that are seldom asked.
    for values in zip_longest(*columns, fillvalue=""):
        yield dict(zip(names, (one_line(value) for value in values), strict=True))


def typed_spaces() -> list[dict[str, str]]:
    """The rows of spaces as typed."""
    return [row for row in rows("space", "id", "name", "chairs", "kind") if row["name"] or row["id"]]


def read_spaces(numbers: Iterable[int] | None = None) -> list[SpaceSheet]:
    """The spaces that were typed; a row whose name was emptied stands for a space taken away.

    `numbers` are the numbers shown beside the rows; without them 1, 2, 3 and so on. Refuses with `Invalid`, which names
    the row by its number.
    """
    sheets = []
    for number, row in zip(numbers or count(1), typed_spaces(), strict=False):
        if not row["name"]:
            continue
        chairs = _whole(row["chairs"])
        if not 1 <= chairs <= 2000:
            raise Invalid(
                gettext("How many chairs are there in place %(number)s? A number from 1 to 2000.", number=number)
            )
        if len(row["name"]) > 60:
            raise Invalid(gettext("The name of place %(number)s is too long: 60 characters at most.", number=number))
        sheets.append(SpaceSheet(_whole(row["id"]) or None, row["name"], chairs, row["kind"] == "butterfly"))
    return sheets


def shown_ids(prefix: str) -> set[int]:
    """The ids of all rows that the form showed, also of rows that were emptied."""
    return {_whole(ident) for ident in request.form.getlist(f"{prefix}_id")} - {0}


def typed_slots() -> list[dict[str, str]]:
    """The rows of a day's slots as typed."""
    names = ("id", "start", "end", "kind", "title", "night", "hour")
    return [row for row in rows("slot", *names) if row["start"] or row["end"]]


def read_slots(day: date, tz: ZoneInfo) -> list[SlotSheet]:
    """The slots that were typed on a day's sheet. Refuses with `Invalid`."""
    typed = typed_slots()
    for row in typed:
        if row["kind"] == "topics":
            row["title"] = ""
        elif not row["title"]:
            raise Invalid(gettext("What happens at %(time)s? Give it a name.", time=row["start"]))
    blocks = _blocks(typed, "kind", day, tz)
    return [SlotSheet(_whole(row["id"]) or None, block) for row, block in zip(typed, blocks, strict=True)]


def typed_fixed() -> list[dict[str, str]]:
    """The rows of fixed items as typed."""
    names = ("title", "day", "start", "end", "where", "night", "hour")
    return [row for row in rows("fixed", *names) if row["title"]]


def read_fixed(day: date, tz: ZoneInfo) -> list[Block]:
    """The typed fixed items of this day, also those meant for every day. Refuses with `Invalid`."""
    return _blocks([row for row in typed_fixed() if row["day"] in {"", day.isoformat()}], "where", day, tz)


def _blocks(typed: Sequence[dict[str, str]], kind: str, day: date, tz: ZoneInfo) -> list[Block]:
    """The blocks of a day's rows; times that mean the night after the day are moved there."""
    blocks = [_block(row["start"], row["end"], row["title"], row[kind], row["hour"]) for row in typed]
    return [
        _dated(block, [*blocks[:place], *blocks[place + 1 :]], row["night"], day, tz)
        for place, (row, block) in enumerate(zip(typed, blocks, strict=True))
    ]


def _block(start: str, end: str, title: str, kind: str, hour: str) -> Block:
    try:
        begin, finish = span(time.fromisoformat(start), time.fromisoformat(end))
    except ValueError:
        words = gettext("From when to when? Please give both times of “%(title)s”.", title=title or start or end)
        raise Invalid(words) from None
    if finish - begin > LONGEST:
        words = gettext("%(start)s to %(end)s is longer than half a day. Is that meant?", start=start, end=end)
        raise Invalid(words)
    if len(title) > 120:
        raise Invalid(gettext("“%(title)s…” is too long: 120 characters at most.", title=title[:30]))
    return Block(begin, finish, title, kind == "break", _whole(kind) or None, hour)


def _dated(block: Block, others: Sequence[Block], night: str, day: date, tz: ZoneInfo) -> Block:
    """The block in the morning of the day or in the night after it.

    `night` is what was answered: `before` or `after`, empty if nothing was. Refuses with `Invalid` to ask that, when
    it is not clear, and for what `span_of` refuses.
    """
    if block.start >= MORNING or night == "before":
        return block
    if night == "after" or (block.start < LATE and goes_into_the_evening(others)):
        return after_midnight(block)
    # As it stands, on the day's own date: an hour that is left out or comes twice is told first.
    span_of(day, block, tz)
    if len(spans(day, block, tz)) > 1:
        return block
    if block.start < LATE and others:
        return after_midnight(block)
    words = gettext(
        "%(time)s: early on %(day)s, or in the night after it? Please choose below the time.",
        time=as_clock(block.start),
        day=day_in_words(day),
    )
    raise Invalid(words, asks="night", start=as_clock(block.start), end=as_clock(block.end))


def _whole(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def laid(form: Any, fixed: Sequence[Block]) -> list[Block]:
    """The slots that the form describes, laid around the fixed items."""
    return lay_slots(
        count=form.count.data, length=form.length.data, start=minutes(form.start.data), gap=form.gap.data, fixed=fixed
    )
