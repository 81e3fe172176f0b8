"""The page's head: its name, what the library holds, who has signed in, and the ways about."""

from assistant.page import texts
from assistant.page.access import SIGN_OUT, Visitor
from assistant.page.holdings import Holdings
from assistant.page.markup import Markup, element


def head_markup(holdings: Holdings | None = None, visitor: Visitor | None = None) -> Markup:
    """Return the head; before the page has asked, nothing is said of the library and of who is there."""
    name = visitor.name if visitor else None
    past = element("button", texts.CONVERSATIONS, type="button", id="show-past", aria_expanded="false", class_="act")
    new = element("button", texts.NEW_CONVERSATION, type="button", id="new", class_="act")
    signed = element("span", texts.SIGNED_IN_AS.format(name), class_="signed") if name else None
    out = element("a", texts.SIGN_OUT, href=SIGN_OUT, class_="act") if name else None
    told = element("p", holdings.told()) if holdings else None
    return element(
        "header",
        element("div", element("h1", texts.TITLE), told, id="title"),
        element("div", signed, out, past, new, class_="acts"),
    )
