"""The call: its public page, and for organisers what it says in numbers, in words and as questions."""

from typing import Any

from babel.dates import format_date, get_timezone_location
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from markupsafe import Markup

from openspace.access.guards import event_blueprint, requires
from openspace.access.models import Role
from openspace.access.visitor import visitor
from openspace.clock import now
from openspace.extensions import base_url, limiter
from openspace.programmes import actions, rules
from openspace.programmes.forms import USUAL_ANSWER, FrameForm, TextsForm, read_questions, typed_questions
from openspace.programmes.models import Call, Question, call_of
from openspace.programmes.words import CHANGED
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import flash_message, see_other
from openspace.web.i18n import NAMES, language
from openspace.web.markdown import html_of

blueprint = event_blueprint("calls", __name__, is_personal=True, of_events=False, of_offices=True)
OFTEN = "120 per minute"
# Columns of the page's picture: chairs that stand for the days that are left.
CHAIRS = 16


@blueprint.get("/call")
def show() -> ResponseReturnValue:
    """The call, for everybody once it is published; before that for organisers, as others will see it.

    It is in the visitor's language if it was written in that, else in the programme's first. Refuses with `NotFound`.
    """
    call = call_of(visitor.event_id)
    code = rules.first_of(call.office.languages, language(), call.written_in)
    if call.published_at is None and not visitor.is_organiser:
        raise NotFound
    code = code or call.office.languages[0]
    with force_locale(code):
        return render_template("programmes/call.html", **_facts(call, code))


def _facts(call: Call, code: str) -> dict[str, Any]:
    left = rules.left(call.closes_at, now())
    texts = {part: call.texts.get(code, {}).get(part, "") for part in rules.LENGTHS}
    return {
        "call": call,
        "said_in": code,
        "texts": texts,
        "lists": {part: rules.lines(texts[part]) for part in ("who", "gets", "they_pay", "you_pay", "dates")},
        "stops": rules.stops(texts["steps"]),
        "left": left,
        "taken": min(CHAIRS, left.days),
        "closes": call.closes_local,
        # With its year, which is another one.
        "kept_until": format_date(call.kept_until, "long", locale=code),
        "is_past": call.closes_at <= now(),
        "city": get_timezone_location(call.office.zone, return_city=True, locale=code),
        "note_html": Markup(html_of(texts["note"])),  # noqa: S704  # cleaned there
        "changes": [(each, [CHANGED[what] for what in each.what.split()]) for each in reversed(call.changes)],
        "page_address": base_url() + url_for("calls.show"),
        "written": {each: NAMES[each] for each in call.written_in or [code]},
    }


@blueprint.put("/call/publication")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def publish() -> ResponseReturnValue:
    """Let everybody read the call."""
    actions.publish(call_of(visitor.event_id), by=visitor.member)
    flash_message(gettext("The call is public now. Its address can be handed on."))
    return see_other(url_for("programmes.show"))


@blueprint.delete("/call/publication")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
def withdraw() -> ResponseReturnValue:
    """Take the call back."""
    actions.withdraw(call_of(visitor.event_id), by=visitor.member)
    flash_message(gettext("Only organisers see the call now."))
    return see_other(url_for("programmes.show"))


def frame_page(problem: Problem | None = None) -> str:
    """The form with deadline, places, languages and the like; after a refusal with what was typed."""
    call = call_of(visitor.event_id)
    closes = call.closes_local
    values: dict[str, Any] = {name: getattr(call, name) for name in ("places", "email", "kept_until")}
    form: Any = FrameForm.for_page(
        closes_on=closes.date(),
        closes_at=closes.time().replace(second=0, microsecond=0),
        zone=call.office.zone,
        languages=call.office.languages,
        seen=rules.stamp(actions.frame_of(call)),
        **values,
    )
    is_stale = isinstance(problem, actions.ChangedMeanwhile)
    if is_stale:
        # Saving once more is meant to win: both are on the page by then.
        form.seen.data = rules.stamp(actions.frame_of(call))
    return render_template("programmes/frame.html", form=form, call=call, problem=problem, is_stale=is_stale)


