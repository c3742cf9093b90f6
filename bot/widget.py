"""What a site chooses for its widget: the part of its policy that readers meet."""

from enum import StrEnum
from hashlib import blake2b
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ORIGIN_PATTERN = r"^https?://[A-Za-z0-9.\-\[\]:]+$"
Origin = Annotated[str, Field(max_length=200, pattern=ORIGIN_PATTERN, examples=["https://gazette.example.org"])]


class Sort(StrEnum):
    """In which order a thread is read; best: the most votes first."""

    OLDEST = "oldest"
    NEWEST = "newest"
    BEST = "best"


class Widget(BaseModel):
    """How the widget behaves on the site's pages, and which pages may show it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    origins: Annotated[tuple[Origin, ...], Field(max_length=100)] = Field(
        default=(),
        description="Origins of the pages that may show the site's comments, as https://gazette.example.org; Parley's "
        "own pages always may.",
    )
    guests: bool = Field(default=True, description="May readers write who are not signed in at the site?")
    nudge: bool = Field(
        default=True,
        description="Before a hurtful comment is stored its author sees which words hurt, and may change them.",
    )
    votes: bool = Field(default=True, description="May readers vote for comments, once for each?")
    edit_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        default=15, description="For so many minutes an author may change a comment; 0: never."
    )
    sort: Sort = Field(default=Sort.NEWEST, description="The order in which a thread is first shown.")


def thread_topic(site: str, thread: str) -> str:
    """What is called out when something changed that readers of the thread see; no site has such a name."""
    return f"{site}/{blake2b(thread.encode('utf-8', 'surrogatepass'), digest_size=12).hexdigest()}"
