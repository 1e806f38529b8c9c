"""Forms of the storytelling wall."""

from flask import request
from flask_babel import gettext, lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from openspace.config import LANGUAGES
from openspace.stories import subtitles
from openspace.stories.actions import NOTHING_TOLD
from openspace.stories.media_actions import Chosen
from openspace.stories.rules import LONGEST_ALT, LONGEST_COMMENT, LONGEST_REASON, LONGEST_TEXT, MediumKind
from openspace.stories.series import LONGEST_TITLE
from openspace.text import one_line
from openspace.uploads.rules import REF
from openspace.web.errors import Invalid
from openspace.web.forms import Form, line, text
from openspace.web.i18n import NAMES

# A recording of a day; no cut begins later.
MOST_SECONDS = 86_400


class ConsentForm(Form):
    """What an author agrees to, each under the name of its column (`rules.Consent`)."""

    in_hall = BooleanField(_l("Show it on the screen in the hall"))
    in_book = BooleanField(_l("Print it in the event's book"))
    on_web = BooleanField(_l("Publish it on the web, for everybody"))


class StoryForm(ConsentForm):
    """What an author decides on a story; `topic` and `space` are the number and the id of what it is about."""

    text = text(_l("Your story"), LONGEST_TEXT)
    language = RadioField(
        _l("Language of the story"),
        [InputRequired(_l("Please choose a language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )
    topic = IntegerField(_l("Topic"), [Optional()])
    space = IntegerField(_l("Place"), [Optional()])

    def validate_text(self, field: Field) -> None:
        """Refuse a story that tells nothing."""
        if not field.data and not request.form.getlist("ref") and not any(request.files.values()):
            raise ValidationError(NOTHING_TOLD)


def chosen_media() -> list[Chosen]:
    """The pictures, films and sound that a request names: fields `ref`, and for each `kind-REF`, `alt-REF` and so on.

    Refuses with `Invalid` what no page of ours sends.
    """
    return [_chosen(ref) for ref in dict.fromkeys(request.form.getlist("ref"))]


def _chosen(ref: str) -> Chosen:
    def told(name: str) -> str:
        return request.form.get(f"{name}-{ref}", "")

    try:
        kind = MediumKind(told("kind"))
        cut_from, cut_length = (float(told(name)) if told(name) else None for name in ("from", "length"))
    except ValueError:
        raise Invalid from None
    numbers = [number for number in (cut_from, cut_length) if number is not None]
    if not REF.fullmatch(ref) or not all(0 <= number < MOST_SECONDS for number in numbers):
        raise Invalid
    return Chosen(ref, kind, one_line(told("alt"))[:LONGEST_ALT], cut_from or 0.0, cut_length)


class TellForm(StoryForm):
    """A new story; with a name it is one that a facilitator writes down for somebody without a phone."""

    author_name = line(_l("Whose story is it?"), 80, required=False)
    author_community = line(_l("Community"), 80, required=False)


class CommentForm(Form):
    """A comment on a story."""

    words = line(_l("Comment"), LONGEST_COMMENT)


class ReportForm(Form):
    """Why facilitators should look at a story, or at one comment on it (`comment`, its id)."""

    why = line(_l("What is wrong with it?"), LONGEST_REASON)
    comment = IntegerField(validators=[Optional()])


class ReasonForm(Form):
    """Why a story is hidden, or somebody stopped from posting."""

    why = line(_l("Why? The author reads it"), LONGEST_REASON)


class FilmForm(Form):
    """The title of a film in the series."""

    title = line(_l("Title"), LONGEST_TITLE, required=False)


class SubtitlesForm(Form):
    """Subtitles: a line for each, such as `0:05 We came by bus`."""

    lines = text(_l("Subtitles"), 20_000)

    def validate_lines(self, field: Field) -> None:
        """Refuse what is no list of subtitles, and name the line."""
        try:
            subtitles.read(field.data or "")
        except ValueError as error:
            words = gettext(
                "This line needs a time later than the one above, and words: %(line)s", line=str(error)[:60]
            )
            raise ValidationError(words) from None
