"""The microphone by real browsers: the facilitator's console, the hall's screen, and phones."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.system.conftest import linked, ready, serving_demo
from tests.system.pages import said

SCREEN, LAPTOP = {"width": 1920, "height": 1080}, {"width": 1280, "height": 800}
ENTRIES = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A demo of its own: others hang up topics on theirs."""
    with serving_demo(tmp_path_factory, without="pitch") as served:
        yield served


@pytest.fixture
def console(server, sign_in) -> Page:
    """The facilitator's laptop on the page of the microphone."""
    page = sign_in("facilitator", viewport=LAPTOP)
    page.goto(f"{server.event}/facilitator/pitch")
    return linked(page)


@pytest.fixture
def screen(server, contexts) -> Page:
    """The hall's screen, whose sheets may fly."""
    page = contexts(viewport=SCREEN, reduced_motion="no-preference").new_page()
    page.goto(f"{server.links['projector']}/pitch")
    return linked(page)


def title(page: Page):
    return page.get_by_label("Тема одним рядком")


def write(page: Page, topic: str, name: str) -> None:
    """Title, Enter, name, Enter: by the keyboard alone."""
    expect(title(page)).to_be_focused()
    page.keyboard.type(topic)
    page.keyboard.press("Enter")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def shown(page: Page):
    return page.get_by_role("heading", level=1)


def on_air(page: Page):
    return page.get_by_role("main").get_by_role("heading", level=2).first


def queue(page: Page) -> list[str]:
    return page.locator(".queue__t b").all_inner_texts()


def wait(page: Page, *names: str) -> None:
    """Let people wait in the queue."""
    for name in names:
        page.get_by_role("combobox").fill(name)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="У чергу").click()
    expect(page.locator(".queue__row").filter(has_text=names[-1])).to_be_visible()


def test_entries_by_keyboard_alone_on_a_slow_machine_and_without_a_network_are_all_there(console, server):
    console.context.new_cdp_session(console).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    titles = [f"Тема номер {number} за клавіатурою" for number in range(ENTRIES)]

    for number, each in enumerate(titles):
        if number == ENTRIES // 3:
            console.context.set_offline(True)
        if number == 2 * ENTRIES // 3:
            console.context.set_offline(False)
        write(console, each, "Олена Тк")

    expect(on_air(console)).to_have_text(titles[-1], timeout=30_000)
    market = console.context.new_page()
    market.goto(f"{server.event}/market")
    for each in titles:
        expect(market.get_by_role("link", name=each)).to_have_count(1)


def test_a_sheet_is_shown_hung_up_by_keys_and_flies_to_its_cell(console, screen):
    write(console, "Ветеран приходить у ЦНАП", "Олена Тк")
    expect(shown(screen)).to_have_text("Ветеран приходить у ЦНАП")
    expect(screen.get_by_text("Олена Ткачук")).to_be_visible()
    expect(screen.get_by_role("img", name="QR-код теми")).to_be_visible()
    assert screen.locator("[data-long]").count() == 0
    expect(console.get_by_role("link", name="Проєктор живий")).to_be_visible(timeout=12_000)

    console.keyboard.press("ArrowDown")
    chosen = console.locator("[name=cell]:checked")
    expect(chosen).to_be_focused()
    cell = chosen.get_attribute("value")
    console.keyboard.press("Enter")

    expect(screen.locator(f".pitchp[data-cell='{cell}'] .tape")).to_be_visible()
    expect(screen.locator(f".minis [data-cell='{cell}']")).to_have_attribute("data-new", "")
    expect(title(console)).to_be_focused()
    screen.evaluate(
        """() => {
          window.flown = [];
          const watch = (found) => found.forEach(({ addedNodes }) =>
            addedNodes.forEach((node) => node.dataset?.flies !== undefined && window.flown.push(node.dataset.cell)));
          new MutationObserver(watch).observe(document.getElementById("main"), { childList: true });
        }"""
    )
    write(console, "Безбарʼєрність у селі без великих грошей", "Олена Тк")

    expect(shown(screen)).to_have_text("Безбарʼєрність у селі без великих грошей")
    assert screen.locator(".pitchp[data-long='1']").count() == 1
    assert screen.evaluate("window.flown") == [cell]
    expect(screen.locator("[data-flies]")).to_have_count(0)


def test_an_entry_is_undone_by_keys(console, screen):
    write(console, "Перша тема дня", "Олена Тк")
    expect(shown(screen)).to_have_text("Перша тема дня")
    write(console, "Написано з помилкою", "Дід Панас")
    expect(shown(screen)).to_have_text("Написано з помилкою")

    console.keyboard.press("Control+z")

    expect(shown(screen)).to_have_text("Перша тема дня")


