"""The FAQs that are in force, ready to answer: each version is made ready once, beside the event loop."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import yaml

from bot.dialogue.conversation import Conversation
from bot.dialogue.faq import Faq
from bot.errands import Short
from bot.store import faqs
from bot.store.database import Database

if TYPE_CHECKING:
    # What makes an FAQ ready brings NLTK and scikit-learn, two seconds that nobody's start shall wait for.
    from bot.dialogue.replies import Reply
    from bot.dialogue.rules import ReadyFaq

FRESHNESS: Final = 1.0
"""Seconds for which a process may answer by a version without asking the store for a newer one."""

_MOST_KEPT: Final = 50
_OPENERS: Final = 3
_SHIPPED: Final = 0
_ENGLISH: Final = "en"
_REPEATED: Final = "repeated"


@dataclass(frozen=True, slots=True)
class SiteFaq:
    """A version of a site's FAQ, ready to answer; version 0 is the one that Parley comes with.

    `words` are what the chat says beside its answers, `openers` the questions that a new conversation offers.
    """

    version: int
    document: Faq
    ready: "ReadyFaq"
    words: Mapping[str, str]
    openers: tuple[str, ...]


class Faqs:
    """The FAQs of the sites that were asked lately."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[str, tuple[float, SiteFaq]] = OrderedDict()
        self._making: dict[tuple[str, int], asyncio.Future[SiteFaq]] = {}

    async def of(self, site: str) -> SiteFaq:
        """The site's FAQ in force, at most a second old. Raises StoreUnavailable."""
        kept = self._kept.get(site)
        if kept is not None and time.monotonic() - kept[0] < FRESHNESS:
            return kept[1]
        asked_at = time.monotonic()
        version = await self._database.read(faqs.newest, site)
        # Others who asked at the same time may have brought it meanwhile.
        kept = self._kept.get(site)
        if kept is None or kept[1].version != version:
            found = await self._made(site, version)
        else:
            found = kept[1]
        self._kept[site] = (asked_at, found)
        self._kept.move_to_end(site)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def forget(self) -> None:
        """An FAQ was changed somewhere: ask the store before the next answer."""
        self._kept = OrderedDict((site, (float("-inf"), faq)) for site, (_, faq) in self._kept.items())

    async def _made(self, site: str, version: int) -> SiteFaq:
        """All who wait for the same version share the making; the one that Parley comes with is made once for all."""
        key = ("", _SHIPPED) if version == _SHIPPED else (site, version)
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.ensure_future(self._make(site, version))
            making.add_done_callback(partial(self._was_made, key))
        # Whoever leaves meanwhile takes it from nobody else.
        return await asyncio.shield(making)

    def _was_made(self, key: tuple[str, int], making: asyncio.Future[SiteFaq]) -> None:
        failed = making.cancelled() or making.exception() is not None
        if failed or key[1] != _SHIPPED:
            del self._making[key]

    async def _make(self, site: str, version: int) -> SiteFaq:
        stored = None if version == _SHIPPED else await self._database.read(faqs.find, site, version)
        document = shipped_faq() if stored is None else Faq.model_validate(stored.document)
        return await asyncio.to_thread(ready, document, version)


async def reply(faq: SiteFaq, conversation: Conversation, said: str) -> "Reply":
    """What the FAQ answers; beside the event loop, as a site may have very many patterns."""
    from bot.dialogue.replies import reply as answer

    return await asyncio.to_thread(answer, faq.ready, conversation, said)


def tasks_of(faq: SiteFaq, reply: "Reply") -> tuple[str, ...]:
    """What the intent of a reply wants done. It is begun at once: the chat itself asks for what it lacks.

    So an intent's own slots and confirmation are for those who talk to the file alone, as in `./parley chat`.
    """
    intent = None if reply.intent is None else faq.ready.by_id.get(reply.intent)
    return () if intent is None or reply.kind == _REPEATED else intent.actions


def calm(faq: SiteFaq, conversation: Conversation) -> str:
    """What abuse is answered with."""
    from bot.dialogue.replies import rebuff

    return rebuff(faq.ready, conversation).text


def short_answer(faq: SiteFaq, utterance: str) -> Short | None:
    """A yes, a no or a never mind: by the button that says so, or as the FAQ's language has it."""
    from bot.dialogue.rules import said

    cues, text = faq.ready.cues, said(utterance)
    buttons = {said(faq.words[f"say_{short}"]): short for short in Short}
    patterns = {Short.CANCEL: cues.cancel, Short.YES: cues.yes, Short.NO: cues.no}
    return buttons.get(text) or next((short for short, cue in patterns.items() if cue.fits(text) is not None), None)


def ready(document: Faq, version: int = _SHIPPED) -> SiteFaq:
    """The document made ready; takes up to some seconds for a large one."""
    from bot.dialogue.rules import ReadyFaq

    openers = tuple(intent.questions[0] for intent in document.intents if intent.questions)[:_OPENERS]
    words = {**shipped_words(document.language), **document.words}
    return SiteFaq(version, document, ReadyFaq(document), words, openers)


@cache
def shipped_words(language: str) -> Mapping[str, str]:
    """What the chat says in that language; in English where Parley comes with no words for it."""
    folder = files("corpora") / "faq" / "words"
    known = {file.name.removesuffix(".yaml") for file in folder.iterdir()}
    name = language if language in known else _ENGLISH
    words: Mapping[str, str] = yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8"))
    return words


@cache
def shipped_faq() -> Faq:
    """The FAQ for a comment section that Parley comes with."""
    text = (files("corpora") / "faq" / "comments.en.yaml").read_text("utf-8")
    return Faq.model_validate(yaml.safe_load(text))
