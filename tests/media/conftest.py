"""The servers of the live layer's tests serve here too."""

from tests.live.conftest import start

__all__ = ["start"]
