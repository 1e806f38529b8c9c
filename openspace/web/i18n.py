"""The language of a request, its translations, and how dates, countries and names are written in it."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import pyphen
from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from babel.units import format_unit
from flask import Flask, g, has_request_context, request, session
from flask_babel import Domain, force_locale, get_babel, get_locale, gettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from openspace.clock import now
from openspace.collation import collated
from openspace.config import LANGUAGES
from openspace.extensions import babel
from openspace.text import isolated

TRANSLATIONS = Path(__file__).parents[1] / "translations"
VOWELS = set("aeiouyäöüаеєиіїоуюяёыэ")
# The languages that people may say they speak, each by its own name. A table, because Babel would load a megabyte and
# more for each of them.
TONGUES = {
    "uk": "Українська",
    "en": "English",
    "de": "Deutsch",
    "pl": "Polski",
    "ru": "Русский",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "ro": "Română",
    "cs": "Čeština",
    "sk": "Slovenčina",
    "hu": "Magyar",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "et": "Eesti",
    "bg": "Български",
    "sv": "Svenska",
    "nl": "Nederlands",
    "tr": "Türkçe",
}
SIZES = (("gigabyte", 10**9), ("megabyte", 10**6), ("kilobyte", 10**3), ("byte", 1))
NO_COUNTRY = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
NAMES = {code: TONGUES[code] for code in LANGUAGES}


class PoDomain(Domain):
    """Reads the .po files themselves, so that there is no compiled copy to forget."""

    def get_translations(self) -> NullTranslations:
        return _translations()

    def gettext(self, string: str, **variables: Any) -> str:
        """Translate a sentence; right-to-left values in it do not change the order of the rest."""
        return str(super().gettext(string, **_isolated(variables)))

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Translate a sentence about a number; right-to-left values in it do not change the order of the rest."""
        return str(super().ngettext(singular, plural, num, **_isolated(variables)))


def _isolated(variables: dict[str, Any]) -> dict[str, Any]:
    return {name: isolated(value) if isinstance(value, str) else value for name, value in variables.items()}


@pass_context
def _gettext(context: Context, words: str, /, **variables: Any) -> str:
    """What templates call as `_`: Jinja's own `gettext`, with isolated values, in a third of its time."""
    return _filled_in(context, _translations().gettext(words), variables)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int, /, **variables: Any) -> str:
    """What templates call as `ngettext`."""
    return _filled_in(context, _translations().ngettext(singular, plural, num), {"num": num, **variables})


def _filled_in(context: Context, sentence: str, variables: dict[str, Any]) -> str:
    """The sentence with the values; where the template escapes, it is markup and they are escaped."""
    sentence = Markup(sentence) if context.eval_ctx.autoescape else sentence  # noqa: S704  # from our catalogue
    return sentence % (_isolated(variables) if variables else variables)


def _translations() -> NullTranslations:
    locale = get_locale()
    return _catalogue(str(locale)) if locale else NullTranslations()


@cache
def _catalogue(language: str) -> NullTranslations:
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return NullTranslations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def choose() -> str:
    """Return the language of the request: from `?lang=`, else from the session, the browser, or the event's first."""
    if not has_request_context():
        return "en"
    wanted = request.args.get("lang", "")
    if wanted in LANGUAGES:
        return wanted
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    visitor = g.get("visitor")
    first = visitor.event_snapshot.languages[0] if visitor else LANGUAGES[0]
    return _preferred(request.headers.get("Accept-Language", "")) or first


@lru_cache(maxsize=256)
def _preferred(accepted: str) -> str | None:
    """The best of our languages for an Accept-Language header. Cached, for few different ones come again and again."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES)


def address_in(code: str) -> str:
    """The address of the page that is being drawn, in the language with this code."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return "?" + urlencode([*kept, ("lang", code)], quote_via=quote)


def init_app(app: Flask) -> None:
    """Bind Babel, remember a language chosen with `?lang=`, and give templates their filters."""
    babel.init_app(app, locale_selector=choose)
    # Flask-Babel makes its domain from a name; this is the one place to hand it an object.
    babel.domain_instance = PoDomain()

    @app.before_request
    def remember_language() -> None:
        if request.args.get("lang") in LANGUAGES:
            session.permanent = True
            session["language"] = request.args["lang"]

    app.jinja_env.filters |= {
        "clock": clock_time,
        "day": day,
        "weekday": weekday,
        "days": days,
        "slot_day": slot_day,
        "lasting": lasting,
        "listed": listed,
        "file_size": file_size,
        "hyphenated": hyphenated,
        "initials": initials,
        "isolated": isolated,
        "country": country,
        "tongue": tongue,
        "epoch": lambda moment: int(moment.timestamp()),
    }
    app.jinja_env.globals |= {
        "_": _gettext,
        "gettext": _gettext,
        "ngettext": _ngettext,
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_NAMES": NAMES,
        "language": language,
        "in_language": in_language,
        "address_in": address_in,
        "server_time": lambda: now().timestamp(),
    }


def language() -> str:
    """Return the code of the language that is being rendered."""
    locale = get_locale()
    return locale.language if locale else "en"


