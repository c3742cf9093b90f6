"""The four steps of one comment: it arrives, is scored, is judged, and is recorded; then a moderator's decision.

Judgement itself is pure and stands in `bot.policy` and `bot.review`; this file only brings it what it needs.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import SystemRandom

from bot.comment import Comment, DecisionRecord, History, Status, Submission, mint_id
from bot.example import Example
from bot.inforce import current_policy
from bot.likeness import Likeness
from bot.policy import ActivePolicy, Case, Policy, decide
from bot.scoring import Scoring
from bot.store import comments, decisions, examples, policies
from bot.store.comments import Recorded, Windows
from bot.store.database import Database
from bot.store.idempotency import Idempotency
from bot.verdict import Decision, DecisionSource, Verdict
from sentiment.scores import Analysis

POLICY_FRESHNESS = 1.0
"""Seconds for which a process may judge by a policy without asking the store again."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A text that was scored and judged, and not stored. `analysis` is None when no scorer answered."""

    analysis: Analysis | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Review:
    """A moderator's decision as it comes in; `expected` is the status that the moderator saw."""

    decision: Decision
    expected: Status
    moderator: str
    reason: str | None = None
    note: str | None = None


class Moderation:
    """Submits, scores and reviews for every site; holds nothing but policies read within the last second."""

    def __init__(
        self,
        database: Database,
        scoring: Scoring,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._scoring = scoring
        self._clock = clock
        self._noise = SystemRandom()
        self._policies: dict[str, tuple[float, ActivePolicy]] = {}
        self._reading: dict[str, asyncio.Future[ActivePolicy]] = {}
        self._forgotten = 0

    async def policy(self, site: str) -> ActivePolicy:
        """The policy in force; at most `POLICY_FRESHNESS` old. Raises StoreUnavailable."""
        recent = self.recent_policy(site)
        if recent is not None:
            return recent
        # All who wait for the same policy share one question to the store.
        reading = self._reading.get(site)
        if reading is None:
            reading = self._reading[site] = asyncio.ensure_future(self._read_policy(site))
            reading.add_done_callback(partial(self._was_read, site))
        return await asyncio.shield(reading)

    def _was_read(self, site: str, reading: asyncio.Future[ActivePolicy]) -> None:
        if self._reading.get(site) is reading:
            del self._reading[site]

    async def _read_policy(self, site: str) -> ActivePolicy:
        kept, forgotten = self._policies.get(site), self._forgotten
        stored = await self._database.read(policies.current, site)
        if stored is None:
            stored = await self._database.write(current_policy, site, self._clock())
        if kept is not None and kept[1].version == stored.version:
            active = kept[1]
        else:
            # Ten thousand words take a moment to make ready; other requests go on meanwhile.
            document = Policy.model_validate(stored.document)
            active = await asyncio.to_thread(ActivePolicy.of, document, stored.version)
        if self._forgotten == forgotten:
            self._policies[site] = (time.monotonic(), active)
        return active

    def recent_policy(self, site: str) -> ActivePolicy | None:
        """The policy in force, where it was read a moment ago; None where the store must be asked."""
        kept = self._policies.get(site)
        return kept[1] if kept is not None and time.monotonic() - kept[0] < POLICY_FRESHNESS else None

    def forget_policies(self) -> None:
        """A policy was changed somewhere: ask the store before the next judgement."""
        self._policies.clear()
        # An answer that is under way may be from before the change.
        self._reading.clear()
        self._forgotten += 1

    async def score(
        self, site: str, texts: Sequence[str], model: str | None = None, author: str | None = None
    ) -> list[Scored]:
        """Scores and judges bare texts in order, by the rules on what they say; nothing is stored.

        `model` is the version to ask, None for the current one; `author` is a name that is judged as well, None where
        there is none. Raises NoSuchModel.
        """
        policy = await self.policy(site)
        analyses = await self._scoring.analyse(texts, model)
        return [
            Scored(analysis, decide(Case(text, analysis, None, policy, author)))
            for text, analysis in zip(texts, analyses, strict=True)
        ]

    async def submit(
        self, site: str, submission: Submission, idempotency: Idempotency | None = None, model: str | None = None
    ) -> Recorded:
        """Scores, judges and records one comment; returns once it is stored.

        `model` is the version to ask, None for the current one. Raises NoSuchModel, UnknownParent,
        IdempotencyMismatch and StoreUnavailable; then nothing is stored.
        """
        policy = await self.policy(site)
        (analysis,) = await self._scoring.analyse([submission.text], model)
        now = self._clock()

        def judge(history: History) -> Verdict:
            return decide(Case(submission.text, analysis, history, policy, submission.author.name))

        return await self._database.write(
            comments.record,
            site,
            submission,
            mint_id(now, self._noise.getrandbits(22)),
            analysis,
            Likeness.of(submission.text),
            _windows(policy.document),
            judge,
            idempotency,
            now,
        )

    async def learn(self, site: str, example: Example) -> None:
        """Keeps what somebody says about a text; returns once it is stored. Raises StoreUnavailable.

        Nothing is judged by it until models are trained on the site's examples.
        """
        now = self._clock()
        await self._database.write(examples.add, site, mint_id(now, self._noise.getrandbits(22)), example, now)

    async def review(self, site: str, comment: int, review: Review) -> tuple[Comment, DecisionRecord]:
        """Records a moderator's decision if the comment still has the status that the moderator saw.

        Raises NoSuchComment, AlreadyDecided, NoSuchTransition and StoreUnavailable; then nothing changes.
        """
        return await self._database.write(
            decisions.record,
            site,
            comment,
            review.decision,
            review.expected,
            DecisionSource.MODERATOR,
            review.moderator,
            review.reason,
            review.note,
            self._clock(),
        )


def _windows(policy: Policy) -> Windows:
    return Windows(
        flood=timedelta(seconds=policy.flood.window_seconds if policy.flood else 0),
        repeat=timedelta(seconds=policy.repeat.window_seconds if policy.repeat else 0),
        likes=timedelta(seconds=policy.near_duplicates.window_seconds if policy.near_duplicates else 0),
    )
