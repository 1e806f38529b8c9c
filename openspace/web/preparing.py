"""Views that write, and do something slow first: hash a password, scale a picture, let guessers wait."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app

from openspace.web.errors import View


def prepared_by(step: Callable[..., Any], *, undo: Callable[[Any], None] | None = None) -> Callable[[View], View]:
    """Run `step`, with the arguments of the view, before the transaction of a view that writes begins.

    The view is given what the step returns as its first argument, and is run within a transaction that holds the claim
    of the request's key, what the view does, and its answer. The step may read, but holds no lock, and while it is slow
    no transaction and no connection; so the view looks again at what may have changed since. A step that refuses with a
    `Problem` ends the request. A request that was answered before is answered again without the step.

    `undo` is called with what the step returned if the view then refuses or is not run, outside of transactions, too.

    It stands below all guards and limits: they are asked before the step.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def prepared(**values: Any) -> Any:
            unused: list[Any] = []

            def make() -> Any:
                unused.append(step(**values))
                return unused[-1]

            def run(made: Any) -> Any:
                answer = view(made, **values)
                # From here on nobody knows for sure that it was not committed.
                unused.clear()
                return answer

            try:
                return current_app.extensions["answer_write"](run, step=make)
            finally:
                if undo and unused:
                    undo(unused[0])

        # The app begins no transaction for it.
        prepared.is_prepared = True  # type: ignore[attr-defined]
        return prepared

    return decorate
