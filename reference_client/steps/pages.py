"""What the resource owner gets to see. Texts of servers are strangers' texts (RFC 6749 section 10.14)."""

from html import escape

from ..pipeline import Login

PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>Sign-in</title><h1>{title}</h1><p>{message}</p></html>"
LONGEST = 1000


def tell_refusal(login: Login) -> None:
    """A failure is told in words, cut where they have no end."""
    login.message = f"The sign-in failed: {login.message[:LONGEST]}"


def escape_message(login: Login) -> None:
    """Section 10.14: no markup of others."""
    login.message = escape(login.message)


def render_page(login: Login) -> None:
    """One page for either outcome; it holds no credential and no script."""
    login.page = PAGE.format(title="Sign-in", message=login.message)


def show_page(login: Login) -> None:
    """To whoever waits for it."""
    login.show(login.page)
