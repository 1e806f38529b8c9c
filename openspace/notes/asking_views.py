"""The views of asking for notes: whom to ask, and answering."""

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint, find, requires
from openspace.access.models import Member, Role
from openspace.access.visitor import visitor
from openspace.board.answers import shown_topic
from openspace.board.permissions import check_may_change
from openspace.extensions import limiter
from openspace.notes import asking
from openspace.notes.asking import AskingState
from openspace.web.errors import Invalid, Problem, shows_again, wants_json
from openspace.web.http import flash_message, see_other

blueprint = event_blueprint("askings", __name__, is_personal=True)
OFTEN = "60 per minute"


def asking_page(problem: Problem | None = None) -> str:
    """The page on which one chooses who writes the notes."""
    topic = shown_topic()
    check_may_change(topic, visitor.member)
    people = asking.candidates(topic, visitor.member)
    return render_template("notes/asking.html", topic=topic, people=people, problem=problem)


@blueprint.get("/topics/<int:number>/notes/writer")
@requires(Role.PARTICIPANT)
def show(number: int) -> ResponseReturnValue:
    """Who writes the notes? Whoever was named, and is not the convener, comes to the notes at once."""
    topic = shown_topic()
    if visitor.member.id not in topic.convener_ids and not visitor.member.is_at_least(Role.FACILITATOR):
        return see_other(url_for("notes.show", number=topic.number))
    return asking_page()


@blueprint.put("/topics/<int:number>/notes/writer")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
@shows_again(asking_page)
def name(number: int) -> ResponseReturnValue:
    """Ask somebody to write the notes, or say that one does it oneself."""
    topic, who = shown_topic(), request.form.get("who", "")
    if not (who.isdecimal() and len(who) < 10):
        raise Invalid(gettext("Please choose somebody."))
    member = find(Member, int(who))
    asking.name(topic, member, by=visitor.member)
    if wants_json():
        return jsonify({})
    if member.id == visitor.member.id:
        return see_other(url_for("notes.show", number=topic.number))
    flash_message(gettext("%(name)s is asked to write. Write together, if you like.", name=member.name))
    return see_other(url_for("topics.show", number=topic.number))


@blueprint.put("/topics/<int:number>/notes/asking")
@limiter.limit(OFTEN)
@requires(Role.PARTICIPANT)
def answer(number: int) -> ResponseReturnValue:
    """Answer a question for notes: `?answer=mine`, `later` or `no`."""
    topic, said = shown_topic(), request.args.get("answer", "")
    if said == "no":
        asking.decline(topic, by=visitor.member)
    elif said in {"mine", "later"}:
        asking.answer(topic, state=AskingState.LATER if said == "later" else AskingState.DONE, by=visitor.member)
    else:
        raise Invalid
    if wants_json():
        return jsonify({})
    return see_other(url_for("notes.show", number=topic.number) if said == "mine" else url_for("board.show"))
