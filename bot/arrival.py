"""The words of what other systems send: which systems there are, and a comment as it was written there.

Once sent, a comment is known by its id in that system: whatever comes about it later is about the same comment.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.comment import Submission


class System(StrEnum):
    """A system that comments come from; its name stands in the address that it sends to."""

    STANDARD = "standard"
    DISCOURSE = "discourse"
    GITHUB = "github"
    SLACK = "slack"
    FASTCOMMENTS = "fastcomments"
    HYVOR = "hyvor"
    REMARK42 = "remark42"
    WORDPRESS = "wordpress"
    CORAL = "coral"


class Giver(StrEnum):
    """Who makes up the secret that both sides know; a system that signs nothing has none."""

    PARLEY = "parley"
    SYSTEM = "system"
    NOBODY = "nobody"


GIVER: dict[System, Giver] = {
    System.STANDARD: Giver.PARLEY,
    System.DISCOURSE: Giver.PARLEY,
    System.GITHUB: Giver.PARLEY,
    System.SLACK: Giver.SYSTEM,
    System.FASTCOMMENTS: Giver.SYSTEM,
    System.HYVOR: Giver.SYSTEM,
    System.REMARK42: Giver.PARLEY,
    System.WORDPRESS: Giver.NOBODY,
    System.CORAL: Giver.SYSTEM,
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment of another system. `external` is its id there, `parent` that of the comment it answers.

    `revision` grows with every edit where the system says so, so that what overtook an edit does not undo it; None
    where it does not say.
    """

    external: str
    submission: Submission
    parent: str | None = None
    revision: int | None = None
