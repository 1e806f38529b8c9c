"""Forms of the storytelling wall."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from openspace.config import LANGUAGES
from openspace.stories.actions import NOTHING_TOLD
from openspace.stories.rules import LONGEST_COMMENT, LONGEST_REASON, LONGEST_TEXT
from openspace.web.forms import Form, line, text
from openspace.web.i18n import NAMES


class StoryForm(Form):
    """What an author decides on a story; `topic` and `space` are the number and the id of what it is about."""

    text = text(_l("Your story"), LONGEST_TEXT)
    language = RadioField(
        _l("Language of the story"),
        [InputRequired(_l("Please choose a language."))],
        choices=[SelectChoice(code, NAMES[code]) for code in LANGUAGES],
    )
    topic = IntegerField(_l("Topic"), [Optional()])
    space = IntegerField(_l("Place"), [Optional()])
    in_hall = BooleanField(_l("Show it on the screen in the hall"))
    in_book = BooleanField(_l("Print it in the event's book"))
    on_web = BooleanField(_l("Publish it on the web, for everybody"))

    def validate_text(self, field: Field) -> None:
        """Refuse a story that tells nothing."""
        if not field.data:
            raise ValidationError(NOTHING_TOLD)


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
