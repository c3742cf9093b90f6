"""A site's FAQ as it is read and saved."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from bot.dialogue.faq import Faq
from bot.store.faqs import FaqVersion
from bot.web.wire.answered import Answered, Json, write_moment
from bot.web.wire.asked import WITHOUT_NUL, Asked

_EXAMPLE: JsonDict = {
    "intents": [
        {
            "id": "hours",
            "questions": ["When is the newsroom open?", "What are your hours?"],
            "answer": "From nine to five, Monday to Friday.",
        },
        {"id": "rules", "questions": ["What are the rules here?"], "answer": "These:", "actions": ["rules"]},
    ],
    "fallback": "That I do not know.",
}


class FaqAsked(Asked):
    """An FAQ to become the next version."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"faq": _EXAMPLE, "note": "Opening hours."}]})

    faq: Faq
    note: Annotated[
        str | None, Field(max_length=500, json_schema_extra=WITHOUT_NUL, pattern=r"^[^\x00-\x1f\x7f]+$")
    ] = None
    after: Annotated[
        int | None,
        Field(ge=0, le=2**31 - 1, description="Save only if this is still the version in force, else 409."),
    ] = None


class FaqQuery(Asked):
    """Which version."""

    version: Annotated[int | None, Field(ge=0, le=2**31 - 1, description="Leave it out for the one in force.")] = None


class FaqAnswered(Answered):
    """An FAQ with its version; 0 is the one that Parley comes with."""

    version: int
    faq: Faq


class FaqVersionAnswered(Answered):
    """When a version was saved, and why."""

    version: int
    note: str | None
    created_at: datetime


class FaqVersionsAnswered(Answered):
    """The newest hundred versions, newest first; the first is in force."""

    items: list[FaqVersionAnswered]


def write_faq(version: int, faq: Faq) -> Json:
    """The shape of FaqAnswered."""
    return {"version": version, "faq": faq.model_dump(mode="json")}


def write_faq_version(version: FaqVersion) -> Json:
    """The shape of FaqVersionAnswered."""
    return {"version": version.version, "note": version.note, "created_at": write_moment(version.created_at)}
