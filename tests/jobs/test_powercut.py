"""The sheet for a power cut is made in a real worker, whose child typesets it."""

from io import BytesIO

from pypdf import PdfReader

from openspace.exports.jobs import POWERCUT
from openspace.exports.models import latest_sheet
from openspace.jobs.models import State
from tests.factories import Hall


def test_a_worker_makes_the_sheet_and_keeps_it(app, crew):
    hall = Hall(app)

    job = crew.enqueue(POWERCUT, {"event_id": hall.id}, event_id=hall.id)
    crew.start()

    assert crew.waits_for(job, State.DONE, State.FAILED).state == State.DONE
    with app.app_context():
        sheet = latest_sheet(hall.id)
        assert sheet
        assert "Вода в селі" in PdfReader(BytesIO(sheet.content)).pages[0].extract_text().replace("\n", " ")


def test_of_an_event_that_is_gone_no_sheet_is_made(app, crew):
    job = crew.enqueue(POWERCUT, {"event_id": 12345})
    crew.start()

    assert crew.waits_for(job, State.DONE, State.FAILED).state == State.DONE
