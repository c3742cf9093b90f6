"""Remark42: new comments, by its webhook notifications with a template and a header of Parley's.

Remark42 signs nothing, so it sends the secret itself. Its templates can encode a form's fields in every version, JSON
only in some; hence the template makes a form.
"""

from collections.abc import Sequence

from bot.arrival import System
from bot.web.guards.signatures import is_one_of
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
)

HEADER = "X-Parley-Secret"
EVENTS = frozenset({"comment", "blank"})


class _Fields(Sent):
    id: Identity
    parent: str = ""
    thread: Identity
    author: Identity
    name: str = ""
    text: Text


def verify(delivery: Delivery, secrets: Sequence[str]) -> Verified | Refused:
    """A comment is sent once, so its own id is that of the delivery."""
    if not is_one_of([delivery.header(HEADER)], secrets):
        return Refused(f"The header {HEADER} is not the source's secret.")
    return Verified(None)


def read(delivery: Delivery) -> Arrived | Ignored:
    """The fields of the template, which stands on /connecting/remark42."""
    sent = _Fields.model_validate(delivery.form())
    if not sent.text.strip():
        return Ignored("blank")
    found = arrival(
        sent.id,
        thread=sent.thread,
        text=sent.text,
        author=sent.author,
        name=sent.name,
        parent=sent.parent or None,
        permalink=f"{sent.thread}#remark42__comment-{sent.id}",
    )
    return Arrived("comment", (found,))


SPEAKER = Speaker(System.REMARK42, verify, read, EVENTS)
