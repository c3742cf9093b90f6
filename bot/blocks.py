"""Letters as Slack's Block Kit, with buttons that work.

https://docs.slack.dev/reference/block-kit

Whatever strangers wrote stands in `plain_text`, in which Slack reads no mention, link or markup.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.notice import Letter, harmless
from bot.verdict import Decision

# Any: JSON on its way to Slack, and from there.
Json = dict[str, Any]

LOOK: Final = "look"
"""The action of the button that only leads to a page."""

_LONGEST_TEXT: Final = 2900
_LONGEST_TITLE: Final = 150
_STYLES: Final[Mapping[Decision, str]] = {Decision.APPROVE: "primary", Decision.REJECT: "danger"}
_DECIDE: Final = "decide "


def written(letter: Letter) -> Json:
    """The body that an incoming webhook of Slack's takes."""
    blocks: list[Json] = [
        {"type": "header", "text": _plain(letter.title, _LONGEST_TITLE)},
        {"type": "section", "text": _plain(letter.lead, _LONGEST_TEXT)},
    ]
    for number, item in enumerate(letter.items):
        text = item.says if item.text is None else f"{item.says}\n{item.text}"
        blocks.append({"type": "section", "text": _plain(text, _LONGEST_TEXT)})
        if item.ticket is not None and item.link is not None:
            buttons = [*_buttons(item.ticket), _button(LOOK, "Look", item.ticket) | {"url": item.link}]
            blocks.append({"type": "actions", "block_id": f"{_DECIDE}{number}", "elements": buttons})
    more = f"And {letter.more} more: " if letter.more else ""
    blocks.append({"type": "context", "elements": [_plain(f"{more}{letter.desk}", _LONGEST_TEXT)]})
    return {"text": letter.title, "blocks": blocks}


def decided(blocks: Sequence[Json], block_id: str, sentence: str) -> Json:
    """The same message with a sentence in place of the buttons of that block, for Slack's `response_url`."""
    said = {"type": "context", "elements": [_plain(sentence, _LONGEST_TEXT)]}
    changed = [said if block.get("block_id") == block_id else dict(block) for block in blocks]
    return {"replace_original": True, "blocks": changed}


def told(sentence: str) -> Json:
    """A sentence for whoever pressed a button, and for nobody else."""
    return {"replace_original": False, "response_type": "ephemeral", "text": harmless(sentence, _LONGEST_TEXT)}


def _buttons(ticket: str) -> list[Json]:
    return [
        _button(decision.value, decision.value.capitalize(), ticket) | {"style": style}
        for decision, style in _STYLES.items()
    ]


def _button(action: str, label: str, ticket: str) -> Json:
    return {"type": "button", "action_id": action, "text": _plain(label, 75), "value": ticket}


def _plain(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": text[:longest], "emoji": False}
