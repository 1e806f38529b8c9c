"""How text comes in."""

import inspect
from importlib import import_module
from pathlib import Path
from unicodedata import category, is_normalized

import pytest
from hypothesis import given, strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import PasswordField, StringField

import openspace
from openspace.access.models import Member
from openspace.extensions import db
from openspace.text import alike, folded, one_line, paragraphs
from openspace.web.forms import Form
from tests.factories import Hall

INVISIBLE = [
    "\u2800",
    "\u3164",
    "\uffa0",
    "\u115f\u1160",
    "\u200b",
    "\u200c",
    "\u200d",
    "\ufe0f",
    "\u0301",
    " \u0301\u0308 ",
    "\u17b4",
    "\u00ad",
    "\u2060",
    "\ufeff",
    "\u034f",
    "\u202e",
    "\U000e0041",
    "\U0001d159",
    "\ufffc",
    "\ue000",
    "\ufdd0",
    "\U0010ffff",
    "\u0000",
    "\u3000\u2003",
]
FLAG_OF_SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
# Not all strings of Hypothesis look like text: these make blanks, marks and joiners meet.
TEXTS = st.text(
    st.sampled_from(
        "aЯ '\u0301\u0308\u200d\u200c\ufe0f\u2800\u3164\u2009\u00a0\n\r\x0b\u2028\u1100\u1161\ufdd0\ud800🩷é"
    )
    | st.characters()
)


@pytest.mark.parametrize("typed", INVISIBLE)
def test_one_line_leaves_nothing_of_what_nobody_sees(typed):
    assert (one_line(typed), paragraphs(typed)) == ("", "")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("🩷", "🩷"),
        ("\U0001faea", "\U0001faea"),
        (FLAG_OF_SCOTLAND, FLAG_OF_SCOTLAND),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("12\u2009000", "12 000"),
        ("12\u202f000", "12 000"),
        ("12\u00a0000", "12 000"),
        ("Вода\u3000і\u2003світло", "Вода і світло"),
        ("Вода\u000bі\u2028світло\u0085тут", "Вода і світло тут"),
        ("Ко\u00adва\u200bль", "Коваль"),
        ("\u202eОлена\u202c", "Олена"),
        ("\u0301Олена", "Олена"),
        ("Оле\u0301на", "Оле\u0301на"),
        ("Сергіи\u0306 І\u0308жакевич", "Сергій Їжакевич"),
        ("nul\x00l", "null"),
    ],
)
def test_one_line_keeps_what_is_read(typed, expected):
    assert one_line(typed) == expected


def test_paragraphs_break_lines_at_every_separator_of_lines():
    assert paragraphs("a\r\nb\u2028c\u2029d\u0085e\x0bf\rg\n\n\n\nh") == "a\nb\nc\nd\ne\nf\ng\n\nh"


def test_paragraphs_keep_figures_together():
    assert paragraphs("12\u202f000") == "12\u00a0000"


@given(TEXTS)
def test_text_that_came_in_comes_in_again_as_it_is(typed):
    for tidy in (one_line, paragraphs):
        assert tidy(tidy(typed)) == tidy(typed)
        assert is_normalized("NFC", tidy(typed))


@given(TEXTS)
def test_text_that_came_in_does_not_attach_to_what_is_shown_before_it(typed):
    assert category(one_line(typed)[:1] or "x")[0] not in "MZ"


def text_fields() -> list[tuple[type[Form], str]]:
    """Every field in which text is typed, of every form."""
    for path in sorted(Path(openspace.__file__).parent.glob("*/forms.py")):
        import_module(f"openspace.{path.parent.name}.forms")

    def below(kind: type[Form]) -> list[type[Form]]:
        return [kind, *(each for child in kind.__subclasses__() for each in below(child))]

    found = []
    for kind in below(Form)[1:]:
        for name, field in inspect.getmembers(kind):
            typed = getattr(field, "field_class", None)
            # A password is hashed as it is typed.
            if typed and issubclass(typed, StringField) and not issubclass(typed, PasswordField):
                found.append((kind, name))
    return found


def test_fields_of_all_forms_tidy_what_is_typed(app):
    # These hold no words: they are compared with what we gave out.
    wordless = {"cell", "moving", "key", "version", "bases", "part", "after", "keeps", "of", "is_named", "seen"}
    with app.test_request_context():
        for kind, name in text_fields():
            if name in wordless:
                continue
            form = kind(formdata=MultiDict({name: "И\u0306\u200bод\u2800і\u2028те"}))
            assert form[name].data.split() == ["Йод", "і", "те"], (kind, name)


@pytest.mark.parametrize("typed", INVISIBLE)
def test_join_refuses_a_name_that_nobody_sees(hall: Hall, typed):
    answer = hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": typed, "community": "Київ"})

    assert answer.status_code == 422
    assert "Київ" in answer.text


def test_settings_refuse_places_and_items_that_nobody_sees(hall: Hall):
    client = hall.ask("organiser")
    rows = {"space_id": ["", ""], "space_name": ["\u2800", "Зала\u2009Дніпро"], "space_chairs": ["5", "5"]}
    slot = {"slot_id": "", "slot_start": "10:00", "slot_end": "11:00", "slot_kind": "break", "slot_title": "\u3164"}

    assert client.put(hall.url("settings/spaces"), data=rows).status_code == 303
    assert client.put(hall.url("settings/days/2026-06-03"), data=slot).status_code == 422

    assert "Зала Дніпро" in client.get(hall.url("settings/spaces")).text
    assert "\u2800" not in client.get(hall.url("settings/spaces")).text


def test_join_keeps_a_name_in_one_form(hall: Hall):
    hall.ask("stranger").post(hall.url(f"join/{hall.code}"), data={"name": "Сергіи\u0306 І\u0308жак"})

    with hall.app.app_context():
        assert db.session.scalar(db.select(Member.name).order_by(Member.id.desc())) == "Сергій Їжак"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Кам'янець", "Кам’янець"),
        ("Кам'янець", "камʼянець"),
        ("Кам'янець", "Кам′янець"),
        ("Кам'янець", "Кам‛янець"),
        ("Кам'янець", 'Кам"янець'),
        ("Кам'янець", "Кам*янець"),
        ("Київ", "київ"),
        ("екологія", "#Екологія"),
        ("Вода", "Вода\u0301"),
        ("ІТ-освіта", "ІТ – освіта"),
        ("«Вербівська» громада", "Вербівська громада"),
        ("Ёлка", "елка"),
    ],
)
def test_alike_is_one_for_spellings_of_one_thing(one, two):
    assert alike(one) == alike(two)
    assert folded(one) == folded(two)


def test_alike_tells_apart_what_differs_in_more():
    assert len({alike(name) for name in ("C", "C++", "C#", "🌱", "🌻", "Київ", "Києв", "...", "#")}) == 9
