"""One call as it arrives, alone or as a part of a batch: whose key it shows, and the message in its body."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, ValidationError

from bot.store.keys import Key, Scope
from bot.web.compat.perspective import refusals
from bot.web.compat.perspective.asked import LONGEST_CONTEXT, LONGEST_TEXT, Context, TextEntry
from bot.web.compat.perspective.refusals import CallRefused, invalid
from bot.web.compat.perspective.selection import BadSelection, select, selected
from bot.web.guards.answers import Json, answer, answer_bytes
from bot.web.guards.bodies import LARGEST_BODY, read_body
from bot.web.guards.door import admit
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import BUSY, TOO_MANY, UNIDENTIFIED, Refusal

Message = TypeVar("Message", bound=BaseModel)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")

_EVERYWHERE: Final = frozenset(
    "key access_token oauth_token alt fields prettyPrint quotaUser $.xgafv uploadType upload_protocol".split()
)
"""Query parameters that every API of Google's takes."""


@dataclass(frozen=True, slots=True)
class Call:
    """What a call brings: its query, its headers and its body."""

    query: MultiMapping[str]
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    async def of(cls, request: web.Request, parts: Parts) -> "Call":
        """The call that a request makes."""
        return cls(request.query, request.headers, await read_body(request, LARGEST_BODY, parts.limits.body_seconds))

    @property
    def authorization(self) -> str | None:
        """The key in the place where Google's clients put it, as an Authorization header would show it."""
        token = self.query.get("key") or self.headers.get("X-Goog-Api-Key")
        return self.headers.get("Authorization") if token is None else f"Bearer {token}"

    async def admitted(self, parts: Parts, visit: Visit, scope: Scope) -> Key:
        """The key that the call shows; a CallRefused where it has none, or it may not do this (so often)."""
        self._check_query()
        shown = self.authorization
        if shown is None:
            raise refusals.without_key()
        try:
            return await admit(parts, visit, shown, scope)
        except Refusal as refusal:
            if refusal.kind is UNIDENTIFIED:
                raise refusals.unknown_key() from refusal
            if refusal.kind is TOO_MANY:
                wait = refusal.retry_after or 1
                raise refusals.quota_exceeded(visit.site, parts.limits.requests_per_minute, wait) from refusal
            raise

    def _check_query(self) -> None:
        unknown = [name for name in self.query if name not in _EVERYWHERE]
        if unknown:
            raise invalid(f"The query parameter {unknown[0][:100]} is not known here; leave it out.")
        if self.query.get("alt", "json") != "json":
            raise invalid("Answers are JSON: leave out alt, or send alt=json.")
        if self.query.get("prettyPrint", "true") not in {"true", "false"}:
            raise invalid("prettyPrint is true or false.")

    def answer(self, said: Json, message: type[BaseModel]) -> web.Response:
        """200 with the parts of a message that the call selects, laid out for people where it asks for that."""
        fields, pretty = self.query.get("fields", ""), self.query.get("prettyPrint", "false")
        if fields:
            names = {field.alias or name for name, field in message.model_fields.items()}
            try:
                said = selected(said, select(fields, names))
            except BadSelection as bad:
                raise invalid(str(bad)) from bad
        return answer_bytes(json.dumps(said, indent=2).encode()) if pretty == "true" else answer(said)

    def message(self, kind: type[Message]) -> Message:
        """The message in the body; a CallRefused that names what is wrong with it."""
        try:
            return kind.model_validate_json(self.body)
        except ValidationError as error:
            raise refusals.misfit(error) from error


def checked_text(comment: TextEntry | None) -> str:
    """The text of a comment that can be scored."""
    if comment is None or not comment.text.strip():
        raise refusals.empty()
    if len(comment.text.encode()) > LONGEST_TEXT:
        raise refusals.wrong("COMMENT_TOO_LONG", "Comment text too long.")
    return comment.text


def check_context(context: Context | None) -> None:
    """A context comes in one form or the other, in texts of bounded size."""
    if context is None:
        return
    if context.entries and context.article_and_parent_comment:
        raise invalid("Context can have either entries or article_and_parent_comment, but both fields were populated.")
    if any(len(entry.text.encode()) > LONGEST_CONTEXT for entry in context.texts):
        raise invalid(f"A text of the context must not be longer than {LONGEST_CONTEXT} bytes.")


def checked_languages(languages: list[str]) -> list[str]:
    """The languages that a request names, each once."""
    for language in languages:
        if not _LANGUAGE.fullmatch(language):
            raise invalid(f"{language[:50]!r} is no language: send ISO 639-1 or BCP 47 codes, as in en or pt-BR.")
    return list(dict.fromkeys(languages))


def unavailable() -> CallRefused:
    """The models are away: no score is made up."""
    return CallRefused(BUSY, "The models cannot score at the moment. Try again in a few seconds.", retry_after=5)
