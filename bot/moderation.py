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

from sqlalchemy import Connection

from bot.arrival import Arrival
from bot.comment import Comment, DecisionRecord, History, Status, Submission, mint_id
from bot.example import Example
from bot.inforce import current_policy
from bot.likeness import Likeness
from bot.policy import ActivePolicy, Case, Policy, decide
from bot.reporting import Report, ReportReason
from bot.review import Edition
from bot.scoring import Scoring
from bot.store import arrivals, comments, decisions, edits, examples, policies, reports
from bot.store.arrivals import Received
from bot.store.comments import Recorded, Windows, find_all
from bot.store.database import Database
from bot.store.decisions import NoSuchComment
from bot.store.idempotency import Idempotency
from bot.store.reports import Reported
from bot.store.sources import Source
from bot.trial import Trial, compare
from bot.verdict import Decision, DecisionSource, Verdict
from bot.widget import thread_topic
from sentiment.scores import Analysis

POLICY_FRESHNESS = 1.0
"""Seconds for which a process may judge by a policy without asking the store again."""

_TOGETHER = 50
_JUDGED_TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Scored:
    """A text that was scored and judged, and not stored. `analysis` is None when no scorer answered."""

    analysis: Analysis | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Review:
    """A moderator's decision as it comes in; `expected` is the status that the moderator saw.

    `message` is what the author is told; None: what the policy has for a rejection with this reason. `lines` is how
    long the comment's audit trail was that the moderator saw, `seen` its text; None: no matter.
    """

    decision: Decision
    expected: Status
    moderator: str
    reason: str | None = None
    note: str | None = None
    message: str | None = None
    lines: int | None = None
    seen: Edition | None = None