@blueprint.get("/call/frame")
@requires(Role.ORGANISER)
def frame() -> ResponseReturnValue:
    """Show the form with deadline, places, languages and the like."""
    return frame_page()


@blueprint.put("/call/frame")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
@shows_again(frame_page)
def put_frame() -> ResponseReturnValue:
    """Change deadline, places, languages and the like."""
    form = FrameForm()
    form.check()
    call = call_of(visitor.event_id)
    frame = form.frame(call.office.languages)
    actions.set_frame(call, frame, seen=form.seen.data or "", by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("programmes.show"))


def texts_page(problem: Problem | None = None) -> str:
    """The form with a call's text in the language of the address; after a refusal with what was typed."""
    call, code = call_of(visitor.event_id), _language()
    texts = call.texts.get(code, {})
    values: dict[str, Any] = {part: texts.get(part, "") for part in rules.LENGTHS}
    form: Any = TextsForm.for_page(seen=rules.stamp(texts), **values)
    if isinstance(problem, actions.ChangedMeanwhile):
        # Saving once more is meant to win: both texts are on the page by then.
        form.seen.data = rules.stamp(texts)
    now_there = texts if isinstance(problem, actions.ChangedMeanwhile) else {}
    facts = {"form": form, "call": call, "code": code, "names": NAMES, "now_there": now_there, "problem": problem}
    return render_template("programmes/texts.html", parts=list(rules.LENGTHS), needed=rules.NEEDED, **facts)


@blueprint.get("/call/texts/<code>")
@requires(Role.ORGANISER)
def texts(code: str) -> ResponseReturnValue:
    """Show the form with a call's text in one of the programme's languages. Refuses with `NotFound`."""
    return texts_page()


@blueprint.put("/call/texts/<code>")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
@shows_again(texts_page)
def put_texts(code: str) -> ResponseReturnValue:
    """Write a call's text in one language."""
    form = TextsForm()
    form.check()
    call = call_of(visitor.event_id)
    actions.write(call, _language(), form.texts(), seen=form.seen.data or "", by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("calls.texts", code=code))


def _language() -> str:
    code = str((request.view_args or {})["code"])
    if code not in visitor.event.languages:
        raise NotFound
    return code


def questions_page(problem: Problem | None = None) -> str:
    """The form with all questions, and an empty row; after a refusal with what was typed."""
    call, languages = call_of(visitor.event_id), visitor.event.languages
    rows = typed_questions(languages) if request.method != "GET" else list(call.questions)
    empty = Question(name="", words={}, hint={}, longest=USUAL_ANSWER, needed=True)
    is_stale = isinstance(problem, actions.ChangedMeanwhile)
    seen = rules.stamp(call.questions) if is_stale or request.method == "GET" else request.form.get("seen", "")
    return render_template(
        "programmes/questions.html",
        rows=[*rows, empty] if not rows or any(rows[-1]["words"].values()) else rows,
        call=call,
        languages=languages,
        names=NAMES,
        seen=seen,
        now_there=call.questions if is_stale else [],
        problem=problem,
    )


@blueprint.get("/call/questions")
@requires(Role.ORGANISER)
def questions() -> ResponseReturnValue:
    """Show the form with all questions."""
    return questions_page()


@blueprint.put("/call/questions")
@limiter.limit(OFTEN)
@requires(Role.ORGANISER)
@shows_again(questions_page)
def put_questions() -> ResponseReturnValue:
    """Change the questions."""
    asked = read_questions(visitor.event.languages)
    seen = request.form.get("seen", "")
    actions.ask(call_of(visitor.event_id), asked, seen=seen, by=visitor.member)
    flash_message(gettext("Saved."))
    return see_other(url_for("programmes.show"))
