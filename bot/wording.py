"""What the chat says beside a site's own answers: words by key, in the site's language. Pure.

Templates have gaps in braces, as in `{comment}`; nothing in them is ever carried out, and what fills a gap is not read
as a template again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.errands import Saying
from bot.policy import NewComments, Policy
from bot.verdict import Reason
from sentiment.scores import Attribute

_GAP: Final = re.compile(r"\{(\w+)\}")


def fill(template: str, gaps: Mapping[str, str]) -> str:
    """The template with its gaps filled; a gap that nothing fills stays as it is."""
    return _GAP.sub(lambda gap: gaps.get(gap[1], gap[0]), template)


def say(saying: Saying, words: Mapping[str, str]) -> str:
    """The sentence that a saying stands for."""
    gaps = dict(saying.gaps)
    if saying.reasons:
        gaps["reasons"] = "; ".join(dict.fromkeys(why(reason, words) for reason in saying.reasons))
    return fill(words[saying.key], gaps)


def why(reason: Reason, words: Mapping[str, str]) -> str:
    """A reason as it is told to the author."""
    return words.get(f"why_{reason}", words["why_other"])


def rules(policy: Policy, words: Mapping[str, str]) -> str:
    """What a site's policy asks of its authors, in plain words, a line for each.

    No threshold and no list of words is given away.
    """
    levels = [(attribute, policy.attributes.of(attribute)) for attribute in Attribute]
    looked_at = [words[f"attribute_{attribute}"] for attribute, level in levels if level is not None]
    told: list[tuple[bool, str, dict[str, str]]] = [
        (bool(looked_at), "rule_attributes", {"attributes": _listed(looked_at, words["and"])}),
        (any(level is not None and level.reject is not None for _, level in levels), "rule_reject", {}),
        (bool(policy.words.banned or policy.words.suspect), "rule_words", {}),
        (policy.links is not None, "rule_links", {"links": str(policy.links)}),
        (policy.new_comments is NewComments.HOLD_FIRST, "rule_first", {}),
        (policy.new_comments is NewComments.HOLD_ALL, "rule_all", {}),
        (policy.repeat is not None or policy.flood is not None, "rule_repeat", {}),
        (policy.reports is not None, "rule_reports", {"reports": str(policy.reports)}),
        (policy.appeal_days is not None, "rule_appeal", {"days": str(policy.appeal_days)}),
    ]
    return "\n".join(fill(words[key], gaps) for holds, key, gaps in told if holds)


def _listed(items: Sequence[str], last: str) -> str:
    return f"{', '.join(items[:-1])} {last} {items[-1]}" if len(items) > 1 else "".join(items)
