"""The demo's programme: a call that is open, six applications that were handed in, and three that are not complete."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openspace.access import actions as access
from openspace.access.models import Member, Role
from openspace.applications import actions as applications
from openspace.applications.models import ApplicantLink
from openspace.applications.rules import LOOKING, TOGETHER
from openspace.clock import frozen_at
from openspace.extensions import db
from openspace.programmes import actions
from openspace.programmes.actions import MIDNIGHT, Frame
from openspace.programmes.models import Call, call_of
from openspace.programmes.rules import LENGTHS, closing, stamp

HERE = Path(__file__).parent
LANGUAGES = ["uk", "de", "en"]
DAYS_LEFT = timedelta(days=23)


def put(moment: datetime) -> Member:
    """Found the programme, publish its call and apply, in the week before `moment`; returns the organiser."""
    parts: dict[str, Any] = json.loads((HERE / "programme.json").read_text())
    with frozen_at(moment - timedelta(days=8)):
        office = actions.found(name=parts["name"], zone="Europe/Berlin", languages=LANGUAGES)
        lead = access.seat(office, name="Марта Зоммер", role=Role.ORGANISER)
        call = call_of(office.id)
        _write(call, parts, moment, lead)
    for day, sheet in enumerate(parts["applications"]):
        with frozen_at(moment - timedelta(days=7 - day % 7, hours=day)):
            _apply(call, sheet)
    return lead


def _write(call: Call, parts: dict[str, Any], moment: datetime, lead: Member) -> None:
    last = (moment + DAYS_LEFT).date()
    kept_until = last + timedelta(days=730)
    closes_at = closing(last, MIDNIGHT, "Europe/Berlin")
    frame = Frame("Europe/Berlin", LANGUAGES, closes_at, places=2, email=parts["email"], kept_until=kept_until)
    actions.set_frame(call, frame, seen=stamp(actions.frame_of(call)), by=lead)
    for code, texts in parts["texts"].items():
        actions.write(call, code, {**dict.fromkeys(LENGTHS, ""), **texts}, seen=stamp({}), by=lead)
    actions.publish(call, by=lead)


def _apply(call: Call, sheet: dict[str, Any]) -> None:
    first, *others = sheet["names"]
    link = applications.begin(call, name=first, language="uk")
    city, country, twin_city, twin_country = sheet["cities"]
    _save(link, kind=TOGETHER if others else LOOKING, city=city, country=country, organisation=sheet["organisation"])
    _save(link, twin_city=twin_city, twin_country=twin_country)
    _save(link, **{question["name"]: text for question, text in zip(call.questions, sheet["answers"], strict=False)})
    for name in others:
        twin = applications.invite_twin(link)
        applications.introduce(twin, name)
    if sheet["is_handed_in"]:
        _save(link, contact=first, email=f"kontakt-{link.id}@example.org", declared=first)
        applications.hand_in(link)


def _save(link: ApplicantLink, **texts: str) -> None:
    applications.write(link, texts, {})
    db.session.flush()
