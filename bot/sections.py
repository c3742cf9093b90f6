"""Sections of a site: threads that are judged by settings of their own where they have some, else by the site's.

What a section leaves out is the site's; `attributes` and `words` are laid over part by part, all else as a whole.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

MOST_SECTIONS: Final = 50
_ANY: Final = "*"
_IN_PARTS: Final = ("attributes", "words")

SectionName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
ThreadPattern = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


# Any: JSON on its way out or in; the section's own fields say what it may hold.
def _without_defaults(schema: dict[str, Any]) -> None:
    for field in schema["properties"].values():
        field.pop("default", None)


class ThreadSection(BaseModel):
    """A name, the threads, and what differs there; what is left out is as in the rest of the site."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_without_defaults)

    name: SectionName = Field(description="What verdicts and moderators call it.")
    threads: Annotated[tuple[ThreadPattern, ...], Field(min_length=1, max_length=50)] = Field(
        description="Patterns of threads; `*` stands for any characters, as in `/sports/*`. The first section that has "
        "a thread judges it."
    )

    @model_serializer(mode="wrap")
    def _only_what_is_given(self, write: SerializerFunctionWrapHandler):  # type: ignore[no-untyped-def]  # noqa: ANN202
        # With a return type, the OpenAPI document would say that a section has any fields.
        written = write(self)
        return {name: self._given(name, value) for name, value in written.items() if name in self.model_fields_set}

    def _given(self, name: str, value: Any) -> Any:
        part = getattr(self, name)
        if name not in _IN_PARTS or not isinstance(part, BaseModel):
            return value
        return {inner: own for inner, own in value.items() if inner in part.model_fields_set}

    def has(self, thread: str) -> bool:
        """Is the thread one of the section's?"""
        return any(matches(pattern, thread) for pattern in self.threads)

    def over(self, site: Mapping[str, Any]) -> dict[str, Any]:
        """The site's document with what the section says in place of what the site says."""
        own = self.model_dump(exclude={"name", "threads"})
        parts: dict[str, Any] = {name: {**site[name], **own[name]} for name in _IN_PARTS if name in own}
        return {**site, **own, **parts}


def matches(pattern: str, thread: str) -> bool:
    """Does the pattern fit the whole thread, letter by letter, `*` for any characters or none?

    Each piece between stars is looked for once, from left to right, so no pattern takes long.
    """
    first, *others = pattern.split(_ANY)
    if not others:
        return thread == pattern
    *middle, last = others
    if not thread.startswith(first):
        return False
    at, end = len(first), len(thread) - len(last)
    for piece in middle:
        found = thread.find(piece, at, max(at, end))
        if found < 0:
            return False
        at = found + len(piece)
    return at <= end and thread.endswith(last)
