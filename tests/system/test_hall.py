"""What the facilitator and the organisers see and do: set up, the projector, the board in front of everybody."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from openspace import create_app
from openspace.board.models import Placement
from openspace.events.models import Event, Slot
from openspace.events.rules import Block
from openspace.extensions import db
from openspace.organising import actions as events
from openspace.store import sqlite
from tests.system.conftest import command, copy_demo, free_port, linked, ready, start
from tests.system.pages import main_button, market, names_of_places, places, running, said, sheets

PAGES = ("", "market", "topics/new", "topics/8", "spaces", "spaces/1", "me", "me/day", "me/leave")
PAGES += ("stories", "stories/new", "stories/5", "stories/10", "stories/10/report")
ORGANISERS_PAGES = ("settings", "settings/event", "settings/spaces", "poster", "topics/8/placement", "topics/8/edit")
ORGANISERS_PAGES += ("stories/moderation", "stories/projector/control")


@pytest.fixture
def empty(tmp_path):
    """An installation without any event: its address and its setup link."""
    port = free_port()
    process = start(tmp_path, port)
    link = next(filter(None, (re.search(r"http\S+/setup/\S+", line) for line in process.stdout)))[0]
    yield f"http://127.0.0.1:{port}", link
    process.terminate()
    process.wait(10)


def test_an_event_is_set_up_in_three_steps(empty, contexts):
    _, link = empty
    page = contexts(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(link)
    ready(page)
    page.get_by_label("Назва події").fill("Міста-побратими")
    page.get_by_label("Перший день").fill("2027-06-03")
    page.get_by_label("Останній день").fill("2027-06-04")
    page.get_by_role("button", name="Далі: місця").click()
    page.get_by_label("Назва місця").nth(3).fill("Бібліотека")
    page.get_by_label("Стільців").nth(3).fill("12")
    expect(page.locator(".first__cap")).to_contain_text("16 ")
    page.get_by_role("button", name="Далі: про вас").click()
    page.get_by_label("Як вас звати?").fill("Ірина")
    page.get_by_label("Пошта").fill("iryna@example.org")
    page.get_by_label("Пароль").fill("short")
    page.get_by_role("button", name="Створити подію").click()
    expect(page.get_by_text("Щонайменше 8 символів")).to_be_visible()
    expect(page.get_by_label("Пошта")).to_have_value("iryna@example.org")
    page.get_by_label("Пароль").fill("long enough")
    page.get_by_role("button", name="Створити подію").click()

    expect(page.get_by_alt_text("QR")).to_be_visible()
    page.get_by_role("link", name="До дошки").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 червня")
    expect(places(page)).to_have_count(16)
    expect(page.locator(".bar")).to_have_count(2)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_contain_text("використ")


def test_the_demo_is_loaded_with_one_tap(empty, contexts):
    page = contexts().new_page()
    page.goto(empty[1])

    # It draws pictures and films, too.
    page.get_by_role("button", name="Завантажити подію-приклад").click(timeout=60_000)

    expect(running(page)).to_have_count(1)
    expect(page.locator(".board .sheet")).to_have_count(27)


def test_the_projector_shows_the_whole_board_without_scrolling(server, contexts):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(server.links["projector"])
    linked(page)

    inside = page.evaluate(
        """() => [...document.querySelectorAll(".board .sheet, .board .place, .board .bar, .pj__foot, .pj__clock")]
             .every(el => { const r = el.getBoundingClientRect();
                            return r.top >= 0 && r.left >= 0 && r.bottom <= innerHeight && r.right <= innerWidth; })"""
    )
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".slot[data-when=now] .sheet__title")]
             .filter(el => el.scrollHeight > el.clientHeight + el.clientHeight / 8)
             .map(el => [el.textContent, el.scrollHeight, el.clientHeight])"""
    )

    assert inside
    assert cut == []
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    expect(page.locator(".pj__clock")).to_have_text(re.compile(r"^\d\d:\d\d$"))


