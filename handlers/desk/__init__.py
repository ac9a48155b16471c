"""The desk: what staff see and do in a browser, at `/desk`."""

from handlers.desk.rooms import create_blueprint

__all__ = ["create_blueprint"]
