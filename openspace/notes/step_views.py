"""The views of next steps."""

import secrets
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.models import Topic
from openspace.extensions import limiter
from openspace.notes import step_actions
from openspace.notes.forms import StepForm
from openspace.notes.models import NextStep, attendances_of
from openspace.web.errors import Problem, shows_again, wants_json
from openspace.web.http import see_other
from openspace.writes import request_key

blueprint = event_blueprint("note_steps", __name__, is_personal=True)
OFTEN = "60 per minute"


def offered(topic: Topic, step: NextStep | None = None) -> dict[int, str]:
    """Return whose name a step may be given, by id: the visitor, conveners, who was there and agrees."""
    people = [visitor.member, *topic.conveners, *(each.member for each in attendances_of(topic) if each.is_named)]
    if step and step.who:
        people.append(step.who)
    return {each.id: each.name for each in people}


def step_page(problem: Problem | None = None) -> str:
    """The page on which a step is written or changed; after a refusal with what was typed."""
    topic, step = shown_topic(), _asked_step()
    given: dict[str, Any] = {"who": str(visitor.member.id)}
    if step:
        given = {"what": step.what, "who": str(step.who_id or ""), "name": step.who_name, "due_on": step.due_on}
    form = StepForm.for_page(validate=False, **given).offer(offered(topic, step))
    return render_template("notes/step.html", topic=topic, step=step, form=form, problem=problem)


def _asked_step() -> NextStep | None:
    step_id = (request.view_args or {}).get("step_id")
    return step_actions.step_of(shown_topic(), step_id) if step_id else None


@blueprint.get("/topics/<int:number>/notes/steps/new")
@requires(Role.PARTICIPANT)
def new(number: int) -> ResponseReturnValue:
    """The form of a new step."""
    return step_page()


@blueprint.get("/topics/<int:number>/notes/steps/<int:step_id>")
@requires(Role.PARTICIPANT)
def edit(number: int, step_id: int) -> ResponseReturnValue:
    """The form that changes a step."""
    return step_page()


@blueprint.post("/topics/<int:number>/notes/steps")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(step_page)
def create(number: int) -> ResponseReturnValue:
    """Write a next step down."""
    topic = shown_topic()
    form = _checked(topic)
    key = (request.form.get("key") or request_key() or secrets.token_hex(16))[:64]
    who, name = _who(form)
    step = step_actions.add(
        topic, key=key, what=form.what.data or "", who=who, name=name, due_on=form.due_on.data, by=visitor.member
    )
    return _answer(topic, step, 201)


@blueprint.put("/topics/<int:number>/notes/steps/<int:step_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(step_page)
def change(number: int, step_id: int) -> ResponseReturnValue:
    """Change a step."""
    topic = shown_topic()
    step = step_actions.step_of(topic, step_id)
    form = _checked(topic, step)
    who, name = _who(form)
    step_actions.change(
        step, revision=form.revision.data or 0, what=form.what.data or "", who=who, name=name, due_on=form.due_on.data
    )
    return _answer(topic, step, 200)


@blueprint.delete("/topics/<int:number>/notes/steps/<int:step_id>")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def remove(number: int, step_id: int) -> ResponseReturnValue:
    """Delete a step."""
    topic = shown_topic()
    step_actions.remove(step_actions.step_of(topic, step_id))
    return _answer(topic, None, 200)


def _checked(topic: Topic, step: NextStep | None = None) -> StepForm:
    form = StepForm().offer(offered(topic, step))
    form.check()
    return form


def _who(form: StepForm) -> tuple[Member | None, str]:
    """Who does the step: a member, or a name."""
    return (find(Member, int(form.who.data)), "") if (form.who.data or "").strip() else (None, form.name.data or "")


def _answer(topic: Topic, step: NextStep | None, status: int) -> ResponseReturnValue:
    if wants_json():
        return jsonify(id=step.id if step else None), status
    return see_other(url_for("notes.show", number=topic.number, _anchor=f"step-{step.id}" if step else "steps"))
