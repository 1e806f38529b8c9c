"""An event's own guides: written, previewed, changed, brought back, hidden, removed; and what never comes through."""

import re

import pytest
from lxml import html

from openspace.access.models import Member
from openspace.events.models import Event
from openspace.extensions import db
from openspace.store import sqlite
from openspace.toolbox import clock_actions, own_actions as actions, shipped
from openspace.toolbox.finding import entry_named
from openspace.toolbox.forms import LONGEST_TEXT
from openspace.toolbox.own_models import own_guide, own_guides
from openspace.web.errors import NotAllowed
from tests.toolbox.test_reading import GOOD

HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(2)> ![x](https://elsewhere.example/x.png)"
    " [y](javascript:alert(3)) <b>bold</b>"
)
WORDS = re.compile(r"(Chairs face|In \*\*pairs|Two minutes each|Three talk|Thank them|a bell|All get to know|Sit down)")


def send(hall, path: str, who: str = "organiser", method: str = "", **fields):
    client = hall.ask(who)
    return client.post(hall.url(path) + (f"?method={method}" if method else ""), data={"plan": "fishbowl", **fields})


def page(answer):
    return html.fromstring(answer.get_data(as_text=True))


def names(hall) -> list[str]:
    with hall.app.test_request_context():
        return [each.name for each in own_guides(hall.id)]


def do(hall, act, *args, who="organiser", **more):
    with hall.app.test_request_context(), sqlite.writing():
        found = own_guide(hall.id, hall.own)
        act(found, *args, by=db.session.get_one(Member, hall.ids[who]), **more)
        db.session.commit()


@pytest.fixture
def own(hall):
    hall.own = hall.own_guide()
    return hall


def test_a_guide_is_written_and_stands_in_the_tool_box(hall):
    answer = send(hall, "settings/toolbox", text_en=GOOD)

    assert (answer.status_code, names(hall)) == (303, ["two-minutes-for-two"])
    cards = page(hall.ask("participant").get(hall.url("toolbox/?lang=uk"))).xpath("//main//li[@lang='en']//h2")
    assert [card.text_content().strip() for card in cards] == ["Two minutes for two"]
    shown = page(hall.ask("participant").get(hall.url("toolbox/two-minutes-for-two?lang=de")))
    assert shown.xpath("//article/@lang") == ["en"]
    paper = hall.ask("participant").get(hall.url("toolbox/two-minutes-for-two.pdf"))
    assert paper.data.startswith(b"%PDF-")


def test_it_never_has_the_name_of_another(hall):
    for _ in range(2):
        send(hall, "settings/toolbox", text_en=shipped.text("fishbowl", "en"))

    assert names(hall) == ["fishbowl-2", "fishbowl-3"]


def test_no_word_of_an_address_is_the_name_of_a_guide(hall):
    rules = [rule.rule.split("/") for rule in hall.app.url_map.iter_rules()]
    before = {tuple(parts[: parts.index("<name>")]) for parts in rules if "<name>" in parts and "toolbox" in parts}
    words = {parts[at] for parts in rules for at in range(len(parts)) if tuple(parts[:at]) in before}
    assert {word for word in words if word.isalpha()} == actions.RESERVED

    send(hall, "settings/toolbox", text_en=GOOD.replace("Two minutes for two", "New"))

    assert names(hall) == ["new-2"]
    assert hall.ask("organiser").get(hall.url("settings/toolbox/new-2")).status_code == 200


def test_a_new_one_begins_with_a_shipped_guide(hall):
    form = page(hall.ask("organiser").get(hall.url("settings/toolbox/new?from=world-cafe")))

    for code in ("uk", "en", "de", "ru"):
        assert (
            form.xpath(f"//textarea[@name='text_{code}']")[0].text.strip() == shipped.text("world-cafe", code).strip()
        )
    # A browser would cut off what is pasted.
    assert form.xpath("//textarea/@maxlength") == []


def test_a_preview_saves_nothing(hall):
    answer = send(hall, "settings/toolbox", text_en=GOOD, preview="y")

    assert (answer.status_code, names(hall)) == (200, [])
    assert page(answer).xpath("//article//h2[@class='gd__title']/text()") == ["Two minutes for two"]
    assert page(answer).xpath("//textarea[@name='text_en']")[0].text.strip() == GOOD.strip()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Write the guide in one language at least."),
        ({"text_en": GOOD.replace("20", "21", 1)}, "The steps take 20 minutes together, but “minutes” says 21."),
        (
            {"text_en": GOOD, "text_de": GOOD.replace("### 5", "### 6").replace("### 15", "### 14")},
            "In all languages a guide has the same steps, of the same minutes each.",
        ),
    ],
)
def test_what_is_no_guide_is_refused_with_a_sentence_and_kept(hall, fields, says):
    hall.ask("organiser").get(hall.url("settings/toolbox?lang=en"))

    answer = send(hall, "settings/toolbox", **fields)

    assert (answer.status_code, names(hall)) == (422, [])
    assert says in " ".join(page(answer).xpath("//main")[0].text_content().split())
    for name, text in fields.items():
        assert page(answer).xpath(f"//textarea[@name='{name}']")[0].text.strip() == text.strip()


