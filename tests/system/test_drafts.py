"""What is typed or chosen is kept on the phone until the server has it: over reloads, dead networks and upgrades."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready
from tests.system.pages import said


def stored(page: Page) -> str:
    return page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")


def member_of(page: Page) -> str:
    """As whom this page's entries are kept."""
    return said(page).get_attribute("data-member")


def keep(page: Page, storage: str, name: str, value: object) -> None:
    """Put into the browser what the version before has left there."""
    page.evaluate("([storage, name, text]) => window[storage].setItem(name, text)", [storage, name, json.dumps(value)])


def open_step(page: Page, event: str, step: str) -> Page:
    page.goto(f"{event}/contacts/mine/{step}")
    return ready(page)


def test_choices_and_texts_survive_a_reload_and_go_when_they_have_arrived(server, sit_down):
    page = sit_down("Чернетка Чеслава")
    open_step(page, server.event, "interests")
    page.get_by_role("main").get_by_text("Deutsch", exact=True).click()
    page.locator("[name=others]").fill("пасіки")

    page.reload()
    ready(page)

    expect(page.get_by_role("checkbox", name="Deutsch")).to_be_checked()
    expect(page.locator("[name=others]")).to_have_value("пасіки")
    page.get_by_role("button", name="Далі").click()
    page.wait_for_url("**/mine/reach")
    assert "пасіки" not in stored(page)
    open_step(page, server.event, "interests")
    expect(page.get_by_role("checkbox", name="Deutsch")).to_be_checked()


def test_a_draft_of_what_has_changed_since_is_dropped(server, sit_down):
    page = sit_down("Двомовна Дарина")
    open_step(page, server.event, "give")
    page.get_by_role("textbox", name="Пропоную, рядок 1").fill("старе")
    other = open_step(page.context.new_page(), server.event, "give")
    other.get_by_role("textbox", name="Пропоную, рядок 1").fill("нове")
    other.get_by_role("button", name="Далі").click()
    other.wait_for_url("**/mine/interests")
    page.get_by_role("textbox", name="Пропоную, рядок 1").fill("старе й застаріле")

    page.reload()
    ready(page)

    expect(page.get_by_role("textbox", name="Пропоную, рядок 1")).to_have_value("нове")


def test_a_step_that_is_refused_says_so_in_the_page_and_keeps_what_was_typed(server, sit_down):
    page = sit_down("Відмова Віра")
    open_step(page, server.event, "reach")
    page.evaluate("window.theSame = true")
    page.locator("[name=email]").fill("не пошта")

    page.get_by_role("button", name="Далі").click()

    expect(page.locator(".field__err").first).to_be_visible()
    assert page.evaluate("window.theSame")
    expect(page.locator("[name=email]")).to_have_value("не пошта")
    page.locator("[name=email]").fill("vira@example.org")
    page.get_by_role("button", name="Далі").click()
    page.wait_for_url("**/mine/consent")
    assert "пошта" not in stored(page)


def test_a_step_handed_in_without_a_network_waits_and_is_sent_from_another_page(server, network, sit_down):
    page = sit_down("Крок Клавдія", network=network)
    day = page.context.new_page()
    day.goto(f"{network.url}/{server.slug}/me/day")
    linked(day)
    open_step(page, f"{network.url}/{server.slug}", "give")
    page.get_by_role("textbox", name="Пропоную, рядок 1").fill("вода з підвалу")
    network.hang()

    page.get_by_role("button", name="Далі").click()

    expect(page.get_by_role("button", name="Надіслати зараз")).to_be_visible(timeout=6000)
    expect(page.locator(".kept")).to_contain_text("Збережено на цьому телефоні")
    expect(day.locator("#kept")).to_contain_text("Моя картка")
    page.close()
    network.heal()
    day.evaluate("window.dispatchEvent(new Event('online'))")
    expect(day.locator("#kept")).to_be_hidden(timeout=15000)
    assert "вода з підвалу" not in stored(day)
    open_step(day, server.event.replace(server.url, network.url), "give")
    expect(day.get_by_role("textbox", name="Пропоную, рядок 1")).to_have_value("вода з підвалу")


