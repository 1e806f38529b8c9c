"""Our Flask class: a request is received completely before anything else, and writes are committed in one place."""

from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from openspace.serving.receiving import receive
from openspace.store import sqlite
from openspace.web.http import SAFE_METHODS
from openspace.writes import answer_write


class App(Flask):
    """Flask, except that bodies are received before the database is used, and that `answer_write` commits writes.

    A write is one transaction, from the first look at the event to the answer; on SQLite it takes the write lock at
    once. Only a view that is `prepared_by` a step reads without it until the step is done, and then asks for
    `answer_write` itself.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.extensions["answer_write"] = answer_write

    def full_dispatch_request(self) -> Response:
        """Answer the request; on SQLite, a write takes the lock with its first statement."""
        if not self._is_plain_write():
            return super().full_dispatch_request()
        with sqlite.writing():
            return super().full_dispatch_request()

    def ensure_sync(self, func: Any) -> Any:
        """The function itself: none of ours is a coroutine, for which Flask would look with each call."""
        return func

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Receive the whole body (`receiving.receive`), then run the registered functions."""
        return receive(self, request) or super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; for a method that writes, in the transaction that `writes.answer_write` commits."""
        if not self._is_plain_write():
            return super().dispatch_request()
        return answer_write(lambda made: super(App, self).dispatch_request())

    def _is_plain_write(self) -> bool:
        if request.method in SAFE_METHODS or request.routing_exception:
            return False
        return not getattr(self.view_functions.get(request.endpoint or ""), "is_prepared", False)
