"""The form with which facilitators choose what a screen shows."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from openspace.screens import scenes
from openspace.screens.models import LONGEST_TITLE
from openspace.web.forms import Form, line

# Among the pictures to choose from, though it is no scene: a screen that is dark keeps what it shows.
BLANK = "blank"


class ScreenForm(Form):
    """What a screen shows, and how people call it."""

    shows = RadioField(_l("What it shows"), validate_choice=True)
    title = line(_l("Name of the screen"), LONGEST_TITLE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shows.choices = [*((scene.word, scene.title) for scene in scenes.all_scenes()), (BLANK, _l("Dark screen"))]
