"""The steps in which a card is filled in, each a form of its own."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError

from openspace.access.forms import NameForm
from openspace.contacts.actions import MOST_LINES
from openspace.contacts.rules import DETAILS, FIELDS, Visibility
from openspace.forms import Form, email, line, text
from openspace.i18n import TONGUES, countries
from openspace.text import one_line

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
TELEGRAM = re.compile(r"^(?:@|(?:https?://)?t(?:elegram)?\.me/)?(\w{4,32})/?$", re.ASCII)
SIGNAL = re.compile(r"^(?:https://signal\.me/\S+|[\w.]+\.\d{2,9})$")
SHOWN_TO = [
    (Visibility.EVERYONE, _l("everyone here")),
    (Visibility.EXCHANGED, _l("my contacts")),
    (Visibility.NOBODY, _l("nobody")),
]


def _several(label: Any, kind: str, longest: int) -> FieldList:
    count = MOST_LINES[kind]
    return FieldList(line(_l("One line"), longest, required=False), label=label, min_entries=count, max_entries=count)


class WhoForm(NameForm):
    """Who I am: on top of how I am called."""

    occupation = line(_l("What do you do?"), 120, required=False)
    region = line(_l("Region"), 80, required=False)
    country = SelectField(_l("Country"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = dict(countries())
        codes = ["", *FIRST_COUNTRIES, *(code for code in named if code not in FIRST_COUNTRIES)]
        self.country.choices = [SelectChoice(code, named.get(code, "")) for code in codes]


class GiveForm(Form):
    """What I offer, what I look for, what I would like to talk about."""

    offers = _several(_l("I offer"), "offers", 120)
    needs = _several(_l("I look for"), "needs", 120)
    about = text(_l("What would you like to talk about?"), 300)


class InterestsForm(Form):
    """Languages, and tags of interest: chosen from the event's own, or new ones with commas between."""

    languages = SelectMultipleField(_l("I speak"), choices=[SelectChoice(*each) for each in TONGUES.items()])
    interests = SelectMultipleField(_l("Interests"), validate_choice=False)
    others = line(_l("Other interests, with commas between"), 200, required=False)

    def tags(self) -> list[str]:
        """All tags, as chosen and as typed."""
        given = map(one_line, [*(self.interests.data or []), *(self.others.data or "").split(",")])
        return list(dict.fromkeys(tag[:40] for tag in given if tag))

    def validate_others(self, field: StringField) -> None:
        """No more than fit on a card."""
        if len(self.tags()) > MOST_LINES["interests"]:
            raise ValidationError(_l("Eight interests at most: leave the most important ones."))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """No more than fit on a card."""
        if len(field.data or []) > MOST_LINES["languages"]:
            raise ValidationError(_l("Eight languages at most."))


class ReachForm(Form):
    """How to reach me, and who may know. `country` is whose numbers are written without a country code."""

    phone = line(_l("Phone"), 40, required=False)
    email = email(_l("E-mail"))
    telegram = line("Telegram", 64, required=False)
    signal = line("Signal", 120, required=False)
    whatsapp = line("WhatsApp", 40, required=False)
    linkedin = line("LinkedIn", 190, required=False)
    facebook = line("Facebook", 190, required=False)
    web = line(_l("Website"), 190, required=False)
    country = "UA"

    @property
    def details(self) -> list[Any]:
        """The fields, in the order of a card."""
        return [self[name] for name in DETAILS]

    def validate_phone(self, field: StringField) -> None:
        """A number that can be called."""
        field.data = self._number(field.data)

    def validate_whatsapp(self, field: StringField) -> None:
        """The same."""
        field.data = self._number(field.data)

    def validate_signal(self, field: StringField) -> None:
        """A number, a name such as anna.42, or a link."""
        if field.data and not SIGNAL.match(field.data):
            field.data = self._number(field.data)

    def validate_telegram(self, field: StringField) -> None:
        """A name, with or without @, or its link."""
        if not field.data:
            return
        found = TELEGRAM.match(field.data)
        if not found:
            raise ValidationError(_l("A Telegram name, please: 4 letters or more, such as @olena_tkachuk."))
        field.data = f"@{found[1]}"

    def validate_linkedin(self, field: StringField) -> None:
        """A page there."""
        field.data = _page(field.data, "linkedin.com")

    def validate_facebook(self, field: StringField) -> None:
        """A page there."""
        field.data = _page(field.data, "facebook.com", "fb.com")

    def validate_web(self, field: StringField) -> None:
        """Any page."""
        field.data = _page(field.data)

    def _number(self, typed: str | None) -> str:
        """The number as one would dial it from abroad (E.164, with blanks)."""
        if not typed:
            return ""
        words = _l("This is not a phone number. With the country, such as +380 44 123 45 67.")
        # To the library letters are digits, as on the keys of a telephone.
        if any(letter.isalpha() for letter in typed):
            raise ValidationError(words)
        import phonenumbers  # here because it is large, and only who gives a number needs it

        try:
            number = phonenumbers.parse(typed, self.country)
        except phonenumbers.NumberParseException:
            raise ValidationError(words) from None
        if not phonenumbers.is_valid_number(number):
            raise ValidationError(
                _l("There is no such number. Please look at it again, and begin with the country, such as +380 or +49.")
            )
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _page(typed: str | None, *hosts: str) -> str:
    """An address with https, of one of these hosts if any are given."""
    if not typed:
        return ""
    address = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        raise ValidationError(_l("This is not the address of a page, such as example.org.")) from None
    if parts.scheme not in {"http", "https"} or "." not in host or " " in address:
        raise ValidationError(_l("This is not the address of a page, such as example.org."))
    if hosts and not any(host == wanted or host.endswith(f".{wanted}") for wanted in hosts):
        raise ValidationError(_l("An address at %(host)s, please.", host=hosts[0]))
    return address


def read_visibilities(given: Mapping[str, str]) -> dict[str, Visibility]:
    """Who sees which field, as chosen by `show_photo=nobody`; what is not known is left out."""
    known = {str(who) for who in Visibility}
    return {field: Visibility(given[f"show_{field}"]) for field in FIELDS if given.get(f"show_{field}") in known}


class ConsentForm(Form):
    """The consent, and what may go into the organisers' list."""

    agreed = BooleanField(
        _l("I have read this and agree"), [InputRequired(_l("Your card can be shown only if you agree."))]
    )
    exports_card = BooleanField(_l("What everyone sees of my card"))
    exports_details = BooleanField(_l("How to reach me"))


class NoteForm(Form):
    """A private note."""

    note = text(_l("A private note"), 1000)
