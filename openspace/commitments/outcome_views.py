"""The page behind a personal link: what came of one commitment, without signing in."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.commitments import follow_up_actions as actions, sharing
from openspace.commitments.follow_up_models import FollowUp, MailAddress, follow_up_with
from openspace.commitments.follow_up_rules import Outcome
from openspace.commitments.forms import OutcomeForm
from openspace.extensions import SELDOM, csrf, db, limiter
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import see_other

blueprint = event_blueprint("outcomes", __name__, is_personal=True)


def _asked() -> FollowUp:
    """The question that the link opens. Refuses with `NotFound` one that was replaced."""
    follow_up = follow_up_with(visitor.event_id, (request.view_args or {})["token"])
    if follow_up is None:
        raise NotFound
    return follow_up


def outcome_page(problem: Problem | None = None) -> str:
    """The question, with the answer that was given before; after a refusal with what was chosen. It names nobody."""
    follow_up = _asked()
    given = {"outcome": follow_up.outcome, "words": follow_up.words, "wants_help": follow_up.wants_help}
    given["is_shared"] = follow_up.commitment.is_shared
    is_sent = request.endpoint == "outcomes.answer"
    form = OutcomeForm.for_page(validate=False, is_sent=is_sent, **given)
    has_helpers = bool(follow_up.commitment.helpers)
    facts = {"follow_up": follow_up, "commitment": follow_up.commitment, "has_helpers": has_helpers}
    facts["may_share"] = sharing.may_share(follow_up)
    return render_template("commitments/outcome.html", form=form, outcomes=Outcome, problem=problem, **facts)


@blueprint.get("/outcomes/<token>")
def show(token: str) -> ResponseReturnValue:
    """The question what came of a commitment, for whoever has the link. Looking changes nothing."""
    return outcome_page()


@blueprint.post("/outcomes/<token>")
@limiter.limit(SELDOM)
@shows_again(outcome_page)
def answer(token: str) -> ResponseReturnValue:
    """Answer it, or change the answer."""
    follow_up, form = _asked(), OutcomeForm()
    form.check()
    words = form.words.data or ""
    actions.answer(follow_up, Outcome(form.outcome.data), words=words, wants_help=bool(form.wants_help.data))
    sharing.share_answer(follow_up, is_shared=bool(form.is_shared.data))
    return see_other(url_for("outcomes.show", token=token, sent="y"))


@blueprint.get("/outcomes/<token>/end")
def stopping(token: str) -> ResponseReturnValue:
    """Ask whether no more mail is wanted: programs that look at links must not end anything."""
    follow_up = _asked()
    address = db.session.get(MailAddress, follow_up.member_id) if follow_up.member_id else None
    is_stopped = address is None or address.stopped_at is not None
    return render_template("commitments/stop.html", follow_up=follow_up, is_stopped=is_stopped)


@blueprint.post("/outcomes/<token>/end")
@limiter.limit(SELDOM)
def stop(token: str) -> ResponseReturnValue:
    """Send no more mail about commitments to whoever was asked. Mail programs follow no redirect here."""
    actions.stop(_asked())
    return stopping(token)


# Mail programs post there without any cookie (RFC 8058). The token in the address says who it is.
csrf.exempt(stop)
