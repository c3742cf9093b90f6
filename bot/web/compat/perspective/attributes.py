"""What Perspective scores, and which of it Parley has a model for."""

import re
from dataclasses import dataclass
from typing import Final

from sentiment.scores import Attribute

_PRODUCTION: Final = {
    name: Attribute(name.lower())
    for name in ("TOXICITY", "SEVERE_TOXICITY", "IDENTITY_ATTACK", "INSULT", "PROFANITY", "THREAT")
}
MODELS: Final[dict[str, Attribute]] = {
    **_PRODUCTION,
    # The same questions, asked of models that Google was trying out.
    **{f"{name}_EXPERIMENTAL": attribute for name, attribute in _PRODUCTION.items()},
    "TOXICITY_FAST": Attribute.TOXICITY,
    "SEXUALLY_EXPLICIT": Attribute.SEXUALLY_EXPLICIT,
    "SPAM": Attribute.SPAM,
}
"""The attributes that Parley scores, by Perspective's names."""

WITHOUT_MODEL: Final = frozenset(
    {
        "FLIRTATION",
        *(
            "ATTACK_ON_AUTHOR ATTACK_ON_COMMENTER INCOHERENT INFLAMMATORY LIKELY_TO_REJECT OBSCENE UNSUBSTANTIAL"
        ).split(),
        *(
            f"{name}_EXPERIMENTAL"
            for name in (
                "AFFINITY COMPASSION CONSTRUCTIVE CURIOSITY NUANCE PERSONAL_STORY REASONING RESPECT "
                "ALIENATION FEARMONGERING GENERALIZATION MORAL_OUTRAGE POWER_APPEAL SCAPEGOATING"
            ).split()
        ),
    }
)
"""Attributes of Perspective's that Parley has no measured model for: they are refused, never guessed."""

_NAME = re.compile(r"([A-Z][A-Z0-9_]*)(?:@([A-Za-z0-9][A-Za-z0-9_.-]*))?")
_NUMBER = re.compile(r"\d+|latest")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An attribute as it was asked for, which is how it is answered.

    `attribute` is None where there is no model for it. `model` is a version of Parley's models, None for the current
    one: `TOXICITY@6` names a model of Google's that nobody else has, `TOXICITY@2026.11-2` one of Parley's.
    """

    name: str
    attribute: Attribute | None
    model: str | None = None


def wanted(name: str) -> Wanted:
    """What a name in a request stands for."""
    found = _NAME.fullmatch(name)
    if found is None:
        return Wanted(name, None)
    version = found[2]
    return Wanted(name, MODELS.get(found[1]), None if version is None or _NUMBER.fullmatch(version) else version)


def label(name: str) -> str | None:
    """Parley's name for an attribute that somebody rated a comment for; None where Perspective has no such one.

    What people say is kept whether or not a model could say it too.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    if found[1] in MODELS:
        return MODELS[found[1]].value
    return found[1].removesuffix("_EXPERIMENTAL").lower() if found[1] in WITHOUT_MODEL else None
