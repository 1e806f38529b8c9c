"""The page behind the link in the first mail to an address: whether it is who gave it, without signing in."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from openspace.access.guards import event_blueprint
from openspace.access.visitor import visitor
from openspace.commitments import checks
from openspace.commitments.follow_up_models import AddressCheck, check_with
from openspace.extensions import SELDOM, csrf, limiter
from openspace.web.errors import NotFound

blueprint = event_blueprint("addresses", __name__, is_personal=True)


def _asked() -> AddressCheck:
    """The address that the link is about. Refuses with `NotFound` a link that is none."""
    values = request.view_args or {}
    check = check_with(visitor.event_id, values["check_id"], values["token"])
    if check is None:
        raise NotFound
    return check


@blueprint.get("/addresses/<int:check_id>/<token>")
def show(check_id: int, token: str) -> ResponseReturnValue:
    """Ask whether the address is theirs. Looking changes nothing: programs look at links, too."""
    return render_template("commitments/check.html", check=_asked())


@blueprint.post("/addresses/<int:check_id>/<token>")
@limiter.limit(SELDOM)
def confirm(check_id: int, token: str) -> ResponseReturnValue:
    """Say that it is, and that mail may go there."""
    checks.confirm(_asked())
    return show(check_id, token)


@blueprint.get("/addresses/<int:check_id>/<token>/end")
def stopping(check_id: int, token: str) -> ResponseReturnValue:
    """Ask whether no mail is wanted there."""
    return render_template("commitments/check.html", check=_asked())


@blueprint.post("/addresses/<int:check_id>/<token>/end")
@limiter.limit(SELDOM)
def stop(check_id: int, token: str) -> ResponseReturnValue:
    """Let no mail go there. Mail programs follow no redirect here."""
    checks.stop(_asked())
    return show(check_id, token)


# Mail programs post there without any cookie (RFC 8058). The token in the address says which one it is.
csrf.exempt(stop)
