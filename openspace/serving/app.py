"""Our Flask class: a request is received completely before anything else, and writes are committed in one place."""

from flask import Flask, request
from flask.typing import ResponseReturnValue

from openspace.serving.receiving import receive
from openspace.web.http import SAFE_METHODS
from openspace.writes import answer_write


class App(Flask):
    """Flask, except that bodies are received before the database is used, and that `answer_write` commits writes."""

    def preprocess_request(self) -> ResponseReturnValue | None:
        """Receive the whole body (`receiving.receive`), then run the registered functions."""
        return receive(self, request) or super().preprocess_request()

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view; for a method that writes, in the transaction that `writes.answer_write` commits."""
        if request.method in SAFE_METHODS or request.routing_exception:
            return super().dispatch_request()
        return answer_write(super().dispatch_request)
