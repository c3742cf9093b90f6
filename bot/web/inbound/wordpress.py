"""WordPress.com's webhooks, and the HookPress plugin that they come from: the fields of a form, signed by nobody.

That the address is secret is all there is. WordPress with plugins of its own had better use Parley as its Akismet.
"""

from collections.abc import Sequence

from bot.arrival import System
from bot.web.inbound.delivery import (
    Arrived,
    Delivery,
    Identity,
    Ignored,
    Refused,
    Sent,
    Speaker,
    Text,
    Verified,
    arrival,
    visitor,
    words_of,
)

EVENTS = frozenset({"comment_post", "pingback", "trackback", "blank"})


class _Fields(Sent):
    comment_ID: Identity  # noqa: N815 - WordPress's names
    comment_post_ID: Identity  # noqa: N815
    comment_content: Text
    comment_author: str = ""
    comment_parent: str = "0"
    comment_type: str = ""
    user_id: str = "0"


def verify(_: Delivery, __: Sequence[str]) -> Verified | Refused:
    """Nothing to look at."""
    return Verified(None)


def read(delivery: Delivery) -> Arrived | Ignored:
    """Other hooks, and comments that other sites' posts make, are no comments of readers."""
    form = delivery.form()
    if form.get("hook") != "comment_post":
        return Ignored(form.get("hook", "other"))
    sent = _Fields.model_validate(form)
    if sent.comment_type in ("pingback", "trackback"):
        return Ignored(sent.comment_type)
    text = words_of(sent.comment_content)
    if not text.strip():
        return Ignored("blank")
    registered = f"user-{sent.user_id}" if sent.user_id not in ("", "0") else ""
    found = arrival(
        sent.comment_ID,
        thread=f"post-{sent.comment_post_ID}",
        text=text,
        author=registered or visitor(sent.comment_author),
        name=sent.comment_author,
        parent=sent.comment_parent if sent.comment_parent not in ("", "0") else None,
    )
    return Arrived("comment_post", (found,))


SPEAKER = Speaker(System.WORDPRESS, verify, read, EVENTS)