def test_the_projector_takes_its_letters_however_late_they_come(server, contexts):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.route("**/*.woff2", lambda route: (time.sleep(1), route.continue_()))
    page.goto(server.links["projector"])
    browser = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        browser.send(f"{domain}.enable")
    root = browser.send("DOM.getDocument")["root"]["nodeId"]
    title = browser.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})

    drawn_with = browser.send("CSS.getPlatformFontsForNode", title)["fonts"]

    assert [font["familyName"] for font in drawn_with] == ["Onest"]


def test_the_projector_has_room_for_long_names_and_many_breaks(tmp_path, tmp_path_factory, contexts):
    port = free_port()
    links = copy_demo(tmp_path_factory, tmp_path, f"http://127.0.0.1:{port}")
    app = create_app({"DATA": tmp_path})
    with app.test_request_context(), sqlite.writing():
        event = db.session.scalars(db.select(Event).where(~Event.is_office)).one()
        event.name = "Інновації громад: міжнародний форум міст-побратимів України та Німеччини"
        event.spaces[4].name = "Конференц-зала «Переяславська»"
        for slot in [slot for slot in event.slots if slot.day == event.day_shown() and slot.is_open]:
            slot.ends_at -= timedelta(minutes=10)
            until = slot.ends_at + timedelta(minutes=10)
            db.session.add(
                Slot(event=event, day=slot.day, starts_at=slot.ends_at, ends_at=until, title="Кава", is_break=True)
            )
        db.session.commit()
    process = start(tmp_path, port)
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(links["projector"])
    linked(page)

    parts = page.evaluate(
        """() => {
          const box = (selector) => document.querySelector(selector).getBoundingClientRect();
          const head = document.querySelector('.slot[data-when="now"] .slot__head');
          const place = document.querySelector('.space[data-col="5"] .tape span');
          return [box(".pj__head p").bottom <= box(".space").top + 1, head.scrollHeight <= head.clientHeight + 1,
                  place.scrollHeight <= place.clientHeight + 1];
        }"""
    )

    process.terminate()
    process.wait(10)
    assert parts == [True, True, True]


def test_the_projector_turns_by_halves_when_there_are_many_places(tmp_path, contexts):
    port = free_port()
    spaces = [word for n in range(1, 13) for word in ("--space", f"Зала {n}:20")]
    day = __import__("datetime").date.today().isoformat()
    command("event", "create", "Велика", "--from", day, *spaces, data=tmp_path)
    link = command(
        "link", "velyka", "--role", "organiser", data=tmp_path, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}"
    )
    process = start(tmp_path, port)
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.clock.install()
    page.goto(link.split()[-1])
    page.get_by_label("Як вас звати?").fill("Ірина")
    main_button(page).click()
    page.goto(f"http://127.0.0.1:{port}/velyka/projector")
    ready(page)

    expect(names_of_places(page)).to_have_count(6)
    expect(names_of_places(page).first).to_contain_text("Зала 1")
    page.clock.run_for(16000)
    expect(names_of_places(page).first).to_contain_text("Зала 7")
    process.terminate()
    process.wait(10)


