"""A phone that was open while its event was brought back from a backup shows what is on the board now."""

from playwright.sync_api import expect

from tests.system.conftest import command, linked, ready, serving_demo, start, take_a_seat
from tests.system.pages import market
from tests.system.test_people import propose


def test_a_phone_that_knows_topics_of_the_future_shows_the_restored_board(tmp_path_factory, contexts, tmp_path):
    with serving_demo(tmp_path_factory) as server:

        def sit_down(name):
            page = contexts().new_page()
            take_a_seat(page.context.request, f"{server.url}/{server.code}", name)
            page.goto(f"{server.event}/")
            return ready(page)

        phone, other = linked(sit_down("Олена Майбутня")), sit_down("Петро Пише")
        command("backup", str(tmp_path / "backup.zip"), data=server.data)
        propose(other, "Тема, якої не стало")
        expect(market(phone)).to_contain_text("Тема, якої не стало")

        phone.context.set_offline(True)
        server.process.kill()
        server.process.wait()
        command("restore", str(tmp_path / "backup.zip"), "--replace", data=server.data)
        server.process = start(server.data, int(server.url.rpartition(":")[2]))
        # So many that the board has passed what the phone knows.
        for number in range(3):
            propose(other, f"Тема після повернення {number}")
        phone.context.set_offline(False)

        expect(market(phone)).to_contain_text("Тема після повернення 2")
        expect(market(phone)).to_contain_text("Тема після повернення 0")
        expect(market(phone)).not_to_contain_text("Тема, якої не стало")
        linked(phone)
        propose(other, "Тема наживо")
        expect(market(phone)).to_contain_text("Тема наживо")