def test_a_topic_typed_in_the_version_before_is_brought_back(server, sit_down):
    page = linked(sit_down("Давня Тема"))
    draft = {"title": "Ще з учора", "text": "Довгий\nтекст", "language": "de", "cell": "", "draft_key": "k" * 32}
    keep(page, "localStorage", f"draft:{member_of(page)}-topic", {**draft, "was": "\n"})

    page.goto(f"{server.event}/topics/new")
    ready(page)

    expect(page.get_by_role("textbox", name="Тема")).to_have_value("Ще з учора")
    expect(page.locator("[name=text]")).to_have_value("Довгий\nтекст")
    expect(page.get_by_role("radio", name="Deutsch")).to_be_checked()
    assert page.locator("[data-draft=topic] [name=key]").input_value() == "k" * 32


@pytest.mark.parametrize(
    ("storage", "prefix"),
    [("localStorage", "kept:"), ("sessionStorage", "kept-sent:kept:")],
    ids=["typed", "handed in"],
)
def test_a_step_typed_in_the_version_before_is_brought_back(server, sit_down, storage, prefix):
    page = sit_down("Давня Картка")
    open_step(page, server.event, "give")
    fields = page.locator("form.stack").evaluate(
        """(form) => [...form.elements]
          .filter((field) => field.matches("input:not([type=hidden], [type=file]), textarea, select"))
          .map((field) => (field.matches("[type=checkbox], [type=radio]") ? field.checked : field.value))"""
    )
    typed = ["з минулої версії", *fields[1:]]
    # As JavaScript writes it.
    was = page.evaluate("(fields) => JSON.stringify(fields)", fields)
    keep(page, storage, f"{prefix}{member_of(page)}-card-give", {"was": was, "values": typed})

    page.reload()
    ready(page)

    expect(page.get_by_role("textbox", name="Пропоную, рядок 1")).to_have_value("з минулої версії")
    assert "kept:" not in stored(page)


def test_a_chair_that_waited_in_the_version_before_is_taken(server, sit_down):
    page = linked(sit_down("Давній Стілець"))
    seat = page.locator(".board .seat:visible").first
    topic = seat.locator("xpath=ancestor::*[@data-topic]").get_attribute("data-topic")
    wish = {"at": 1, "key": "a" * 32, "kind": "go", "title": "Тема", "method": "PUT", "fields": {"kind": "go"}}
    action = f"/{server.slug}/topics/{topic}/interest"
    keep(page, "localStorage", f"waiting:{member_of(page)}-chair-{topic}", {**wish, "action": action})
    with page.expect_response("**/interest") as answer:
        page.reload()
    linked(page)

    assert answer.value.status == 200
    expect(seat).to_have_attribute("aria-pressed", "true")
    expect(seat).not_to_have_attribute("data-waits", "")
    page.wait_for_function("() => !JSON.stringify(localStorage).includes('waiting:')")


def test_a_form_come_back_to_keeps_its_key_only_while_nothing_answered(server, sit_down):
    page = sit_down("Повернення Павла")
    page.goto(f"{server.event}/me")
    ready(page)
    form = page.locator("form:has([name=name])")
    come_back = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    key = form.locator("[name=key]").input_value()

    # It is sent, and nothing comes of it.
    form.evaluate(
        "(form) => { form.addEventListener('submit', (event) => event.preventDefault()); form.requestSubmit(); }"
    )
    page.evaluate(come_back)

    assert form.locator("[name=key]").input_value() == key
    page.goto(f"{server.event}/me")
    ready(page)
    key = form.locator("[name=key]").input_value()
    page.evaluate(come_back)
    assert form.locator("[name=key]").input_value() != key


