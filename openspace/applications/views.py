"""Applying: begun without an account, written step by step by two cities, each by its own link, and handed in."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.applications import actions
from openspace.applications.forms import LARGEST, NameForm, typed
from openspace.applications.models import ApplicantLink, link_with
from openspace.applications.rules import SIGN, Side, State, Step, missing, steps
from openspace.applications.words import FIELDS
from openspace.extensions import SELDOM, base_url, limiter
from openspace.programmes.models import Call, call_of
from openspace.web.errors import NotFound, Problem, TooLong, shows_again, wants_json
from openspace.web.http import accepts_body, flash_message, see_other
from openspace.web.i18n import countries, language

blueprint = event_blueprint("applying", __name__, is_personal=True, of_events=False, of_offices=True)
# Each pause of a second in typing is a save.
OFTEN = "240 per minute"
COUNTRIES = ("country", "twin_country")


def _call() -> Call:
    """The programme's call. Refuses with `NotFound` one that is not published."""
    call = call_of(visitor.event_id)
    if call.published_at is None:
        raise NotFound
    return call


def _link() -> ApplicantLink:
    """The link in the address. Refuses with `NotFound` one that was replaced."""
    found = link_with(visitor.event_id, str((request.view_args or {})["key"]))
    if found is None:
        raise NotFound
    return found


def _by_link() -> str:
    """What rate limits count under: many may write from one town hall in the last minutes, each by their own link."""
    return f"application {(request.view_args or {})['key']}"


def begin_page(problem: Problem | None = None) -> str:
    """The page that asks for a name before an application is begun; after a refusal with what was typed."""
    call = _call()
    return render_template("applications/begin.html", call=call, form=NameForm.for_page(), problem=problem)


@blueprint.get("/apply")
def new() -> ResponseReturnValue:
    """The page that asks for a name; after the deadline the call, which says so."""
    if not _call().is_open:
        return see_other(url_for("calls.show"))
    return begin_page()


@blueprint.post("/apply")
@limiter.limit(SELDOM)
@shows_again(begin_page)
def begin() -> ResponseReturnValue:
    """Begin an application, and lead to its first step, at an address that only this person knows."""
    call, form = _call(), NameForm()
    form.check()
    link = actions.begin(call, name=form.name.data or "", language=language())
    return see_other(url_for("applying.step", key=link.key, step="cities"))


def overview_page(problem: Problem | None = None) -> str:
    """An application with all its steps, who writes, and where it is handed in."""
    link = _link()
    application = link.application
    texts = application.texts
    needed = [question["name"] for question in application.call.questions if question["needed"]]
    twin = next((each for each in application.links if each.side == Side.SECOND), None)
    return render_template(
        "applications/overview.html",
        link=link,
        application=application,
        call=application.call,
        steps=_steps(application.call),
        gaps=missing(texts, needed),
        texts=texts,
        form=NameForm.for_page(is_sent=request.endpoint == "applying.introduce", name=link.name),
        twin=twin,
        mine=base_url() + url_for("applying.show", key=link.key),
        theirs=base_url() + url_for("applying.show", key=twin.key) if twin and link.side == Side.FIRST else "",
        names=FIELDS,
        asked=_asked(application.call),
        problem=problem,
    )


def _steps(call: Call) -> list[Step]:
    return steps(question["name"] for question in call.questions)


def _asked(call: Call) -> dict[str, tuple[str, str]]:
    """The words and the hint of each question in the visitor's language, or else in one that it has."""
    code = language()
    return {each["name"]: (call.words(each, code), call.words(each, code, "hint")) for each in call.questions}


@blueprint.get("/apply/<key>/")
def show(key: str) -> ResponseReturnValue:
    """The application behind a link; who comes by the twin city's link is asked for a name first."""
    return overview_page()


@blueprint.put("/apply/<key>/name")
@limiter.limit(OFTEN, key_func=_by_link)
@shows_again(overview_page)
def introduce(key: str) -> ResponseReturnValue:
    """Say who writes by this link."""
    link, form = _link(), NameForm()
    form.check()
    actions.introduce(link, form.name.data or "")
    return see_other(url_for("applying.show", key=key))


