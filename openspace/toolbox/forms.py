"""The form in which organisers write a guide: a text for each language, and the seating plan that it shows."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, TextAreaField

from openspace.config import LANGUAGES
from openspace.toolbox import shipped
from openspace.toolbox.finding import read_all
from openspace.toolbox.reading import WrongGuide, read
from openspace.web.forms import Form, text
from openspace.web.i18n import NAMES

# Characters of a guide in one language; those that are shipped have 4,000.
LONGEST_TEXT = 30_000


class GuideForm(Form):
    """Its texts are the fields `text_uk`, `text_en` and so on; those that are empty are not there."""

    plan = SelectField(_l("Seating plan"), choices=[SelectChoice(name, name) for name in shipped.names()])

    def fields_by_language(self) -> dict[str, TextAreaField]:
        """The field of each language."""
        return {code: self[f"text_{code}"] for code in LANGUAGES}

    def texts(self) -> dict[str, str]:
        """What was written, by language."""
        return {code: field.data for code, field in self.fields_by_language().items() if field.data}

    def validate(self, extra_validators: object = None) -> bool:
        """Whether each text is a guide, and all of them the same; the fields say what is wrong."""
        is_good = bool(super().validate(extra_validators))
        if is_good:
            wrong = dict(self._wrong())
            for code, words in wrong.items():
                field = self.fields_by_language()[code]
                field.errors = [*field.errors, words]
            is_good = not wrong
        return is_good

    def _wrong(self) -> Iterator[tuple[str, str]]:
        for code, written in self.texts().items():
            try:
                read(written)
            except WrongGuide as problem:
                yield code, str(problem)

    def check(self) -> None:
        """Validate, with all that `read_all` refuses of several languages. Refuses with `Invalid` or `WrongGuide`."""
        super().check()
        read_all(self.texts())


for _code in LANGUAGES:
    setattr(GuideForm, f"text_{_code}", text(NAMES[_code], LONGEST_TEXT))
