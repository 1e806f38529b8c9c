"""The form of an announcement: a text in each language of the event, where it is seen, and its end."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField, TimeField
from wtforms.validators import Length, Optional, ValidationError

from openspace.announcements.actions import Saying
from openspace.announcements.models import Announcement
from openspace.announcements.rules import LONGEST, Words, end_at
from openspace.clock import now
from openspace.events.models import Event, slots_on
from openspace.extensions import db
from openspace.text import one_line
from openspace.web.forms import Form
from openspace.web.i18n import clock_time, tongue

# In whole minutes, as it is shown and can be typed: within the eleventh.
SOON = timedelta(minutes=11)
# The end that is typed as a time of the day.
OWN = "time"


def ends_of(event: Event) -> dict[str, datetime]:
    """The ends that are offered now: in ten minutes (`soon`), at the next `break` of today, at the last slot's end."""
    moment = now()
    slots = db.session.scalars(slots_on(event, event.today())).all()
    found = {"soon": (moment + SOON - timedelta.resolution).replace(second=0, microsecond=0)}
    if coming := next((slot.starts_at for slot in slots if slot.is_break and slot.starts_at > moment), None):
        found["break"] = coming
    if (evening := max((slot.ends_at for slot in slots), default=moment)) > moment:
        found["evening"] = evening
    return found


class AnnouncementForm(Form):
    """What does not depend on the event's languages. `form_of` adds a field `words_…` for each of them."""

    on_phones = BooleanField(_l("On phones"), default=True)
    on_screens = BooleanField(_l("On the screens in the hall"), default=True)
    until = RadioField(_l("How long"))
    at = TimeField(_l("Until when"), [Optional()])

    event: Event
    ends: dict[str, datetime]

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.ends = ends_of(self.event)
        words = {"soon": gettext("10 minutes"), OWN: gettext("Until another time")}
        if "break" in self.ends:
            words["break"] = gettext("Until the break, %(time)s", time=self._clock("break"))
        if "evening" in self.ends:
            words["evening"] = gettext("Until the evening, %(time)s", time=self._clock("evening"))
        self.until.choices = [SelectChoice(name, words[name]) for name in (*self.ends, OWN)]

    def _clock(self, end: str) -> str:
        return clock_time(self.ends[end], self.event.zone)

    @property
    def fields(self) -> list[TextAreaField]:
        """The text fields, one for each language, the event's main one first."""
        return [self[f"words_{code}"] for code in self.event.languages]

    @property
    def words(self) -> Words:
        """What was written, by language."""
        written = {code: self[f"words_{code}"].data for code in self.event.languages}
        return {code: text for code, text in written.items() if text}

    def validate_until(self, field: RadioField) -> None:
        """Refuse a time of the day that is missing or over."""
        if field.data == OWN and not self.at.data:
            raise ValidationError(gettext("Please say until when."))
        if field.data == OWN and self._typed() is None:
            raise ValidationError(gettext("This end is over already. Please choose a later one."))

    def _typed(self) -> datetime | None:
        return end_at(self.at.data, self.event.today(), self.event.zone, now())

    def saying(self) -> Saying:
        """The announcement. Refuses with `Invalid` what is filled in wrongly."""
        self.check()
        ends_at = self._typed() if self.until.data == OWN else self.ends[self.until.data]
        assert ends_at  # because `validate_until` has made sure
        return Saying(self.words, ends_at, on_phones=self.on_phones.data, on_screens=self.on_screens.data)


def form_of(event: Event) -> type[AnnouncementForm]:
    """The form's class for the languages of this event."""
    too_long = Length(max=LONGEST, message=_l("Too long: %(max)d characters at most."))
    fields = {f"words_{code}": TextAreaField(tongue(code), [too_long], filters=[one_line]) for code in event.languages}
    return type("AnnouncementForm", (AnnouncementForm,), {**fields, "event": event})


def values_of(announcement: Announcement) -> dict[str, Any]:
    """What the form shows of an announcement that is to be edited."""
    words = {f"words_{code}": text for code, text in announcement.words.items()}
    at = announcement.event.local(announcement.ends_at).time()
    places = {"on_phones": announcement.on_phones, "on_screens": announcement.on_screens}
    return {**words, **places, "until": OWN, "at": at}
