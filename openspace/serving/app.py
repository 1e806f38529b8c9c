"""Flask, with our two rules about requests: they are received whole first, and a write ends in one place."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from openspace.serving.receiving import receive
from openspace.web.http import SAFE_METHODS
from openspace.writes import answer_write


class App(Flask):
    """Flask, but that a request is received whole before the database is asked, and that `answer_write` commits."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Receive the request whole, before the first look at the database."""
        return receive(self, request) or super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view of the request; of a writing one in a transaction that is committed with its answer."""
        if request.method in SAFE_METHODS or request.routing_exception:
            return super().dispatch_request()
        return answer_write(super().dispatch_request)
