"""The phone simulators: `/phone` in the browser, `helpline dial` in the terminal."""

from handlers.phone.page import create_blueprint

__all__ = ["create_blueprint"]
