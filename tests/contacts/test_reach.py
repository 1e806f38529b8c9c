"""How contact details are read, stored, linked to and handed over: each way leads back to what is stored."""

import re
from urllib.parse import unquote, urlsplit

import phonenumbers
import pytest
import vobject
from flask import render_template
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from lxml import etree
from werkzeug.datastructures import MultiDict

from openspace.contacts.forms import ReachForm
from openspace.contacts.reach import NAMES as KINDS, Unreadable, address, read
from openspace.contacts.rules import DETAILS
from openspace.contacts.vcards import vcard
from openspace.contacts.visible import VisibleCard
from openspace.text import one_line


def _numbers() -> st.SearchStrategy[str]:
    """Example numbers of all countries."""
    return st.sampled_from(
        [
            phonenumbers.format_number(found, style)
            for region in phonenumbers.SUPPORTED_REGIONS
            for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
            if (found := phonenumbers.example_number_for_type(region, kind))
            for style in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.RFC3966)
        ]
    )


# Deferred, for their tables take long to load, and every worker of the tests imports this file.
NUMBERS = st.deferred(_numbers)
# Pieces of what people type into these fields: put together they give much that is right, and much that nearly is.
WORDS = """
@ _ a anna Олена olena_tk olena.42 me . / // : ? # & = + - ( ) , ; ext. дод. 12 044 380 123 4567 000 юникод ß é \\ % "
https:// HTTPS:// http:// t.me T.me telegram.me wa.me signal.me #p/ #eu/ linkedin.com LinkedIn.com facebook.com <
fb.com example.org приклад.укр www. in/ start= bcc= %20
"""
PIECES = st.sampled_from(WORDS.split())
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,33}", fullmatch=True)
TYPED = {
    "phone": NUMBERS.flatmap(lambda n: st.sampled_from([n, f"{n} ext. 12", f"{n};ext=7", f"{n}#123"])),
    "whatsapp": NUMBERS | st.sampled_from(["https://wa.me/380441234567?text=x", "wa.me/+380441234567"]),
    "telegram": NAMES.flatmap(lambda n: st.sampled_from([n, f"@{n}", f"https://T.me/{n}?start=1", f"t.me/{n}/12"])),
    "signal": NUMBERS | NAMES.map(lambda n: f"{n}.42") | NAMES.map(lambda n: f"signal.me/#eu/{n}"),
    "email": st.emails() | NAMES.map(lambda n: f"{n}?bcc=&%+'!@example.org"),
    "linkedin": NAMES.map(lambda n: f"LinkedIn.com/in/{n}")
    | NAMES.map(lambda n: f"https://de.linkedin.com/in/{n}?x=y"),
    "facebook": NAMES.map(lambda n: f"fb.com/{n}"),
    "web": NAMES.map(lambda n: f"Приклад.укр/{n}")
    | st.integers(150, 210).map(lambda n: "example.org/" + "x" * (n - 12)),
}


def typed(field: str) -> st.SearchStrategy[str]:
    return (TYPED[field] | st.lists(PIECES, max_size=8).map("".join)).map(one_line)


def sent(field: str, value: str, country: str = "UA") -> str | None:
    """What the form would store, or None if it refuses."""
    form = ReachForm(formdata=MultiDict({field: value}))
    form.country = country
    return form[field].data if form.validate() else None


@pytest.mark.parametrize("field", DETAILS)
def test_what_is_stored_passes_its_own_check_and_is_linked_and_handed_over(in_request, field):
    seen = []

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(typed(field))
    def held(value: str) -> None:
        stored = sent(field, value)
        assume(stored)
        seen.append(stored)
        assert sent(field, stored) == stored
        # Whoever reads the card may come from elsewhere.
        assert sent(field, stored, "DE") == stored
        opens(field, stored)
        assert handed_over(field, stored)

    held()
    assert len(set(seen)) > 5


def opens(field: str, stored: str) -> None:
    """Its address is one, of the kind that the field has."""
    link = address(field, stored)
    if field == "signal" and not link:
        assert re.fullmatch(r"\w+\.\d+", stored)
        return
    parts = urlsplit(link)
    assert not re.search(r"[\s\\<>\"]", link)
    if field == "phone":
        # RFC 3966, 3: a global number has digits after its plus, and may have an extension.
        assert re.fullmatch(r"tel:\+\d{4,15}(;ext=\d{1,7})?", link)
    elif field == "email":
        assert (parts.scheme, parts.query, parts.fragment) == ("mailto", "", "")
        assert unquote(parts.path) == stored
    else:
        assert parts.scheme in {"http", "https"}
        assert parts.hostname
        assert "@" not in parts.netloc
        # Opened and copied from a browser, it is the same contact.
        assert sent(field, link) == stored


