"""Listening to the singing bowl in browsers: when a page's first sound comes, by this machine's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from openspace import create_app
from openspace.events.models import Slot
from openspace.extensions import db
from openspace.store import transactions
from tests.system.conftest import linked

# Hears what the page sends to its loudspeakers. `performance.now()` is not put wrong with the page's clock.
LISTENING = """
(() => {
  const connect = AudioNode.prototype.connect;
  window.sounds = [];
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target === this.context.destination) {
      const ear = this.context.createAnalyser();
      ear.fftSize = 256;
      connect.call(this, ear);
      const heard = new Float32Array(ear.fftSize);
      const listen = setInterval(() => {
        ear.getFloatTimeDomainData(heard);
        if (!heard.some((value) => Math.abs(value) > 0.0005)) return;
        window.sounds.push(performance.timeOrigin + performance.now());
        clearInterval(listen);
      }, 2);
    }
    return connect.call(this, target, ...rest);
  };
  const [now, wrong] = [Date.now, WRONG];
  Date.now = () => now.call(Date) + wrong;
})();
"""


def put_up(context, address: str, *, wrong: float = 0) -> Page:
    """Open a screen on a computer whose clock is wrong by so many seconds, and let the bowl ring there."""
    page = context.new_page()
    page.add_init_script(LISTENING.replace("WRONG", str(wrong * 1000)))
    page.goto(address)
    linked(page)
    expect(page.locator(".heard__number")).to_be_visible()
    page.mouse.click(300, 300)
    page.locator(".heard__bowl").click()
    expect(page.locator("html[data-rings]")).to_be_attached()
    return page


def end_in(data: Path, span: timedelta) -> datetime:
    """Let the slot that is on end after this span; returns the moment."""
    with create_app({"DATA": data}).test_request_context(), transactions.writing():
        moment = datetime.now(UTC)
        on = select(Slot).where(Slot.starts_at <= moment, Slot.ends_at > moment, Slot.title == "")
        slot = db.session.scalars(on).one()
        slot.ends_at = moment + span
        return slot.ends_at


def first_sounds(pages: list[Page], since: datetime) -> list[float]:
    """When each page made its first sound after `since`, in seconds after it."""
    times = []
    for page in pages:
        after = since.timestamp() * 1000 - 2000
        page.wait_for_function("after => window.sounds.some((at) => at > after)", arg=after, timeout=30_000)
        first = page.evaluate("after => Math.min(...window.sounds.filter((at) => at > after))", after)
        times.append(first / 1000 - since.timestamp())
    return times
