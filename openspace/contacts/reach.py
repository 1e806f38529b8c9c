"""Contact details: how each is read as people type it, how it is stored, and the address that opens it on a phone.

Used by forms, pages and vCards. `read` returns the stored form, and returns a stored form unchanged.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from flask_babel import lazy_gettext as _l

LONGEST_PAGE = 200
# Telegram's rule for names: letters, digits and single underscores inside, a letter first; four letters only for names
# that were bought. May be typed with @ or as an address, whose query (?start=…) and message number are dropped.
_TELEGRAM = re.compile(
    r"(?:@|tg://resolve\?domain=|(?:https?://)?(?:www\.)?(?:t|telegram)\.(?:me|dog)/(?:s/)?@?)?"
    r"(?P<name>[a-z](?:_?[a-z0-9])+)(?:[/?&#].*)?",
    re.IGNORECASE | re.ASCII,
)
# Paths of t.me that are its own pages and no names (https://core.telegram.org/api/links).
_RESERVED = {"addstickers", "addtheme", "confirmphone", "contact", "joinchat", "login", "proxy", "setlanguage", "share"}
_SIGNAL_NAME = re.compile(r"[a-z_]\w{2,31}\.\d{2,9}", re.IGNORECASE | re.ASCII)
_SIGNAL_LINK = re.compile(r"(?:https?://)?signal\.me/(#[^\s\\\"<>]+)", re.IGNORECASE)
_WHATSAPP_LINK = re.compile(
    r"(?:https?://)?(?:www\.)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)\+?(\d+).*", re.IGNORECASE
)
_EXTENSION = re.compile(r"(?:;ext=|\s*(?:#|\b(?:ext|x|дод|доб)\.?))\s*(\d{1,7})", re.IGNORECASE)
_SCHEME = re.compile(r"(https?)://(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d{1,5})?")
# Characters that browsers and servers read differently, or that end an address in a text.
_NOT_IN_ADDRESS = re.compile(r"[\s\\<>\"{}|^`]")

_NO_NUMBER = _l("This is not a phone number. With the country, such as +380 44 123 45 67.")
_NO_SUCH_NUMBER = _l(
    "There is no such number. Please look at it again, and begin with the country, such as +380 or +49."
)
_NO_TELEGRAM = _l("A Telegram name, please: letters, digits and _, a letter first, such as @olena_tkachuk.")
_NO_PAGE = _l("This is not the address of a page, such as example.org.")


# What each field is called, on pages, in lists and in vCards.
NAMES = {
    "phone": _l("Phone"),
    "email": _l("E-mail"),
    "telegram": "Telegram",
    "signal": "Signal",
    "whatsapp": "WhatsApp",
    "linkedin": "LinkedIn",
    "facebook": "Facebook",
    "web": _l("Website"),
}


class Unreadable(ValueError):
    """A contact detail cannot be read. `words` tell the person what is expected."""

    def __init__(self, words: Any) -> None:
        super().__init__(str(words))
        self.words = words


class ContactLink(NamedTuple):
    """A contact detail for a page: its field, its text, and the address that opens it (or "")."""

    field: str
    label: str
    address: str

    @property
    def kind(self) -> str:
        """What such a contact detail is called."""
        return str(NAMES[self.field])

    @property
    def is_page(self) -> bool:
        """Whether the address opens a page in a browser, not an app for calls or letters."""
        return self.address.startswith(("http://", "https://"))


def read(field: str, typed: str, country: str = "UA") -> str:
    """Return the stored form of what was typed into a field of `rules.DETAILS`. Raises `Unreadable`.

    A phone number without a country code is read as one of `country` (ISO 3166-1). E-mail addresses are returned
    unchanged: their form field checks them.
    """
    reader = _READERS.get(field)
    return reader(typed, country) if typed and reader else typed


def contact_link(field: str, stored: str) -> ContactLink:
    """Return a stored contact detail as a link."""
    return ContactLink(field, stored.removeprefix("https://"), address(field, stored))


def address(field: str, stored: str) -> str:
    """Return the address that opens a stored contact detail; empty for a Signal name, for which there is none."""
    opened_by = _ADDRESSES.get(field)
    return opened_by(stored) if stored and opened_by else stored


def _read_phone(typed: str, country: str) -> str:
    """The number in international notation (ITU-T E.123), with its extension."""
    typed = re.sub(r"^tel:\s*", "", typed, flags=re.IGNORECASE)
    # Not left to phonenumbers, which reads letters as digits, as on the keys of a telephone.
    main, extension = typed, ""
    if found := _EXTENSION.search(typed):
        main, extension = typed[: found.start()], f" ext. {found[1]}"
        if typed[found.end() :].strip():
            raise Unreadable(_NO_NUMBER)
    return _read_number(main, country) + extension


def _read_number(typed: str, country: str) -> str:
    if any(letter.isalpha() for letter in typed):
        raise Unreadable(_NO_NUMBER)
    import phonenumbers  # here because it is large, and only who gives a number needs it

    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        raise Unreadable(_NO_NUMBER) from None
    if not phonenumbers.is_valid_number(number):
        raise Unreadable(_NO_SUCH_NUMBER)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _read_whatsapp(typed: str, country: str) -> str:
    found = _WHATSAPP_LINK.fullmatch(typed)
    return _read_number(f"+{found[1]}" if found else typed, country)


def _read_telegram(typed: str, country: str) -> str:
    found = _TELEGRAM.fullmatch(typed)
    if not found or not 4 <= len(found["name"]) <= 32 or found["name"].lower() in _RESERVED:
        raise Unreadable(_NO_TELEGRAM)
    return f"@{found['name']}"


def _read_signal(typed: str, country: str) -> str:
    if found := _SIGNAL_LINK.fullmatch(typed):
        to_number = found[1].startswith("#p/")
        return _read_number(found[1][3:], country) if to_number else f"https://signal.me/{found[1]}"
    return typed if _SIGNAL_NAME.fullmatch(typed) else _read_number(typed, country)


def _read_page(typed: str, *hosts: str) -> str:
    """The address of a page, on one of the `hosts` if any are given. Raises `Unreadable`."""
    found = _SCHEME.fullmatch(typed if "://" in typed else f"https://{typed}")
    if not found or _NOT_IN_ADDRESS.search(typed):
        raise Unreadable(_NO_PAGE)
    netloc, rest = re.fullmatch(r"([^/?#]*)(.*)", found[2], re.DOTALL).groups()  # type: ignore[union-attr]  # all match
    read_address = f"{found[1].lower()}://{netloc.lower()}{rest}"
    # No user name or password before the host: with these one host is made to look like another.
    if not _HOST.fullmatch(netloc) or not _is_url(read_address):
        raise Unreadable(_NO_PAGE)
    if len(read_address) > LONGEST_PAGE:
        raise Unreadable(_l("Too long: %(max)d characters at most.", max=LONGEST_PAGE))
    host = netloc.lower().partition(":")[0]
    if hosts and not any(host == wanted or host.endswith(f".{wanted}") for wanted in hosts):
        raise Unreadable(_l("An address at %(host)s, please.", host=hosts[0]))
    return read_address


def _is_url(typed: str) -> bool:
    try:
        return urlsplit(typed).port != 0
    except ValueError:
        return False


def _digits(stored: str) -> str:
    return re.sub(r"[^0-9]", "", stored)


def _phone_address(stored: str) -> str:
    """A `tel:` address (RFC 3966): a global number, and its extension if there is one."""
    number, _, extension = stored.partition(" ext. ")
    return f"tel:+{_digits(number)}" + (f";ext={extension}" if extension else "")


def _mail_address(stored: str) -> str:
    """A `mailto:` address (RFC 6068), in which what would begin a query is encoded."""
    name, _, host = stored.rpartition("@")
    return f"mailto:{quote(name, safe='!$*+-._~')}@{host}"


def _signal_address(stored: str) -> str:
    if stored.startswith("+"):
        # The form of links that Signal's apps share.
        return f"https://signal.me/#p/+{_digits(stored)}"
    return stored if stored.startswith("https://") else ""


def _page_address(field: str, stored: str) -> str:
    """The stored address, or nothing if it was stored before addresses of its kind were refused."""
    try:
        return read(field, stored)
    except Unreadable:
        return ""


_READERS: dict[str, Callable[[str, str], str]] = {
    "phone": _read_phone,
    "whatsapp": _read_whatsapp,
    "telegram": _read_telegram,
    "signal": _read_signal,
    "linkedin": lambda typed, country: _read_page(typed, "linkedin.com"),
    "facebook": lambda typed, country: _read_page(typed, "facebook.com", "fb.com"),
    "web": lambda typed, country: _read_page(typed),
}
_ADDRESSES: dict[str, Callable[[str], str]] = {
    "phone": _phone_address,
    "email": _mail_address,
    "telegram": lambda stored: f"https://t.me/{stored.removeprefix('@')}",
    "whatsapp": lambda stored: f"https://wa.me/{_digits(stored)}",
    "signal": _signal_address,
    "linkedin": lambda stored: _page_address("linkedin", stored),
    "facebook": lambda stored: _page_address("facebook", stored),
    "web": lambda stored: _page_address("web", stored),
}