def handed_over(field: str, stored: str) -> bool:
    """A reader of the vCard finds it."""
    text = vcard(VisibleCard(7, "Олена", "", "", **{field: stored}), event=EVENT)
    book = vobject.readOne(text)
    if field == "phone":
        return book.tel.value == stored
    if field == "email":
        return book.email.value == stored
    if field == "signal" and not address(field, stored):
        return stored in book.note.value
    is_named = field == "web" or book.contents["x-ablabel"][0].value == str(KINDS[field])
    # Not as vobject reads it, for it cuts addresses at commas.
    lines = text.replace("\r\n ", "").split("\r\n")
    return is_named and any(line.rpartition("URL:")[2] == address(field, stored) for line in lines)


class EVENT:
    slug = uid_base = "x"


@pytest.mark.parametrize(
    "name",
    [
        *("olena_tk", "@olena_tk", "T.me/olena_tk", "https://t.me/olena_tk?start=abc", "telegram.me/olena_tk/"),
        *("https://www.t.me/s/olena_tk", "https://t.me/@olena_tk", "HTTPS://T.ME/olena_tk/15"),
        "tg://resolve?domain=olena_tk&start=1",
    ],
)
def test_telegram_takes_names_and_their_addresses(name):
    assert read("telegram", name) == "@olena_tk"


@pytest.mark.parametrize(
    "name",
    [
        *("______", "_olena", "olena_", "olena__tk", "1olena", "@abc", "x" * 33, "олена", "olena tk", "olena-tk"),
        *("380441234567", "+380441234567", "t.me/+380441234567", "t.me/+AbCdEfGh", "t.me/joinchat"),
        "https://example.org/olena",
    ],
)
def test_telegram_refuses_what_is_no_name(name):
    with pytest.raises(Unreadable):
        read("telegram", name)


@pytest.mark.parametrize(
    ("typed", "stored", "link"),
    [
        ("044 123 45 67", "+380 44 123 4567", "tel:+380441234567"),
        ("(044) 123-45-67 дод. 12", "+380 44 123 4567 ext. 12", "tel:+380441234567;ext=12"),
        ("tel:+380-44-123-45-67;ext=12", "+380 44 123 4567 ext. 12", "tel:+380441234567;ext=12"),
        ("+49 30 123456 x5", "+49 30 123456 ext. 5", "tel:+4930123456;ext=5"),
    ],
)
def test_phones_keep_their_extension(typed, stored, link):
    assert read("phone", typed) == stored
    assert address("phone", stored) == link


@pytest.mark.parametrize("typed", ["0-800-HILFE", "044 123 45 67 Олена", "044 123 45 67 дод. 12 або 13", "12"])
def test_phones_refuse_what_cannot_be_dialled(typed):
    with pytest.raises(Unreadable):
        read("phone", typed)


def test_signal_takes_a_number_with_dots_for_a_number():
    assert read("signal", "044.123.45.67") == "+380 44 123 4567"


@pytest.mark.parametrize(
    "typed",
    [
        *("https://evil.example\\@linkedin.com", "https://linkedin.com@evil.example", "javascript://linkedin.com"),
        *(
            "https://linkedin.com:x@evil.example/",
            "https://evil.example/#linkedin.com",
            "https://evil.example?.linkedin.com",
        ),
        *("https://", "http:/linkedin.com", "linkedin.com:99999/in/x", "linkedin.com .evil.example"),
    ],
)
def test_pages_refuse_one_host_that_looks_like_another(typed):
    with pytest.raises(Unreadable):
        read("linkedin", typed)
    # Stored before it was refused, it is shown but opens nothing.
    assert address("linkedin", typed) == ""


@pytest.mark.parametrize(
    ("field", "stored", "opens"),
    [
        ("phone", "+380 44 123 4567 ext. 12", "tel:+380441234567;ext=12"),
        ("email", "olena@example.org", "mailto:olena@example.org"),
        ("telegram", "@olena_tk", "https://t.me/olena_tk"),
        ("signal", "+380 44 123 4567", "https://signal.me/#p/+380441234567"),
        ("signal", "https://signal.me/#eu/abc", "https://signal.me/#eu/abc"),
        ("signal", "olena.42", None),
        ("whatsapp", "+380 44 123 4567", "https://wa.me/380441234567"),
        ("linkedin", "https://linkedin.com/in/olena", "https://linkedin.com/in/olena"),
        ("facebook", "https://facebook.com/olena", "https://facebook.com/olena"),
        ("web", "https://example.org/a", "https://example.org/a"),
    ],
)
def test_page_and_vcard_open_the_same_address(app, field, stored, opens):
    card = VisibleCard(7, "Олена", "", "", **{field: stored})
    facts = {"spot": None, "viewer": "exchanged", "is_in_book": True}

    with app.test_request_context():
        page = etree.HTML(render_template("contacts/_reach.html", card=card, **facts))
        book = vobject.readOne(vcard(card, event=EVENT))

    numbers = {name: book.contents[name][0].value for name in ("tel", "email") if name in book.contents}
    addresses = [address({"tel": "phone"}.get(name, name), value) for name, value in numbers.items()]
    addresses += [line.value for line in book.contents.get("url", [])]
    assert page.xpath("//a/@href") == addresses == ([opens] if opens else [])