def in_language(code: str, caller: Callable[[], str]) -> str:
    """Render the content of a `call` block in one language: `{% call in_language("de") %}…{% endcall %}`."""
    with force_locale(code):
        return caller()


def _locale() -> Locale:
    return Locale.parse(language())


def clock_time(moment: datetime, zone: str) -> str:
    """Return a time of day as 14:00, in every language."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def day(when: date) -> str:
    """Return a date as 4 червня, 4. Juni, June 4."""
    return _day(when, language())


# The few days of an event are written again and again: a small board names the day in each of its cells.
@lru_cache(maxsize=256)
def _day(when: date, language: str) -> str:
    return format_skeleton("MMMMd", when, locale=Locale.parse(language))


def slot_day(slot: Any) -> str:  # an `events.models.Slot`, which this package must not import
    """Return the day of a slot, as `day_or_night` does."""
    return day_or_night(slot.day, slot.starts_at, slot.event.zone)


def day_or_night(listed: date, starts_at: datetime, zone: str) -> str:
    """Return the day of a slot as 4 червня; after midnight, `listed` under the day before, as у ніч на 5 червня."""
    dated = starts_at.astimezone(ZoneInfo(zone)).date()
    return day(dated) if dated == listed else str(gettext("in the night to %(day)s", day=day(dated)))


def weekday(when: date) -> str:
    """Return a date with its weekday, as четвер, 4 червня."""
    return format_date(when, "EEEE, ", locale=_locale()) + day(when)


def days(first: date, last: date) -> str:
    """Return a range of dates as 3–6 червня; a single day as `day` does."""
    if first == last:
        return day(first)
    if (first.year, first.month) != (last.year, last.month):
        return f"{day(first)} – {day(last)}"
    dot = "." if f"{last.day}." in day(last) else ""
    return day(last).replace(str(last.day), f"{first.day}{dot}–{last.day}", 1)


def lasting(minutes: int) -> str:
    """A length of time in short: in minutes, from 100 of them in hours. `static/js/clock.js` says it the same way."""
    if minutes < 100:
        return str(gettext("%(n)s min", n=minutes))
    return str(gettext("%(n)s h", n=(minutes + 30) // 60))


def file_size(size: int) -> str:
    """Return the size of a file in bytes as 1,2 МБ: with one decimal at most, in the unit that makes it short."""
    unit, worth = next((found for found in SIZES if size >= found[1]), SIZES[-1])
    said = format_unit(size / worth, unit, "short", format="#,##0.#", locale=_locale())
    # A number never stands at the end of a line without its unit.
    return said.replace(" ", "\u00a0")


def listed(texts: Iterable[str]) -> Markup:
    """Those of the texts that are not empty, with commas between them, each of its own direction."""
    return Markup(", ").join(isolated(text) for text in texts if text)


def country(code: str) -> str:
    """Return a country's name, as Німеччина for DE; empty for an empty code."""
    return str(_locale().territories.get(code, code))


def countries() -> list[tuple[str, str]]:
    """Return all countries as (code, name in the request's language), in the order of the names."""
    found = ((code, name) for code, name in _locale().territories.items() if len(code) == 2 and code not in NO_COUNTRY)
    return sorted(found, key=lambda pair: collated(pair[1]))


@cache
def country_names(code: str) -> tuple[str, ...]:
    """Return a country's names in all our languages; none for an empty code."""
    return tuple(str(Locale.parse(lang).territories[code]) for lang in LANGUAGES) if code else ()


def tongue(code: str) -> str:
    """Return a language's own name, as Deutsch for de."""
    return TONGUES.get(code, code)


@cache
def _hyphenator(lang: str) -> pyphen.Pyphen | None:
    found = pyphen.language_fallback({"uk": "uk_UA", "de": "de_DE", "ru": "ru_RU", "en": "en_US"}[lang])
    if found is None:
        return None
    hyphenator = pyphen.Pyphen(lang=found, left=4, right=4)
    # Tens of thousands of patterns have a few hundred different values: to share these saves 10 MiB.
    values: dict[Any, Any] = {}
    patterns = hyphenator.hd.patterns
    patterns.update({letters: values.setdefault(value, value) for letters, value in patterns.items()})
    return hyphenator


@lru_cache(maxsize=4096)
def hyphenated(text: str, lang: str) -> Markup:
    """Return the text with soft hyphens in words of 12 letters or more, at least four letters from either end."""
    hyphenator = _hyphenator(lang) if lang in LANGUAGES else None
    if hyphenator is None:
        return escape(text)
    return Markup(" ").join(_broken(hyphenator, word) if len(word) >= 12 else word for word in text.split(" "))


def _broken(hyphenator: pyphen.Pyphen, word: str) -> str:
    """The word with soft hyphens, none of which leaves a piece without a vowel."""
    pieces, start = [], 0
    for position in hyphenator.positions(word):
        if VOWELS & set(word[start:position].lower()) and VOWELS & set(word[position:].lower()):
            pieces.append(word[start:position])
            start = position
    return "\u00ad".join([*pieces, word[start:]])


def initials(name: str) -> str:
    """Return up to two initials for an avatar: ОТ for Олена Ткачук."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


__all__ = ["PoDomain", "force_locale", "get_babel", "init_app", "language"]
