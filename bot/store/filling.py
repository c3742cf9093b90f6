"""Many synthetic comments in little time, for measuring what a question costs when a million are stored.

They have the shape of real ones (length, skew of words and authors, share that is held) and mean nothing.
"""

import random
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from sqlalchemy import Connection, select

from bot.comment import FIRST_STATUS, Author, Comment, Submission, mint_id
from bot.likeness import Likeness
from bot.store import authors, comments, schema
from bot.verdict import Decision, Evidence, Place, Reason, Verdict
from sentiment.scores import Analysis, Attribute, Cause, Sentiment, Source, Span

_AT_ONCE = 2000
_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_BETWEEN = timedelta(seconds=7)
_SYLLABLES = ("ba", "de", "fi", "go", "hu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "wu", "zy")
_WORDS = [first + second + third for first in _SYLLABLES for second in _SYLLABLES for third in _SYLLABLES]
# Zipf's law: the word of rank n is 1/n as frequent as the first.
_WEIGHTS = list(accumulate(1 / rank for rank in range(1, len(_WORDS) + 1)))
_AUTHORS = 5000
_THREADS = 5000
_SHARES = ((0.05, Decision.HOLD), (0.15, Decision.REJECT), (1.0, Decision.APPROVE))


def fill(conn: Connection, site: str, count: int, seed: int) -> None:
    """Stores `count` comments with verdicts, trail, counts and search, each later than the newest that there is.

    5 % are held, 10 % rejected, the rest approved. The same calls on an empty database store the same comments.
    """
    chance = random.Random(seed)
    newest = conn.scalar(select(schema.comments.c.created_at).order_by(schema.comments.c.id.desc()).limit(1))
    begin = (newest or _FROM) + _BETWEEN
    for offset in range(0, count, _AT_ONCE):
        steps = range(offset, min(offset + _AT_ONCE, count))
        made = [_comment(site, begin + _BETWEEN * step, chance) for step in steps]
        authors.introduce(conn, site, {comment.submission.author for comment in made})
        comments.add(conn, site, [(comment, Likeness.of(comment.submission.text)) for comment in made])


def _comment(site: str, at: datetime, chance: random.Random) -> Comment:
    draw = chance.random()
    decision = next(decision for share, decision in _SHARES if draw <= share)
    number = mint_id(at, chance.getrandbits(22))
    length = round(chance.lognormvariate(3.4, 0.7))
    text = " ".join(chance.choices(_WORDS, cum_weights=_WEIGHTS, k=min(max(length, 3), 400)))
    author = f"author-{int(_AUTHORS * chance.random() ** 3)}"
    scores = {attribute: round(chance.betavariate(0.3, 3.0), 4) for attribute in Attribute}
    evidence: tuple[Evidence, ...] = ()
    if decision is not Decision.APPROVE:
        found = chance.sample(tuple(Attribute), k=chance.choice((1, 1, 1, 2, 3)))
        scores |= {attribute: round(chance.uniform(0.6, 0.999), 4) for attribute in found}
        evidence = tuple(
            Evidence(Reason.detected(attribute), decision, attribute, scores[attribute], 0.6, Place(0, 6))
            for attribute in found
        )
    neg, pos = round(chance.uniform(0, 0.3), 3), round(chance.uniform(0, 0.3), 3)
    analysis = Analysis(
        scores=scores,
        sentiment=Sentiment(neg, round(1 - neg - pos, 3), pos, pos - neg, Source.VADER, Cause.LEXICON_HIT),
        language="en",
        spans=tuple(Span(found.attribute, 0, 6, 1.5) for found in evidence if found.attribute is not None),
        model="synthetic",
    )
    severity = max((found.value or 0.0 for found in evidence), default=0.0)
    return Comment(
        id=number,
        site=site,
        submission=Submission(f"thread-{chance.randrange(_THREADS)}", text, Author(author, author.title())),
        status=FIRST_STATUS[decision],
        created_at=at,
        analysis=analysis,
        verdict=Verdict(decision, evidence, severity, "synthetic", 1),
    )
