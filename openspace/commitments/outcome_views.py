"""The page behind a personal link: what came of one commitment, without signing in."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.commitments import follow_up_actions as actions, photo_actions, sharing
from openspace.commitments.follow_up_models import FollowUp, MailAddress, follow_up_with
from openspace.commitments.follow_up_rules import Outcome
from openspace.commitments.forms import OutcomeForm
from openspace.commitments.photo_models import photo_of
from openspace.extensions import SELDOM, csrf, db, limiter
from openspace.uploads import form_files
from openspace.uploads.awaited import problem_of
from openspace.web.errors import NotFound, Problem, shows_again
from openspace.web.http import accepts_body, see_other
from openspace.web.preparing import prepared_by

blueprint = event_blueprint("outcomes", __name__, is_personal=True)
# In bytes: a photo of a phone.
LARGEST_FORM = 16 * 2**20
_TOO_LARGE = _l("This photo is larger than 16 MB. Please choose a smaller one.")


def _asked() -> FollowUp:
    """The question that the link opens. Refuses with `NotFound` one that was replaced, or is about what is hidden."""
    follow_up = _linked()
    if follow_up.commitment.hidden_at:
        raise NotFound
    return follow_up


def _linked() -> FollowUp:
    """The question to which the link belongs. Refuses with `NotFound` a link that was replaced."""
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
    form, photo = OutcomeForm.for_page(validate=False, is_sent=is_sent, **given), photo_of(follow_up.id)
    has_helpers = bool(follow_up.commitment.helpers)
    facts = {"follow_up": follow_up, "commitment": follow_up.commitment, "has_helpers": has_helpers}
    facts |= {"may_share": sharing.may_share(follow_up), "photo": photo, "photo_problem": photo and problem_of(photo)}
    return render_template("commitments/outcome.html", form=form, outcomes=Outcome, problem=problem, **facts)


@blueprint.get("/outcomes/<token>")
def show(token: str) -> ResponseReturnValue:
    """The question what came of a commitment, for whoever has the link. Looking changes nothing."""
    return outcome_page()


def _form_files(token: str) -> list[form_files.Stored]:
    """The photo that is sent with the form, if any: it counts as sent by who is asked, and nobody is once they left."""
    follow_up = _asked()
    files = form_files.sent("photo")[:1] if follow_up.member_id else []
    return form_files.store_all(files, visitor.event_id, member_id=follow_up.member_id or 0)


@blueprint.post("/outcomes/<token>")
@accepts_body(LARGEST_FORM, _TOO_LARGE)
@limiter.limit(SELDOM)
@shows_again(outcome_page)
@prepared_by(_form_files, undo=form_files.forget)
def answer(files: list[form_files.Stored], token: str) -> ResponseReturnValue:
    """Answer it, or change the answer, with a photo or without."""
    follow_up, form = _asked(), OutcomeForm()
    form.check()
    if form.removes_photo.data:
        photo_actions.remove(follow_up)
    for file in files:
        photo_actions.add(follow_up, file)
    words = form.words.data or ""
    actions.answer(follow_up, Outcome(form.outcome.data), words=words, wants_help=bool(form.wants_help.data))
    sharing.share_answer(follow_up, is_shared=bool(form.is_shared.data))
    return see_other(url_for("outcomes.show", token=token, sent="y"))


@blueprint.get("/outcomes/<token>/end")
def stopping(token: str) -> ResponseReturnValue:
    """Ask whether no more mail is wanted: programs that look at links must not end anything."""
    follow_up = _linked()
    address = db.session.get(MailAddress, follow_up.member_id) if follow_up.member_id else None
    is_stopped = address is None or address.stopped_at is not None
    return render_template("commitments/stop.html", follow_up=follow_up, is_stopped=is_stopped)


@blueprint.post("/outcomes/<token>/end")
@limiter.limit(SELDOM)
def stop(token: str) -> ResponseReturnValue:
    """Send no more mail about commitments to whoever was asked. Mail programs follow no redirect here."""
    actions.stop(_linked())
    return stopping(token)


# Mail programs post there without any cookie (RFC 8058). The token in the address says who it is.
csrf.exempt(stop)
