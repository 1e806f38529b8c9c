"""The forms of the contact book: one for each step in which a card is filled in, and one for a note."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import BooleanField, Choice, FieldList, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import Select, html_params

from openspace.access.forms import NameForm
from openspace.contacts.actions import MOST_LINES
from openspace.contacts.reach import LONGEST_PAGE, Unreadable, read
from openspace.contacts.rules import DETAILS, FIELDS, Visibility
from openspace.text import listed, one_line, without_doubles
from openspace.web.forms import Form, email, line, text
from openspace.web.i18n import TONGUES, countries, language

LANGUAGES = (
    "uk",
    "en",
    "de",
    "pl",
    "ru",
    "fr",
    "es",
    "it",
    "ro",
    "cs",
    "sk",
    "hu",
    "lt",
    "lv",
    "et",
    "bg",
    "sv",
    "nl",
    "tr",
)
FIRST_COUNTRIES = ("UA", "DE", "PL")
VISIBILITY_CHOICES = [
    (Visibility.EVERYONE, _l("everyone here")),
    (Visibility.EXCHANGED, _l("my contacts")),
    (Visibility.NOBODY, _l("nobody")),
]


def _list_field(label: Any, kind: str, longest: int) -> FieldList:
    count = MOST_LINES[kind]
    return FieldList(line(_l("One line"), longest, required=False), label=label, min_entries=count, max_entries=count)


@cache
def _country_choices(spoken: str) -> list[SelectChoice]:
    """Nothing, then the most frequent countries, then all others by their names in a language, the request's."""
    named = dict(countries())
    codes = ["", *FIRST_COUNTRIES, *(code for code in named if code not in FIRST_COUNTRIES)]
    return [SelectChoice(code, named.get(code, "")) for code in codes]


@lru_cache(maxsize=16)
def _country_options(spoken: str, chosen: str) -> Markup:
    """The options of all countries in a language, the request's. Rendered once, because they are 250."""
    return Markup("").join(
        Select.render_option(Choice(each.value, each.label, each.value == chosen, {}))
        for each in _country_choices(spoken)
    )


def _country_select(field: SelectField, **attributes: Any) -> Markup:
    options = _country_options(language(), field.data or "")
    params = html_params(name=field.name, id=field.id, **attributes)
    return Markup(f"<select {params}>{options}</select>")  # noqa: S704  # because `html_params` escapes


class WhoForm(NameForm):
    """Who I am: name and community (from `NameForm`), occupation, region, country."""

    occupation = line(_l("What do you do?"), 120, required=False)
    region = line(_l("Region"), 80, required=False)
    country = SelectField(
        _l("Country"), default="", choices=lambda: _country_choices(language()), widget=_country_select
    )


class GiveForm(Form):
    """What I offer, what I look for, what I would like to talk about."""

    offers = _list_field(_l("I offer"), "offers", 120)
    needs = _list_field(_l("I look for"), "needs", 120)
    about = text(_l("What would you like to talk about?"), 300)


class InterestsForm(Form):
    """Languages and interests; interests are chosen from those of the event, or typed with commas between them."""

    languages = SelectMultipleField(_l("I speak"), choices=[SelectChoice(*each) for each in TONGUES.items()])
    interests = SelectMultipleField(_l("Interests"), validate_choice=False)
    others = line(_l("Other interests, with commas between"), 200, required=False)

    def tags(self) -> list[str]:
        """Return the chosen and the typed interests, each once."""
        chosen = [tag for each in self.interests.data or [] for tag in listed(one_line(each))]
        return without_doubles(tag[:40].rstrip() for tag in [*chosen, *listed(self.others.data or "")])

    def validate_others(self, field: StringField) -> None:
        """Refuse more than a card can hold."""
        if len(self.tags()) > MOST_LINES["interests"]:
            raise ValidationError(_l("Eight interests at most: leave the most important ones."))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """Refuse more than a card can hold."""
        if len(field.data or []) > MOST_LINES["languages"]:
            raise ValidationError(_l("Eight languages at most."))


class ReachForm(Form):
    """Contact details. Phone numbers without a country code are read as numbers of `country` (ISO 3166-1)."""

    phone = line(_l("Phone"), 40, required=False)
    email = email(_l("E-mail"))
    telegram = line("Telegram", LONGEST_PAGE, required=False)
    signal = line("Signal", 120, required=False)
    whatsapp = line("WhatsApp", LONGEST_PAGE, required=False)
    linkedin = line("LinkedIn", LONGEST_PAGE, required=False)
    facebook = line("Facebook", LONGEST_PAGE, required=False)
    web = line(_l("Website"), LONGEST_PAGE, required=False)
    country = "UA"

    @property
    def details(self) -> list[Any]:
        """The fields, in the order of a card."""
        return [self[name] for name in DETAILS]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Replace each value by its stored form (`reach.read`), or add a message to its field."""
        given = {name: [*(extra_validators or {}).get(name, []), self._read] for name in DETAILS}
        return bool(super().validate(given))

    def _read(self, form: Form, field: StringField) -> None:
        try:
            field.data = read(field.name, field.data or "", self.country)
        except Unreadable as problem:
            raise ValidationError(problem.words) from None


def read_visibilities(given: Mapping[str, str]) -> dict[str, Visibility]:
    """Read parameters such as `show_photo=nobody` as field to visibility; unknown values are left out."""
    known = {str(who) for who in Visibility}
    return {field: Visibility(given[f"show_{field}"]) for field in FIELDS if given.get(f"show_{field}") in known}


class ConsentForm(Form):
    """The consent to be in the contact book, what organisers may export, and whether the name may be printed."""

    agreed = BooleanField(
        _l("I have read this and agree"), [InputRequired(_l("Your card can be shown only if you agree."))]
    )
    exports_card = BooleanField(_l("What everyone sees of my card"))
    exports_details = BooleanField(_l("How to reach me"))
    prints_name = BooleanField(_l("Print my name and community"))


class NoteForm(Form):
    """A private note about a contact."""

    note = text(_l("A private note"), 1000)