def test_a_closed_place_leaves_no_empty_column_where_there_are_many(tmp_path, contexts):
    port = free_port()
    spaces = [word for n in range(1, 12) for word in ("--space", f"Зала {n}:20")]
    today = datetime.now(UTC).date()
    days = ("--from", today.isoformat(), "--to", (today + timedelta(days=2)).isoformat())
    command("event", "create", "Велика", *days, *spaces, data=tmp_path)
    link = command(
        "link", "velyka", "--role", "facilitator", data=tmp_path, OPENSPACE_BASE_URL=f"http://127.0.0.1:{port}"
    )
    with create_app({"DATA": tmp_path}).test_request_context(), sqlite.writing():
        event = db.session.scalars(db.select(Event).where(~Event.is_office)).one()
        for day in event.days:
            events.set_slots(event, day, [events.SlotSheet(None, Block(600, 660))])
        for space in (event.spaces[0], event.spaces[3]):
            space.closed_at = datetime.now(UTC)
        db.session.commit()
    process = start(tmp_path, port)
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.clock.install()
    page.goto(link.split()[-1])
    page.get_by_label("Як вас звати?").fill("Ірина")
    main_button(page).click()

    def gaps(selector: str) -> set[int]:
        lefts = page.locator(f"{selector}:visible").evaluate_all(
            "(all) => all.map((one) => one.getBoundingClientRect()).flatMap(({ left, right }) => [left, right])"
        )
        return {round(lefts[n] - lefts[n - 1]) for n in range(2, len(lefts), 2)}

    event = f"http://127.0.0.1:{port}/velyka"
    wide = {}
    for name, address, selector in (
        ("board", f"{event}/", ".space"),
        ("choosing", f"{event}/topics/new", ".mini__h"),
        ("first half", f"{event}/projector", ".space"),
    ):
        page.goto(address)
        ready(page)
        wide[name] = max(gaps(selector))
    first = page.locator(".space:visible b").all_inner_texts()
    page.clock.run_for(16000)
    second = page.locator(".space:visible b").all_inner_texts()
    left = names_of_places(page).first.bounding_box()["x"] - page.locator(".board").bounding_box()["x"]
    process.terminate()
    process.wait(10)

    assert [first, second] == [["2", "3", "5", "6", "7"], ["8", "9", "10", "11"]]
    assert {name: gap < 40 for name, gap in wide.items()} == dict.fromkeys(wide, True), wide
    assert left < 260


def test_the_projector_follows_midnight(server, contexts):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.clock.install()
    # The server would tell the page what time it really is.
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(server.links["projector"])
    ready(page)
    page.evaluate("window.stillTheSamePage = true")

    page.clock.fast_forward("24:00:00")
    page.clock.run_for(2000)

    page.wait_for_function("() => window.stillTheSamePage === undefined")


def test_the_projector_stays_with_the_night_until_it_is_over(tmp_path, tmp_path_factory, contexts):
    port = free_port()
    links = copy_demo(tmp_path_factory, tmp_path, f"http://127.0.0.1:{port}")
    app = create_app({"DATA": tmp_path})
    with app.test_request_context(), sqlite.writing():
        event = db.session.scalars(db.select(Event).where(~Event.is_office)).one()
        # Where it is about noon now: the server's clock goes on while the browser's is put ahead.
        event.zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+}"
        day = event.day_shown()
        for table in (Placement, Slot):
            db.session.execute(db.delete(table))
        events.set_slots(event, day, [events.SlotSheet(None, Block(23 * 60 + 30, 25 * 60))])
        ends_at = next(slot.ends_at for slot in event.slots if slot.day == day)
        db.session.commit()
    process = start(tmp_path, port)
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.clock.install()
    page.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    page.goto(links["projector"])
    ready(page)
    page.evaluate("window.stillTheSamePage = true")

    until = ends_at - timedelta(minutes=45) - datetime.now(UTC)
    page.clock.fast_forward(int(until.total_seconds() * 1000))
    page.clock.run_for(7000)

    assert page.evaluate("window.stillTheSamePage")
    assert running(page).count() == 1

    page.clock.fast_forward(46 * 60 * 1000)
    page.clock.run_for(2000)

    page.wait_for_function("() => window.stillTheSamePage === undefined")
    process.terminate()
    process.wait(10)


def test_a_revoked_projector_link_shows_nothing(server, sign_in, contexts):
    organiser = sign_in("organiser")
    organiser.goto(f"{server.event}/settings")
    ready(organiser)
    old = server.links["projector"]

    organiser.get_by_role("button", name="Зробити нове посилання").click()
    ready(organiser)
    server.links["projector"] = (
        organiser.get_by_role("region", name="Проєктор").get_by_role("link").first.get_attribute("href")
    )
    page = contexts().new_page()

    assert page.goto(old).status == 404
    assert page.goto(server.links["projector"]).status == 200