def test_somebody_without_a_phone_takes_the_topic_over_later(console, server, contexts):
    write(console, "Пасіка на даху школи", "Степан Гнатюк, Броди")
    shown_code = console.locator(".claim b")
    expect(shown_code).to_have_text(re.compile(r"^\d\d \d\d \d\d$"))
    code = shown_code.inner_text()

    phone = contexts().new_page()
    phone.goto(f"{server.event}/claim")
    phone.get_by_label("Ваш код").fill(code)
    phone.get_by_role("button", name="Це моя тема").click()

    expect(phone.get_by_role("link", name="Пасіка на даху школи")).to_be_visible()
    other = contexts().new_page()
    other.goto(f"{server.event}/claim?code={code.replace(' ', '')}")
    other.get_by_role("button", name="Це моя тема").click()
    expect(other.get_by_role("alert")).to_contain_text("За цим кодом нічого немає")


def test_namesakes_are_chosen_by_arrow_keys(console, sit_down):
    for _ in range(2):
        sit_down("Марія Однакова")
    console.reload()
    linked(console)
    console.keyboard.type("Хто з двох")
    console.keyboard.press("Enter")
    console.keyboard.type("марія одн")
    options = console.get_by_role("option").filter(has_text="Марія Однакова")
    expect(options).to_have_count(2)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")

    console.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    console.keyboard.press("Enter")

    expect(on_air(console)).to_have_text("Хто з двох")


def test_a_person_waits_sees_the_place_and_is_called(console, screen, sit_down, server):
    wait(console, "Дмитро Перший", "Ольга Друга")
    phone = sit_down("Павло з Лісного")
    phone.goto(f"{server.event}/microphone")
    linked(phone)
    phone.get_by_role("button", name="Стати в чергу").click()
    expect(phone.get_by_text("Перед вами: 2")).to_be_visible()

    # By keys, then by dragging.
    grip = console.get_by_label("Перетягнути: Павло з Лісного")
    grip.focus()
    console.keyboard.press("ArrowUp")
    console.keyboard.press("ArrowUp")
    expect(phone.get_by_text("Ви наступні", exact=True)).to_be_visible()
    expect(grip).to_be_focused()
    assert queue(console) == ["Павло з Лісного", "Дмитро Перший", "Ольга Друга"]
    other = console.get_by_label("Перетягнути: Дмитро Перший")
    (x, y), (_, to) = middle(other), middle(console.get_by_label("Перетягнути: Ольга Друга"))
    console.mouse.move(x, y)
    console.mouse.down()
    console.mouse.move(x, y + 20, steps=4)
    console.mouse.move(x, to + 8, steps=8)
    console.mouse.up()
    expect(phone.locator(".queue__t b")).to_have_text(["Павло з Лісного", "Ольга Друга", "Дмитро Перший"])

    console.keyboard.press("PageDown")

    expect(shown(screen)).to_have_text("Павло з Лісного")
    expect(phone.get_by_role("button", name="Стати в чергу")).to_be_visible()
    title(console).focus()
    write(console, "Ліс поруч зі школою", "Павло з Лі")
    expect(shown(screen)).to_have_text("Ліс поруч зі школою")


def test_who_is_called_is_told_on_whichever_page_is_open(console, sit_down, server):
    phones = [sit_down(name) for name in ("Тарас Перший", "Соломія Друга")]
    for phone, path in zip(phones, ("", "market"), strict=True):
        phone.goto(f"{server.event}/{path}")
        linked(phone)
    console.reload()
    linked(console)

    wait(console, "Тарас Перший", "Соломія Друга")
    waiting = len(queue(console))
    for left in range(waiting - 1, 0, -1):
        console.get_by_role("button", name="Наступна людина до мікрофона").click()
        expect(console.locator(".queue__row")).to_have_count(left)

    expect(said(phones[0])).to_contain_text("Ваша черга: вас кличуть до мікрофона.")
    expect(said(phones[1])).to_contain_text("Ви наступні біля мікрофона.")


def middle(element) -> tuple[float, float]:
    box = element.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_keeps_anybody_out(console, screen, server, theme):
    write(console, "Ветеран приходить у ЦНАП", f"Бабуся Ганна {theme}")
    expect(console.locator(".claim").last).to_be_visible()
    wait(console, "Дмитро Перший")
    pages = ("facilitator/pitch", "microphone", "claim", "facilitator/pitch/claims")
    console.keyboard.press("Escape")
    found = {}
    for path in pages:
        console.goto(f"{server.event}/{path}?theme={theme}")
        ready(console)
        if path == pages[0]:
            console.keyboard.type("Тема")
            console.keyboard.press("Enter")
            console.keyboard.type("О")
        found[path] = [each["id"] for each in Axe().run(console).response["violations"]]
    screen.goto(f"{server.links['projector']}/pitch?theme={theme}")
    found["screen"] = [each["id"] for each in Axe().run(linked(screen)).response["violations"]]

    assert found == {path: [] for path in (*pages, "screen")}
