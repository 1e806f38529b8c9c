"""The page of a topic's notes, saving its paragraphs, and choosing between two versions of one."""

import secrets
from collections.abc import Collection
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.models import Topic
from openspace.clock import now
from openspace.extensions import limiter
from openspace.live import log
from openspace.notes import actions
from openspace.notes.attendance_actions import is_open
from openspace.notes.forms import ChoiceForm, NameForm, ParagraphForm
from openspace.notes.fragments import as_html, here_html, paragraph_html, personal_json, photo_html, step_html
from openspace.notes.models import Paragraph, channel_of, paragraph_keyed, paragraphs_of, steps_on
from openspace.notes.photo_models import photos_on
from openspace.notes.rules import MOST_PHOTOS, Part
from openspace.uploads.limits import limits
from openspace.web.errors import NotFound, Problem, shows_again, wants_json
from openspace.web.http import accepts_body, flash_message, see_other

blueprint = event_blueprint("notes", __name__, is_personal=True)
# Somebody who types without a pause saves some forty times a minute.
OFTEN = "180 per minute"
# Bytes. In a form each letter of another script than ours takes six.
LARGEST_FORM = 2**20


def notes_page(problem: Problem | None = None) -> str:
    """The page of notes; after a refusal with what was typed. `?edit=<key>` opens a paragraph where no script does."""
    topic = shown_topic()
    revision = log.revision(visitor.event_id, channel_of(topic))
    paragraphs = paragraphs_of(topic)
    return render_template(
        "notes/show.html",
        topic=topic,
        parts={part: [each for each in paragraphs if each.part == part] for part in Part},
        paragraph_html=paragraph_html,
        steps=[step_html(each) for each in steps_on(topic)],
        photos=[photo_html(each) for each in photos_on(topic)],
        limits=limits(visitor.event_id),
        most_photos=MOST_PHOTOS,
        here=here_html(topic),
        may_come=is_open(topic, now()),
        editing=_editing(topic),
        typed=request.form.get("text", "") if problem else "",
        part_sent=request.form.get("part", Part.SAID) if problem else None,
        name_form=NameForm.for_page(is_sent=request.endpoint == "attendance.add"),
        problem=problem,
        new_key=secrets.token_hex,
        revision=revision,
        channel=channel_of(topic),
        personal_json=personal_json(visitor.member, channel_of(topic), revision),
    )


def _editing(topic: Topic) -> Paragraph | None:
    key = (request.view_args or {}).get("key") or request.args.get("edit", "")
    return paragraph_keyed(topic, key, number=(request.view_args or {})["number"]) if key else None


@blueprint.get("/topics/<int:number>/notes")
@requires(Role.PARTICIPANT)
def show(number: int) -> ResponseReturnValue:
    """What is written of the session. That of a merged topic is the joint one's."""
    topic = shown_topic()
    if topic.number != number:
        return see_other(url_for("notes.show", number=topic.number))
    return notes_page()


@blueprint.put("/topics/<int:number>/notes/paragraphs/<key>")
@accepts_body(LARGEST_FORM, actions.TooMuch.words)
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(notes_page)
def save(number: int, key: str) -> ResponseReturnValue:
    """Save a paragraph. The answer names the version that holds what was sent, and the text as it stands merged."""
    form = ParagraphForm()
    form.check()
    saved = actions.save(
        shown_topic(),
        key=_checked(key),
        text=form.text.data or "",
        version=form.version.data or "",
        bases=form.base_keys,
        part=Part(form.part.data),
        after=form.after.data or "",
        by=visitor.member,
    )
    if wants_json():
        return jsonify(_state(saved) if saved else {"state": "gone"})
    if saved and saved.is_clash:
        flash_message(gettext("Somebody changed this paragraph too. Both versions are kept: please choose."))
    return _back(key if saved else "")


def _state(saved: actions.Saved) -> dict[str, Any]:
    current = saved.paragraph.current
    return {
        "state": "clash" if saved.is_clash else "saved",
        "sent": saved.version.key,
        "revision": current.id,
        "version": current.key,
        "text": current.text,
        "html": as_html(current.text),
        "at": current.at.isoformat(),
    }


def _checked(key: str) -> str:
    if not (0 < len(key) <= 40 and key.isascii() and key.replace("-", "").isalnum()):
        raise NotFound
    return key


@blueprint.put("/topics/<int:number>/notes/paragraphs/<key>/choice")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(notes_page)
def choose(number: int, key: str) -> ResponseReturnValue:
    """End a clash by keeping one of its versions, or all."""
    # Its buttons are the same for everybody and stand outside of any form, so that the address says what is chosen.
    form = ChoiceForm(request.values)
    form.check()
    actions.choose(_paragraph(key, form.seen), keeps=form.keeps.data or "", of=form.seen, by=visitor.member)
    return jsonify({}) if wants_json() else _back(key)


@blueprint.put("/topics/<int:number>/notes/paragraphs/<key>/hand")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def take(number: int, key: str) -> ResponseReturnValue:
    """Show that the visitor writes in the paragraph."""
    actions.take(_paragraph(key), by=visitor.member)
    return jsonify({})


@blueprint.delete("/topics/<int:number>/notes/paragraphs/<key>/hand")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def let_go(number: int, key: str) -> ResponseReturnValue:
    """Show no more that the visitor writes in the paragraph."""
    actions.let_go(_paragraph(key), by=visitor.member)
    return jsonify({})


def _paragraph(key: str, versions: Collection[str] = ()) -> Paragraph:
    paragraph = paragraph_keyed(shown_topic(), key, versions=versions, number=(request.view_args or {})["number"])
    if paragraph is None:
        raise NotFound
    return paragraph


def _back(key: str = "") -> ResponseReturnValue:
    return see_other(url_for("notes.show", number=shown_topic().number, _anchor=f"paragraph-{key}" if key else None))
