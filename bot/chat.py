"""A reader's turn in the chat: judged like a comment, answered from the site's FAQ, done for its author, and kept.

The words come from the site's FAQ, the facts from the store. What is kept ends with the site's `chat.keep_minutes`;
what a person was asked lies in the store until `chat.question_days`, so an answer arrives whatever became of the rest.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import SystemRandom
from typing import TYPE_CHECKING, Final

from prometheus_client import Counter

from bot.cache import Cache, Keeping, Kept, TurnLost
from bot.comment import Author, mint_id
from bot.dialogue.conversation import Expects
from bot.editing import CannotEdit
from bot.errands import MOST_CHOICES, Deed, Outcome, Own, Saying, Step, Task, begin, go_on
from bot.faqs import Faqs, SiteFaq, calm, short_answer, tasks_of
from bot.faqs import reply as reply_of
from bot.flight import end
from bot.moderation import Moderation
from bot.policy import ChatRules, Policy
from bot.question import Question, QuestionStatus
from bot.review import CannotAppeal
from bot.store import own, questions
from bot.store.database import Database, StoreUnavailable
from bot.store.decisions import NoSuchComment
from bot.talk import (
    LONGEST_UTTERANCE,
    ChatClosed,
    Choice,
    Line,
    SaysTooMuch,
    Speaker,
    Talk,
    read_talk,
    with_answers,
    write_talk,
)
from bot.token import token_hash
from bot.verdict import Decision, Reason, Verdict
from bot.wording import fill, rules, say
from sentiment.scores import Attribute

if TYPE_CHECKING:
    from bot.dialogue.replies import Reply

UTTERANCES_A_MINUTE: Final = 20
"""What one conversation may say."""

MOST_WAITING: Final = 3
"""Questions of one conversation that may wait for a person at once."""

_LONGEST_TOKEN: Final = 100
_SWEPT_EVERY: Final = 60.0
_TRIES: Final = 2
_ABUSE: Final = "abuse"
_ANSWER: Final = "answer"
_DECLINED: Final = "declined"
_HANDED_OVER: Final = "handed_over"
_RULES: Final = "rules"
_PASSED_ON: Final = "hand_over_done"
_LOG = logging.getLogger(__name__)
_TURNS: Final = Counter("parley_chat_turns", "What became of what readers said in the chat.", ["outcome"])


@dataclass(frozen=True, slots=True)
class Turn:
    """How a conversation stands for its reader.

    `token` is the secret by which it is gone on with; None while there is nothing to go on with. `keeping` tells where
    it is kept, None where nothing is. `waiting` counts the questions that wait for a person.
    """

    token: str | None
    lines: tuple[Line, ...]
    choices: tuple[Choice, ...]
    keeping: Keeping | None
    waiting: int
    hand_over: bool


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who speaks, where, and by which rules."""

    site: str
    author: Author | None
    policy: Policy
    faq: SiteFaq
    token: str
    now: datetime

    @property
    def author_id(self) -> str | None:
        return None if self.author is None else self.author.id

    @property
    def rules(self) -> ChatRules:
        return self.policy.chat

    @property
    def words(self) -> Mapping[str, str]:
        return self.faq.words

    @property
    def key(self) -> str:
        """What the conversation is kept under: its secret is not."""
        return f"{self.site}:{token_hash(self.token).hex()}"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the bot says to one utterance, and what the conversation is after it."""

    texts: tuple[str, ...]
    choices: tuple[Choice, ...]
    talk: Talk
    outcome: str


class Chat:
    """Converses with the readers of every site; holds nothing but FAQs that are ready to answer."""

    def __init__(
        self,
        database: Database,
        cache: Cache,
        moderation: Moderation,
        faqs: Faqs,
        changed: Callable[[str], None] = lambda _: None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`changed` is called with the site that has one more question for its moderators."""
        self._database = database
        self._cache = cache
        self._moderation = moderation
        self._faqs = faqs
        self._changed = changed
        self._clock = clock
        self._noise = SystemRandom()
        self._sweeping: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to forget, once a minute, what was kept long enough."""
        self._sweeping = asyncio.create_task(self._sweep_for_ever(), name="forget chats")

    async def close(self) -> None:
        """Stop that."""
        if self._sweeping is not None:
            await end(self._sweeping)

    async def resume(self, site: str, author: Author | None, token: str | None) -> Turn:
        """The conversation as it stands, or the greeting of a new one. Raises ChatClosed and StoreUnavailable."""
        asker = await self._asker(site, author, token)
        talk = await self._talk(asker)
        asked = await self._questions(asker)
        if talk is None and not asked:
            return self._greet(asker)
        return self._turn(asker, talk or Talk(), asked, None)

    async def hear(self, site: str, author: Author | None, token: str | None, said: str) -> Turn:
        """One turn: what a reader said, answered and kept.

        Raises ChatClosed, SaysTooMuch and StoreUnavailable.
        """
        asker = await self._asker(site, author, token)
        wait = await self._cache.rates.take(f"chat {asker.key}", UTTERANCES_A_MINUTE)
        if wait:
            raise SaysTooMuch(wait)
        for _ in range(_TRIES):
            # Somebody spoke in another window of the same conversation: what they said comes before.
            with suppress(TurnLost):
                return await self._hear(asker, said.strip())
        raise SaysTooMuch(1)

    async def forget(self, site: str, author: Author | None, token: str) -> None:
        """The reader ends it: nothing of it is kept, and no question of it waits any more."""
        asker = await self._asker(site, author, token)
        await self._cache.conversations.forget(asker.key)
        if await self._database.write(questions.withdraw, site, token_hash(asker.token)):
            self._changed(site)

    async def _asker(self, site: str, author: Author | None, token: str | None) -> _Asker:
        policy = (await self._moderation.policy(site)).document
        if not policy.chat.enabled:
            raise ChatClosed
        faq = await self._faqs.of(site)
        given = token if token is not None and 0 < len(token) <= _LONGEST_TOKEN else None
        return _Asker(site, author, policy, faq, given or secrets.token_urlsafe(24), self._clock())

    async def _talk(self, asker: _Asker) -> Talk | None:
        kept = await self._cache.conversations.get(asker.key)
        talk = None if kept is None else read_talk(kept.document)
        return talk if talk is not None and talk.belongs_to(asker.author_id) else None

    async def _questions(self, asker: _Asker) -> Sequence[Question]:
        """What this conversation asked a person; of a known author's nothing while another one is signed in."""
        found = await self._database.read(questions.of, asker.site, token_hash(asker.token), asker.now)
        return [one for one in found if one.author is None or one.author.id == asker.author_id]

    async def _hear(self, asker: _Asker, said: str) -> Turn:
        talk = await self._talk(asker)
        asked = await self._questions(asker)
        if talk is None and not asked:
            # A secret that leads nowhere may be anybody's: what is kept gets one that is surely new.
            asker = replace(asker, token=secrets.token_urlsafe(24))
        talk = talk or Talk()
        if len(said) > LONGEST_UTTERANCE:
            return self._pass_over(asker, talk, asked, "too_long")
        if await self._is_abuse(asker, talk, said):
            return self._pass_over(asker, talk, asked, _ABUSE)
        answered = await self._answer(asker, talk, said, sum(one.status is QuestionStatus.WAITING for one in asked))
        _TURNS.labels(answered.outcome).inc()
        heard = answered.talk.heard(said, answered.texts, asker.now)
        heard = replace(heard, choices=answered.choices, author=asker.author_id or talk.author)
        kept = Kept(heard.turns, write_talk(heard))
        keeping = await self._cache.conversations.put(asker.key, kept, asker.rules.keep_minutes * 60)
        return self._turn(asker, heard, await self._questions(asker), keeping)

    def _pass_over(self, asker: _Asker, talk: Talk, asked: Sequence[Question], key: str) -> Turn:
        """A calm answer, once; nothing is kept, neither of it nor of what was said."""
        _TURNS.labels(key).inc()
        text = calm(asker.faq, talk.dialogue) if key == _ABUSE else asker.words[key]
        line = Line(f"calm {asker.now:%M%S%f}", Speaker.BOT, text, asker.now)
        turn = self._turn(asker, talk, asked, None)
        return replace(turn, token=turn.token if talk.turns or asked else None, lines=(*turn.lines, line))

    async def _is_abuse(self, asker: _Asker, talk: Talk, said: str) -> bool:
        """Does the site's policy object to the tone? Who explains a comment may quote it, short of what is refused."""
        if not said or any(choice.say == said for choice in talk.choices):
            return False
        (scored,) = await self._moderation.score(asker.site, (said,))
        explains = talk.errand is not None and talk.errand.step is Step.NOTE
        return _hurts(scored.verdict, Decision.REJECT if explains else Decision.HOLD)

    async def _answer(self, asker: _Asker, talk: Talk, said: str, waiting: int) -> _Answer:
        if talk.errand is not None:
            outcome = go_on(talk.errand, await self._own(asker), said, short_answer(asker.faq, said))
            if outcome is not None:
                return await self._carry_out(asker, replace(talk, errand=None), outcome, (), waiting)
        return await self._from_faq(asker, replace(talk, errand=None), said, waiting)

    async def _from_faq(self, asker: _Asker, talk: Talk, said: str, waiting: int) -> _Answer:
        if said == asker.words["say_ask_person"]:
            return await self._begin(asker, talk, Task.HAND_OVER, (), waiting)
        reply = await reply_of(asker.faq, talk.dialogue, said)
        talk = replace(talk, dialogue=reply.conversation)
        if reply.kind == _DECLINED:
            return self._decline(asker, replace(talk, open_question=said), reply)
        if reply.kind == _HANDED_OVER:
            return await self._pass_on(asker, talk, reply, waiting)
        wanted = tasks_of(asker.faq, reply)
        if _RULES in wanted:
            told = fill(asker.words["rules"], {"rules": rules(asker.policy, asker.words)})
            return _Answer((told,), (), talk, _RULES)
        task = next((task for task in Task if task.value in wanted), None)
        if task is None:
            return _Answer((reply.text,), (), talk, reply.kind.value)
        # What holds for everybody, where nobody knows who asks.
        known = asker.author is not None or task is Task.HAND_OVER or reply.kind != _ANSWER
        general = () if known else (reply.text,)
        talk = replace(talk, dialogue=talk.dialogue.model_copy(update={"expects": Expects.NOTHING, "slot": None}))
        return await self._begin(asker, talk, task, general, waiting)

    def _decline(self, asker: _Asker, talk: Talk, reply: "Reply") -> _Answer:
        choices = [Choice(near.question, near.question) for near in reply.suggestions]
        if asker.rules.hand_over:
            choices.append(self._choice(asker, "say_ask_person"))
            return _Answer((reply.text,), tuple(choices), talk, _DECLINED)
        faq = asker.faq.document
        text = "\n".join((faq.fallback, *((faq.phrases.suggestions,) if choices else ())))
        # Nobody was offered to, so a yes means nothing.
        after = talk.dialogue.model_copy(update={"expects": Expects.NOTHING, "question": None, "said": text})
        return _Answer((text,), tuple(choices), replace(talk, dialogue=after), _DECLINED)

    async def _pass_on(self, asker: _Asker, talk: Talk, reply: "Reply", waiting: int) -> _Answer:
        """The reader said yes to what the FAQ offered when it declined."""
        saying = await self._hand_over(asker, reply.hand_over or talk.open_question, waiting)
        text = reply.text if saying.key == _PASSED_ON else say(saying, asker.words)
        return _Answer((text,), (), replace(talk, open_question=""), saying.key)

    async def _begin(self, asker: _Asker, talk: Talk, task: Task, first: tuple[str, ...], waiting: int) -> _Answer:
        if task is Task.HAND_OVER and not asker.rules.hand_over:
            return _Answer((asker.words["hand_over_off"],), (), talk, "hand_over_off")
        outcome = begin(task, await self._own(asker), talk.open_question)
        return await self._carry_out(asker, talk, outcome, first, waiting)

    async def _carry_out(
        self, asker: _Asker, talk: Talk, outcome: Outcome, first: tuple[str, ...], waiting: int
    ) -> _Answer:
        """What an errand says, once its deed is done."""
        says = outcome.says
        if outcome.deed is not None:
            says = (await self._do(asker, outcome.deed, waiting),)
            talk = replace(talk, open_question="")
        texts = (*first, *(say(one, asker.words) for one in says))
        numbered = [Choice(str(number), text) for number, text in enumerate(outcome.choices, 1)]
        choices = (*numbered, *(self._choice(asker, key) for key in outcome.keys))
        name = says[0].key if outcome.deed is not None else "errand"
        return _Answer(texts, choices, replace(talk, errand=outcome.errand), name)

    def _choice(self, asker: _Asker, key: str) -> Choice:
        return Choice(asker.words[key], asker.words[key])

    async def _do(self, asker: _Asker, deed: Deed, waiting: int) -> Saying:
        """Does what the reader confirmed; says what became of it."""
        author, number = asker.author, deed.comment
        try:
            if deed.task is Task.HAND_OVER:
                return await self._hand_over(asker, deed.note, waiting)
            assert author is not None, "only an author's own comment can be chosen"
            assert number is not None, "a comment was chosen before this"
            if deed.task is Task.APPEAL:
                await self._moderation.appeal(asker.site, number, author.id, deed.note)
            else:
                await self._moderation.withdraw(asker.site, number, author.id)
        except (CannotAppeal, CannotEdit, NoSuchComment) as refused:
            return Saying(f"{deed.task}_refused", {"why": str(refused)})
        return Saying(f"{deed.task}_done")

    async def _hand_over(self, asker: _Asker, text: str, waiting: int) -> Saying:
        if waiting >= MOST_WAITING:
            return Saying("hand_over_many")
        expires = asker.now + timedelta(days=asker.rules.question_days)
        question = Question(
            mint_id(asker.now, self._noise.getrandbits(22)),
            text,
            asker.author,
            QuestionStatus.WAITING,
            asker.now,
            expires,
        )
        await self._database.write(questions.add, asker.site, token_hash(asker.token), question)
        self._changed(asker.site)
        return Saying(_PASSED_ON)

    async def _own(self, asker: _Asker) -> Sequence[Own] | None:
        if asker.author is None:
            return None
        found = await self._database.read(own.of, asker.site, asker.author.id, MOST_CHOICES)
        return [Own.of(comment, trail, asker.policy, days, asker.now) for comment, trail, days in found]

    def _greet(self, asker: _Asker) -> Turn:
        greeting = Line("0", Speaker.BOT, asker.words["greeting"], asker.now)
        choices = tuple(Choice(question, question) for question in asker.faq.openers)
        return Turn(None, (greeting,), choices, None, 0, asker.rules.hand_over)

    def _turn(self, asker: _Asker, talk: Talk, asked: Sequence[Question], keeping: Keeping | None) -> Turn:
        waiting = sum(one.status is QuestionStatus.WAITING for one in asked)
        lines = with_answers(talk.lines, asked, asker.words["person_closed"])
        return Turn(asker.token, lines, talk.choices, keeping, waiting, asker.rules.hand_over)

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_SWEPT_EVERY)
            await self.sweep()

    async def sweep(self) -> None:
        """Lets go of what was kept long enough, in this process and in the store."""
        self._cache.conversations.sweep()
        try:
            while await self._database.write(questions.forget, self._clock()):
                pass
        except StoreUnavailable:
            _LOG.warning("The store did not answer; expired questions are deleted in a minute.")


_HURTFUL: Final = frozenset(Attribute) - {Attribute.SPAM}


def _hurts(verdict: Verdict, least: Decision) -> bool:
    """Does the tone ask for at least this decision? Links, languages and the like are no matter of tone."""
    asked = {Decision.REJECT} if least is Decision.REJECT else {Decision.REJECT, Decision.HOLD}
    return any(
        found.decision in asked and (found.attribute in _HURTFUL or found.reason is Reason.DETECTED_BANNED_WORD)
        for found in verdict.evidence
    )