def test_a_topic_that_waited_in_the_version_before_is_hung_up(server, sit_down):
    page = linked(sit_down("Давня Тема"))
    words = {"title": "Тема з минулої версії", "text": "", "language": "uk", "draft_key": "b" * 32, "cell": ""}
    wish = {"at": 1, "key": "b" * 32, "title": words["title"], "fields": words, "form": f"/{server.slug}/topics/new"}
    keep(page, "localStorage", f"waiting:{member_of(page)}-topic", {**wish, "action": f"/{server.slug}/topics"})
    with page.expect_response("**/topics") as answer:
        page.reload()

    assert answer.value.status == 201
    page.wait_for_function("() => !JSON.stringify(localStorage).includes('waiting:')")


def test_two_tabs_hand_in_a_topic_each_and_none_loses_what_is_typed(server, sit_down):
    first = sit_down("Дві Вкладки")
    second, third = first.context.new_page(), first.context.new_page()
    for page in (first, second, third):
        page.goto(f"{server.event}/topics/new")
        ready(page)
    first.context.set_offline(True)

    for page, title in ((first, "Тема першої вкладки"), (second, "Тема другої вкладки")):
        page.get_by_role("textbox", name="Тема").fill(title)
        page.locator("form[data-draft] [data-submit]").click()
        expect(page.locator("form[data-draft]")).to_have_attribute("data-state", "now", timeout=10_000)
    third.get_by_role("textbox", name="Тема").fill("Ще не дописано")
    first.context.set_offline(False)

    for page in (first, second):
        page.wait_for_url(lambda url: "/topics/new" not in url, timeout=20_000)
    third.wait_for_function("() => !JSON.stringify(localStorage).includes('waiting:')")
    expect(third.get_by_role("textbox", name="Тема")).to_have_value("Ще не дописано")
    third.reload()
    expect(third.get_by_role("textbox", name="Тема")).to_have_value("Ще не дописано")
    first.goto(f"{server.event}/market")
    for title in ("Тема першої вкладки", "Тема другої вкладки"):
        expect(first.get_by_text(title).first).to_be_visible()


# This tab gets its answers after the others have theirs, and hears of those later still.
BEHIND = """
  const [ask, Channel] = [window.fetch, window.BroadcastChannel];
  const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    await later(1500);
    return answer;
  };
  window.BroadcastChannel = class extends Channel {
    addEventListener(type, listener) {
      super.addEventListener(type, (event) => later(3000).then(() => listener(event)));
    }
  };
"""


def test_a_tab_that_hears_last_that_another_has_sent_its_topic_goes_on_too(server, sit_down):
    first = sit_down("Пізня Вкладка")
    second = first.context.new_page()
    first.add_init_script(BEHIND)
    for page in (first, second):
        page.goto(f"{server.event}/topics/new")
        ready(page)
    first.context.set_offline(True)
    first.get_by_role("textbox", name="Тема").fill("Тема, надіслана двічі")
    first.locator("form[data-draft] [data-submit]").click()
    expect(first.locator("form[data-draft]")).to_have_attribute("data-state", "now", timeout=10_000)

    first.context.set_offline(False)

    first.wait_for_url(lambda url: "/topics/new" not in url, timeout=20_000)
    second.goto(f"{server.event}/market")
    expect(second.get_by_text("Тема, надіслана двічі")).to_have_count(1)


FULL = """
  const store = Storage.prototype.setItem;
  Storage.prototype.setItem = function (...item) {
    if (this === localStorage) throw new DOMException("full", "QuotaExceededError");
    store.apply(this, item);
  };
"""


def test_a_topic_is_sent_though_the_browser_stores_nothing_more(server, sit_down):
    page = sit_down("Повний Телефон")
    page.add_init_script(FULL)
    page.goto(f"{server.event}/topics/new")
    ready(page)

    page.get_by_role("textbox", name="Тема").fill("Тема без місця на телефоні")
    page.locator("form[data-draft] [data-submit]").click()

    page.wait_for_url(lambda url: "/topics/new" not in url)
    expect(page.get_by_text("Тема без місця на телефоні").first).to_be_visible()