class Moderation:
    """Submits, scores and reviews for every site; holds nothing but policies read within the last second."""

    def __init__(
        self,
        database: Database,
        scoring: Scoring,
        changed: Callable[[str], None] = lambda _: None,
        told: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`changed` is called once a change is stored: with a site's name for its queue, `thread_topic` for readers.

        `told` is called then where there may be something to deliver.
        """
        self._database = database
        self._scoring = scoring
        self._changed = changed
        self._told = told
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
        self,
        site: str,
        texts: Sequence[str],
        model: str | None = None,
        author: str | None = None,
        thread: str | None = None,
    ) -> list[Scored]:
        """Scores and judges bare texts in order, by the rules on what they say; nothing is stored.

        `model` is the version to ask, None for the current one; `author` is a name that is judged as well, None where
        there is none; `thread` is where the texts are to stand, None for nowhere. Raises NoSuchModel.
        """
        policy = (await self.policy(site)).in_thread(thread)
        analyses = await self._scoring.analyse(texts, model)
        return [
            Scored(analysis, decide(Case(text, analysis, None, policy, author)))
            for text, analysis in zip(texts, analyses, strict=True)
        ]

    async def try_policy(self, site: str, document: Policy, last: int) -> Trial:
        """What the policy in force and another one make of the newest comments; nothing changes."""
        now = await self.policy(site)
        # Ten thousand words take a moment to make ready, and ten thousand comments to judge; others go on meanwhile.
        then = await asyncio.to_thread(ActivePolicy.of, document, 0)
        trial, before = Trial(), None
        while trial.judged < last:
            limit = min(_JUDGED_TOGETHER, last - trial.judged)
            some = await self._database.read(comments.newest, site, before, limit)
            # Of what was erased nothing is left to judge.
            said = [comment for comment in some if not comment.erased]
            trial += await asyncio.to_thread(compare, said, now, then)
            if len(some) < limit:
                break
            before = some[-1].id
        return trial

    async def submit(
        self, site: str, submission: Submission, idempotency: Idempotency | None = None, model: str | None = None
    ) -> Recorded:
        """Scores, judges and records one comment; returns once it is stored.

        `model` is the version to ask, None for the current one. Raises NoSuchModel, UnknownParent,
        IdempotencyMismatch and StoreUnavailable; then nothing is stored.
        """
        policy = (await self.policy(site)).in_thread(submission.thread)
        (analysis,) = await self._scoring.analyse([submission.text], model)
        now = self._clock()

        def judge(history: History) -> Verdict:
            return decide(Case(submission.text, analysis, history, policy, submission.author.name))

        recorded = await self._database.write(
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
        if not recorded.replayed:
            self._tell(recorded.comment)
        return recorded

    def _tell(self, comment: Comment, before: Status | None = None) -> None:
        """Whoever watches hears of a comment that is new, or was `before`."""
        self._told()
        if Status.HELD in (before, comment.status):
            self._changed(comment.site)
        if Status.APPROVED in (before, comment.status):
            self._changed(thread_topic(comment.site, comment.submission.thread))

    async def edit(self, site: str, comment: int, author: str, text: str) -> Comment:
        """Another text for the author's own comment, scored and judged anew; returns once it is stored.

        Raises NoSuchComment, CannotEdit and StoreUnavailable; then nothing changes.
        """
        site_policy = await self.policy(site)
        (analysis,) = await self._scoring.analyse([text], None)

        def rewrite(conn: Connection) -> tuple[Comment, Status]:
            before = comments.find(conn, site, comment)
            if before is None:
                raise NoSuchComment(comment)
            policy = site_policy.in_thread(before.submission.thread)

            def judge(history: History) -> Verdict:
                return decide(Case(text, analysis, history, policy, before.submission.author.name))

            minutes, windows = site_policy.document.widget.edit_minutes, _windows(policy.document)
            now = self._clock()
            after = edits.edit_own(conn, site, comment, author, text, analysis, windows, minutes, judge, now)
            return after, before.status

        after, before = await self._database.write(rewrite)
        self._tell(after, before)
        return after

    async def withdraw(self, site: str, comment: int, author: str) -> Comment:
        """Takes the author's own comment back.

        Raises NoSuchComment, CannotEdit and StoreUnavailable; then nothing changes.
        """
        after = await self._database.write(edits.withdraw, site, comment, author, self._clock())
        self._told()
        self._changed(site)
        self._changed(thread_topic(site, after.submission.thread))
        return after

    async def receive(self, source: Source, delivery: str | None, arrived: Sequence[Arrival]) -> Received:
        """Scores, judges and records what another system sent, all of it or nothing; returns once it is stored.

        `delivery` is the system's id of this delivery, None where it gives none. Raises StoreUnavailable.
        """
        site_policy = await self.policy(source.site)
        analyses = await self._scoring.analyse([one.submission.text for one in arrived], None)
        now = self._clock()

        def judge(policy: ActivePolicy, submission: Submission, analysis: Analysis | None, history: History) -> Verdict:
            return decide(Case(submission.text, analysis, history, policy, submission.author.name))

        policies_there = [site_policy.in_thread(one.submission.thread) for one in arrived]
        scored = [
            arrivals.Scored(
                one,
                mint_id(now, self._noise.getrandbits(22)),
                analysis,
                Likeness.of(one.submission.text),
                _windows(policy.document),
                partial(judge, policy, one.submission, analysis),
            )
            for one, analysis, policy in zip(arrived, analyses, policies_there, strict=True)
        ]
        received = await self._database.write(arrivals.record, source, delivery, scored, now)
        self._told()
        for topic in {source.site, *(thread_topic(one.site, one.submission.thread) for one in received.comments)}:
            self._changed(topic)
        return received

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
        canned = await self._canned(site, review)
        decided = await self._database.write(
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
            review.message,
            canned,
            review.lines,
            review.seen,
        )
        self._told()
        self._changed(site)
        self._changed(thread_topic(site, decided[0].submission.thread))
        return decided

    async def _canned(self, site: str, review: Review) -> Callable[[str], str | None]:
        """What the policy has to say to the author, by thread."""
        if review.message is not None or review.decision is not Decision.REJECT:
            return lambda _: None
        return partial(canned_message, await self.policy(site), review.reason)

    async def report(self, site: str, comment: int, reporter: str, reason: ReportReason, note: str | None) -> Reported:
        """Records a reader's report and what the site's policy makes of it.

        Raises NoSuchComment and StoreUnavailable; then nothing changes.
        """
        policy = await self.policy(site)

        def hold(thread: str) -> int | None:
            return policy.in_thread(thread).document.reports

        report = Report(reporter, reason, note, self._clock())
        reported = await self._database.write(reports.record, site, comment, report, hold)
        if reported.counted:
            self._told()
            self._changed(site)
        if reported.counted and reported.comment.status is Status.HELD:
            self._changed(thread_topic(site, reported.comment.submission.thread))
        return reported

    async def appeal(self, site: str, comment: int, author: str, note: str) -> Comment:
        """Holds a rejected comment once more because its author asks for it.

        Raises NoSuchComment, CannotAppeal and StoreUnavailable; then nothing changes.
        """
        held = await self._database.write(decisions.appeal, site, comment, author, note, self._clock())
        self._told()
        self._changed(site)
        return held

    async def review_many(self, site: str, comments: Sequence[int], review: Review) -> list[int]:
        """Records the same decision on many comments; the ids of those that still had the status that was expected.

        A few at a time, so that others get their turn. Raises StoreUnavailable; then some may be decided on.
        """
        canned = await self._canned(site, review)
        decided: list[int] = []
        for begin in range(0, len(comments), _TOGETHER):
            decided += await self._database.write(
                decisions.record_many,
                site,
                comments[begin : begin + _TOGETHER],
                review.decision,
                review.expected,
                review.moderator,
                review.reason,
                review.note,
                self._clock(),
                review.message,
                canned,
            )
        if decided:
            self._told()
            self._changed(site)
            found = await self._database.read(find_all, site, decided)
            for thread in {comment.submission.thread for comment in found}:
                self._changed(thread_topic(site, thread))
        return decided


def canned_message(policy: ActivePolicy, reason: str | None, thread: str) -> str | None:
    """What the policy tells the author of a comment in this thread who was rejected for the reason."""
    return policy.in_thread(thread).document.message_for(reason)


def _windows(policy: Policy) -> Windows:
    return Windows(
        flood=timedelta(seconds=policy.flood.window_seconds if policy.flood else 0),
        repeat=timedelta(seconds=policy.repeat.window_seconds if policy.repeat else 0),
        likes=timedelta(seconds=policy.near_duplicates.window_seconds if policy.near_duplicates else 0),
    )