def test_two_megabytes_are_refused_with_a_sentence_and_nothing_is_lost(own):
    huge = GOOD + "x" * 2 * 2**20
    own.ask("organiser").get(own.url("settings/toolbox?lang=en"))

    answer = send(own, f"settings/toolbox/{own.own}", method="PUT", text_uk=huge, text_en=huge)

    assert answer.status_code == 422
    (field,) = page(answer).xpath("//textarea[@name='text_uk']")
    assert f"Too long: {LONGEST_TEXT} characters at most." in field.getparent().text_content()
    assert field.text.strip() == huge.strip()
    with own.app.test_request_context():
        assert own_guide(own.id, own.own).texts["uk"].strip() == shipped.text("fishbowl", "uk").strip()


def test_no_script_and_no_image_comes_through(hall):
    hostile = WORDS.sub(lambda found: f"{HOSTILE} {found[0]}", GOOD)
    assert hostile.count(HOSTILE) == 8
    # A heading of a step has at most 80 characters.
    hostile = hostile.replace(f"· {HOSTILE}", "· <img src=x>")

    preview = page(send(hall, "settings/toolbox", text_en=hostile, preview="y"))
    saved = send(hall, "settings/toolbox", text_en=hostile)

    assert saved.status_code == 303
    pages = [preview, page(hall.ask("participant").get(saved.location))]
    pages += [page(hall.ask("facilitator").get(hall.url(path))) for path in ("toolbox/", "facilitator/toolbox")]
    pages += [page(hall.ask("organiser").get(hall.url("settings/toolbox/two-minutes-for-two/versions/1")))]
    for each in pages:
        (main,) = each.xpath("//main")
        assert main.xpath(".//img | .//b[text()='bold'] | .//script[not(@type or @src)]") == []
        assert main.xpath(".//@onerror | .//a[starts-with(@href, 'javascript')]") == []
    assert "<script>alert(1)</script>" in pages[1].xpath("//article")[0].text_content()
    # An address of a picture is a link, on paper too.
    paper = hall.ask("participant").get(hall.url("toolbox/two-minutes-for-two.pdf")).data
    assert paper.startswith(b"%PDF-")
    assert b"/Subtype /Image" not in paper


def test_a_change_keeps_what_was_and_it_can_be_brought_back(own):
    before = {code: shipped.text("fishbowl", code).strip() for code in ("uk", "de")}
    assert send(own, f"settings/toolbox/{own.own}", method="PUT", text_en=GOOD).status_code == 303
    # The same once more is no version.
    assert send(own, f"settings/toolbox/{own.own}", method="PUT", text_en=GOOD).status_code == 303

    seen = page(own.ask("organiser").get(own.url(f"settings/toolbox/{own.own}/versions/1")))
    assert seen.xpath("//article/@lang") == ["uk", "de"]
    back = own.ask("organiser").post(own.url(f"settings/toolbox/{own.own}/versions/1?method=PUT"))

    assert back.status_code == 303
    with own.app.test_request_context():
        found = own_guide(own.id, own.own)
        assert {code: text.strip() for code, text in found.texts.items()} == before
        assert [(each.number, set(each.texts)) for each in found.revisions] == [
            (1, {"uk", "de"}),
            (2, {"en"}),
            (3, {"uk", "de"}),
        ]
    assert own.ask("organiser").get(own.url(f"settings/toolbox/{own.own}/versions/9")).status_code == 404


def test_a_hidden_guide_is_found_by_nobody_until_it_is_shown_again(own):
    do(own, actions.hide, True)
    assert own.ask("organiser").get(own.url(f"toolbox/{own.own}")).status_code == 404
    assert own.own not in own.ask("participant").get(own.url("toolbox/")).get_data(as_text=True)

    do(own, actions.hide, False)

    assert own.ask("participant").get(own.url(f"toolbox/{own.own}")).status_code == 200


def test_removing_takes_all_versions_and_ends_its_clock_in_the_hall(own):
    with own.app.test_request_context(), sqlite.writing():
        event, by = db.session.get_one(Event, own.id), db.session.get_one(Member, own.ids["facilitator"])
        clock_actions.start(event, entry_named(own.id, own.own), by=by)
        db.session.commit()

    do(own, actions.remove)

    assert names(own) == []
    hall = own.ask("stranger").get(own.url(f"projector/{own.projector}/guide?lang=en")).get_data(as_text=True)
    assert "No guide is running in the hall" in hall


@pytest.mark.parametrize("act", [lambda *a, **k: actions.change(*a, {"en": GOOD}, "fishbowl", **k), actions.remove])
def test_facilitators_change_nothing(own, act):
    with pytest.raises(NotAllowed):
        do(own, act, who="facilitator")


def test_the_guide_of_another_event_is_not_found(own):
    with own.app.test_request_context(), sqlite.writing():
        db.session.query(actions.OwnGuide).update({"event_id": own.ids["other event"]})
        db.session.commit()

    assert own.ask("organiser").get(own.url(f"toolbox/{own.own}")).status_code == 404
    assert own.ask("organiser").get(own.url(f"settings/toolbox/{own.own}")).status_code == 404