def test_taking_a_place_away_returns_its_topics_and_names_them(server, sign_in, sit_down):
    organiser, phone = sign_in("organiser"), linked(sit_down("Олена Бачить"))
    phone.goto(f"{server.event}/")
    linked(phone)
    in_cafe = sheets(running(phone), "Кавʼярня")
    expect(in_cafe).to_have_count(1)
    organiser.goto(f"{server.event}/settings/spaces")
    ready(organiser)

    organiser.get_by_label("Назва місця").nth(6).fill("")
    organiser.get_by_role("button", name="Зберегти").click()
    ready(organiser)
    title = organiser.get_by_role("alert").get_by_role("listitem").first.inner_text()
    organiser.get_by_role("button", name="Змінити").click()
    ready(organiser)

    expect(said(organiser)).to_contain_text(title)
    expect(market(phone)).to_contain_text(title.split()[0])
    expect(in_cafe).to_have_count(1)


def test_axe_finds_nothing_in_either_theme(server, sign_in, sit_down, contexts):
    participant, stranger = sit_down("Олена Теми"), contexts().new_page()
    organiser = sign_in("organiser", viewport={"width": 1280, "height": 800})
    hall = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    visits = [(participant, f"{server.event}/{path}") for path in PAGES]
    visits += [(organiser, f"{server.event}/{path}") for path in ("", *ORGANISERS_PAGES)]
    entrances = (f"{server.url}/?code=", f"{server.url}/{server.code}", f"{server.event}/sign-in")
    visits += [(stranger, address) for address in entrances]
    visits += [(hall, server.links["projector"])]

    found = []
    for page, address in visits:
        page.goto(address)
        ready(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            for fault in Axe().run(page).response["violations"]:
                node = fault["nodes"][0]
                found.append(f"{address} {theme} {fault['id']} {node['html'][:160]} {node['failureSummary'][:200]}")

    assert found == [], "\n".join(found)


@pytest.mark.parametrize("locale", ["uk-UA", "de-DE"])
def test_nothing_sticks_out_at_320_pixels(server, sign_in, locale):
    page = sign_in("organiser", viewport={"width": 320, "height": 640}, locale=locale)
    wide = {}
    for path in (*PAGES, *ORGANISERS_PAGES, "sign-in"):
        if path == "poster":
            continue
        page.goto(f"{server.event}/{path}")
        ready(page)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if over > 0:
            wide[path] = over

    assert wide == {}


SET_SLOTS = """(spans) => {
  const slots = [...document.querySelectorAll(".board .slot:not(:has(.bar))")];
  const now = Date.now() / 1000;
  const past = { starts: now - 9000, ends: now - 8000 };
  document.querySelectorAll(".board .slot").forEach((slot) => Object.assign(slot.dataset, past));
  spans.forEach(([starts, ends], at) => Object.assign(slots[at].dataset, { starts: now + starts, ends: now + ends }));
  document.dispatchEvent(new CustomEvent("patched", { detail: [] }));
}"""


@pytest.mark.parametrize(
    ("spans", "says"),
    [
        ([(-3600, -600), (22.5 * 60, 80 * 60)], "Початок за 23 хв"),
        ([(-3600, 4.5 * 60), (22.5 * 60, 80 * 60)], "Ще 5 хв"),
        ([(-3600, 20 * 60), (22.5 * 60, 80 * 60)], None),
        ([(-3600, -600), (-500, -60)], "Так минув день"),
    ],
)
def test_the_projector_says_when_it_goes_on(server, contexts, spans, says):
    page = contexts(viewport={"width": 1920, "height": 1080}).new_page()
    page.goto(server.links["projector"])
    linked(page)

    page.evaluate(SET_SLOTS, spans)

    say = page.locator(".pj__say")
    if says:
        expect(say).to_have_text(says)
        expect(say).to_be_visible()
    else:
        expect(say).to_be_hidden()
    # When all is over, what was today is all there.
    is_over = says == "Так минув день"
    titles = page.locator(".slot:not([hidden]) .sheet__title")
    assert (titles.count() == page.locator(".sheet__title").count()) == is_over or not is_over
    expect(page.locator(".board[data-over]")).to_have_count(int(is_over))
