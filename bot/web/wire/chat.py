"""What readers say in the chat, from a page or through the site's server, and how the conversation then stands."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from bot.cache import Keeping
from bot.chat import Turn
from bot.comment import Author
from bot.talk import LONGEST_UTTERANCE, Speaker
from bot.web.wire.answered import Answered, Json, write_moment
from bot.web.wire.asked import WITHOUT_NUL, Asked, AuthorAsked, Name, without_nul

Secret = Annotated[
    str,
    Field(
        min_length=1,
        max_length=100,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="`conversation` of the answer before. Whoever has it reads the conversation, so keep it secret.",
    ),
]


class ChatAsked(Asked):
    """What a reader says; nothing to see the conversation as it stands, or the greeting."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"say": "What are the rules?"}]})

    conversation: Secret | None = None
    say: Annotated[
        str | None,
        Field(min_length=1, max_length=LONGEST_UTTERANCE, json_schema_extra=WITHOUT_NUL),
        AfterValidator(lambda said: said if said is None else without_nul(said)),
    ] = None


def _named(author: object) -> object:
    return {"id": author} if isinstance(author, str) else author


class ServedChatAsked(ChatAsked):
    """The same through the site's own server, which says who asks."""

    author: Annotated[
        AuthorAsked | None,
        BeforeValidator(_named, json_schema_input_type=Name | AuthorAsked | None),
        Field(description="Whose comments the chat may tell of; null for a reader nobody knows. A string is an id."),
    ] = None

    @property
    def asker(self) -> Author | None:
        """The same in the words of the domain."""
        return None if self.author is None else Author(self.author.id, self.author.name or self.author.id)


class ForgetAsked(Asked):
    """A conversation to be forgotten."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"conversation": "nobody-knows-this"}]})

    conversation: Secret


class LineAnswered(Answered):
    """A line of the conversation; its `id` stays the same."""

    id: str
    speaker: Speaker
    text: str
    at: datetime


class ChoiceAnswered(Answered):
    """What may be said next by one press: send `say`, show `label`."""

    say: str
    label: str


class ChatAnswered(Answered):
    """A conversation as it stands."""

    conversation: Annotated[
        str | None, Field(description="The secret to go on with; null while nothing of it is kept.")
    ]
    lines: Annotated[list[LineAnswered], Field(description="The newest lines, in order, with moderators' answers.")]
    choices: list[ChoiceAnswered]
    kept: Annotated[
        Keeping | None,
        Field(
            description="`alone` while Redis is away: then only this process knows the conversation. Null where this "
            "request kept nothing."
        ),
    ]
    waiting: Annotated[int, Field(ge=0, description="Questions that wait for a person: ask again for their answers.")]
    hand_over: Annotated[bool, Field(description="May readers ask a person here?")]


class ForgottenAnswered(Answered):
    """Nothing of it is kept any more."""

    forgotten: bool


def write_turn(turn: Turn) -> Json:
    """The shape of ChatAnswered."""
    return {
        "conversation": turn.token,
        "lines": [
            {"id": line.id, "speaker": line.speaker, "text": line.text, "at": write_moment(line.at)}
            for line in turn.lines
        ],
        "choices": [{"say": choice.say, "label": choice.label} for choice in turn.choices],
        "kept": turn.keeping,
        "waiting": turn.waiting,
        "hand_over": turn.hand_over,
    }