@blueprint.post("/apply/<key>/twin")
@limiter.limit(OFTEN, key_func=_by_link)
@shows_again(overview_page)
def invite_twin(key: str) -> ResponseReturnValue:
    """Make the link by which the twin city writes too."""
    actions.invite_twin(_link())
    return see_other(url_for("applying.show", key=key, _anchor="together"))


@blueprint.put("/apply/<key>/twin")
@limiter.limit(OFTEN, key_func=_by_link)
@shows_again(overview_page)
def renew_twin(key: str) -> ResponseReturnValue:
    """End the twin city's link and make another one."""
    actions.renew_twin(_link())
    flash_message(gettext("The old link leads nowhere now. Hand the new one out."))
    return see_other(url_for("applying.show", key=key, _anchor="together"))


def step_page(problem: Problem | None = None) -> str:
    """One step of an application; after a refusal with what was typed, and what stands there by now."""
    link, found = _link(), _step()
    application = link.application
    fields = {field.name: field for field in application.fields}
    texts = {name: fields[name].text if name in fields else "" for name in found.fields}
    revisions = {name: fields[name].revision if name in fields else 0 for name in found.fields}
    theirs: dict[str, str] = {}
    if request.method != "GET":
        sent, seen = typed(found.fields)
        is_clash = isinstance(problem, actions.Clash)
        # Saving once more is meant to win: both texts are on the page by then.
        revisions |= {} if is_clash else seen
        theirs = {name: texts[name] for name in sent if is_clash and sent[name] != texts[name]}
        texts |= sent
    every = _steps(application.call)
    facts: dict[str, Any] = {"theirs": theirs, "texts": texts, "revisions": revisions, "problem": problem}
    return render_template(
        "applications/step.html",
        link=link,
        application=application,
        call=application.call,
        step=found,
        steps=every,
        at=every.index(found),
        names=FIELDS,
        asked=_asked(application.call),
        longest=actions.longest(application.call),
        needed={each["name"]: each["needed"] for each in application.call.questions},
        countries=countries() if found.name == "cities" else [],
        is_sign=found.name == SIGN.name,
        others=[each for each in application.links if each.id != link.id and each.name],
        last=next((fields[name].link for name in found.fields if name in fields), None),
        **facts,
    )


def _step() -> Step:
    name = str((request.view_args or {})["step"])
    found = next((each for each in _steps(_call_of_link()) if each.name == name), None)
    if found is None:
        raise NotFound
    return found


def _call_of_link() -> Call:
    return _link().application.call


@blueprint.get("/apply/<key>/<step>")
def step(key: str, step: str) -> ResponseReturnValue:
    """One step of an application. Refuses with `NotFound` one that it does not have."""
    if not _link().name:
        return see_other(url_for("applying.show", key=key))
    return step_page()


@blueprint.put("/apply/<key>/<step>")
@limiter.limit(OFTEN, key_func=_by_link)
@accepts_body(LARGEST, TooLong.words, is_text=True)
@shows_again(step_page)
def save(key: str, step: str) -> ResponseReturnValue:
    """Save what a step has, and lead to the next one; as JSON tell the revisions that the fields have now."""
    link, found = _link(), _step()
    texts, seen = typed(found.fields)
    revisions = actions.write(link, texts, seen)
    actions.see(link)
    if wants_json():
        return {"revisions": revisions}
    every = _steps(link.application.call)
    after = every.index(found) + 1
    if after == len(every):
        return see_other(url_for("applying.show", key=key))
    return see_other(url_for("applying.step", key=key, step=every[after].name))


@blueprint.put("/apply/<key>/handed-in")
@limiter.limit(OFTEN, key_func=_by_link)
@shows_again(overview_page)
def hand_in(key: str) -> ResponseReturnValue:
    """Hand the application in."""
    before = _link().application.state
    actions.hand_in(_link())
    flash_message(gettext("Handed in.") if before != State.HANDED_IN else gettext("Handed in again."))
    return see_other(url_for("applying.show", key=key))


@blueprint.delete("/apply/<key>/handed-in")
@limiter.limit(OFTEN, key_func=_by_link)
@shows_again(overview_page)
def withdraw(key: str) -> ResponseReturnValue:
    """Take the application back."""
    actions.withdraw(_link())
    flash_message(gettext("Taken back. It can be handed in again until the deadline."))
    return see_other(url_for("applying.show", key=key))
