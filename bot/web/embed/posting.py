"""What readers do in a thread: write, change, delete, vote, report, and ask a moderator to look again."""

import hmac
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from aiohttp import web
from prometheus_client import Counter

from bot.address import origin_of
from bot.comment import Author, Submission, read_id
from bot.identity import is_guest
from bot.proof import is_in_time, solved, write_challenge
from bot.store import nudges, shown, votes
from bot.store.decisions import NoSuchComment
from bot.store.idempotency import Idempotency
from bot.store.nudges import Outcome
from bot.verdict import Evidence, Reason
from bot.web.embed.threads import reader_as, reader_of
from bot.web.guards.answers import answer
from bot.web.guards.author import require_author
from bot.web.guards.embedding import address_of, limit_author
from bot.web.guards.parts import Parts
from bot.web.guards.problems import BUSY, NO_APPEAL, NO_EDIT, NO_VOTE, PROOF_NEEDED, Refusal
from bot.web.guards.routes import AnyEmbedAsk, AnyEmbedRoute, EmbedAsk, EmbedRoute
from bot.web.wire.asked import CommentPath, ThreadPath
from bot.web.wire.shown import (
    AgainAsked,
    ChallengeAnswered,
    DeletedAnswered,
    EditAsked,
    FlagAsked,
    FlaggedAnswered,
    NudgeAnswered,
    PostAsked,
    ShownAnswered,
    VotesAnswered,
    write_shown,
)
from sentiment.scores import Attribute

FREE_OF_AN_AUTHOR: Final = 6
FREE_OF_AN_ADDRESS: Final = 15
"""Comments a minute that take no proof of work."""

_NUDGES = Counter("parley_nudges", "Authors asked to think again, and what they did then.", ["outcome"])
_HURTFUL: Final = frozenset(Reason.detected(attribute) for attribute in Attribute) - {Reason.DETECTED_SPAM}


async def post_comment(ask: EmbedAsk[PostAsked, None, ThreadPath]) -> web.Response:
    """201 with the comment once it is stored; 200 where its author may want to think again, and nothing is stored."""
    parts, site, asked = ask.parts, ask.site, ask.body
    author = await require_author(ask.request, parts, site)
    await limit_author(parts, site, author.id)
    widget = (await parts.moderation.policy(site)).document.widget
    if widget.nudge and asked.nudged is None:
        hurtful = await _hurtful(parts, site, ask.path.thread, asked.text)
        if hurtful:
            await _count(parts, site, Outcome.SHOWN)
            return answer(_write_nudge(hurtful))
    await _prove(ask, author)
    submission = Submission(
        thread=ask.path.thread,
        text=asked.text,
        author=author,
        parent=None if asked.parent is None else read_id(asked.parent),
        permalink=_own_page(ask.request, asked.page),
    )
    recorded = await parts.moderation.submit(site, submission, _idempotency(ask, author))
    if widget.nudge and asked.nudged is not None and not recorded.replayed:
        await _count(parts, site, Outcome(asked.nudged))
    return await _show(ask, author, recorded.comment.id, 200 if recorded.replayed else 201)


async def _hurtful(parts: Parts, site: str, thread: str, text: str) -> list[Evidence]:
    (scored,) = await parts.moderation.score(site, [text], thread=thread)
    return [found for found in scored.verdict.evidence if found.reason in _HURTFUL]


def _write_nudge(hurtful: list[Evidence]) -> dict[str, object]:
    places = {(found.span.begin, found.span.end) for found in hurtful if found.span is not None}
    reasons = dict.fromkeys(found.reason.value for found in hurtful)
    return {"nudge": [{"begin": begin, "end": end} for begin, end in sorted(places)], "reasons": list(reasons)}


async def _count(parts: Parts, site: str, outcome: Outcome) -> None:
    _NUDGES.labels(outcome.value).inc()
    await parts.database.write(nudges.count, site, datetime.now(UTC).date(), outcome)


async def _prove(ask: EmbedAsk[PostAsked, None, ThreadPath], author: Author) -> None:
    """A Refusal where somebody writes as fast as robots do and has not shown that they mean it."""
    parts, site, now = ask.parts, ask.site, datetime.now(UTC)
    seal = await parts.authorship.seal(site) or b""
    rates = parts.cache.rates
    hurried = (
        not is_in_time(ask.body.ticket, seal, ask.path.thread, now)
        or await rates.take(f"embed free of {site} by {author.id}", FREE_OF_AN_AUTHOR)
        or await rates.take(f"embed free of {site} from {address_of(ask.request, parts)}", FREE_OF_AN_ADDRESS)
    )
    if not hurried:
        return
    challenge = solved(ask.body.proof, seal, author.id, now)
    # A bucket of one a minute, which is as long as a challenge lives: so each is taken once.
    if challenge is None or await rates.take(f"embed proof {challenge}", 1):
        raise Refusal(PROOF_NEEDED, "That was quick: ask for a challenge, solve it, and send the comment again.")


def _own_page(request: web.Request, page: str | None) -> str | None:
    """The address for moderators to follow: only into the page that asks, wherever a script says that it is."""
    if page is None:
        return None
    said = origin_of(page)
    return page if said is not None and said == origin_of(request.headers.get("Origin", "")) else None


def _idempotency(ask: EmbedAsk[PostAsked, None, ThreadPath], author: Author) -> Idempotency | None:
    asked = ask.body
    if asked.key is None:
        return None
    whole = "\0".join((ask.path.thread, asked.text, asked.parent or ""))
    return Idempotency(f"embed-{_hash(author.id + asked.key).hex()}", _hash(whole))


def _hash(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


async def ask_challenge(ask: EmbedAsk[None, None, None]) -> web.Response:
    """Work for whoever writes too fast."""
    author = await require_author(ask.request, ask.parts, ask.site)
    seal = await ask.parts.authorship.seal(ask.site) or b""
    challenge = write_challenge(seal, author.id, secrets.token_hex(16), datetime.now(UTC))
    return answer({"challenge": challenge.text, "bits": challenge.bits}, 201)


async def edit_comment(ask: EmbedAsk[EditAsked, None, CommentPath]) -> web.Response:
    """The comment with its new text, as it stands now."""
    author = await _writer(ask)
    await ask.parts.moderation.edit(ask.site, ask.path.number, author.id, ask.body.text)
    return await _show(ask, author, ask.path.number, 200)


async def delete_comment(ask: EmbedAsk[None, None, CommentPath]) -> web.Response:
    """It is gone."""
    author = await _writer(ask)
    await ask.parts.moderation.withdraw(ask.site, ask.path.number, author.id)
    return answer({"deleted": True})


async def flag_comment(ask: EmbedAsk[FlagAsked, None, CommentPath]) -> web.Response:
    """The report is taken; what became of the comment is not told."""
    author = await _writer(ask)
    await _must_see(ask)
    reporter = await _reporter(ask, author)
    await ask.parts.moderation.report(ask.site, ask.path.number, reporter, ask.body.reason, ask.body.note)
    return answer({"reported": True}, 201)


async def vote_for(ask: EmbedAsk[None, None, CommentPath]) -> web.Response:
    """The votes with this one."""
    author = await _writer(ask)
    if not (await ask.parts.moderation.policy(ask.site)).document.widget.votes:
        raise Refusal(NO_VOTE, "This site takes no votes.")
    counted = await ask.parts.database.write(votes.vote, ask.site, ask.path.number, author.id)
    return answer({"votes": counted, "voted": True})


async def take_vote_back(ask: EmbedAsk[None, None, CommentPath]) -> web.Response:
    """The votes without this one."""
    author = await _writer(ask)
    counted = await ask.parts.database.write(votes.unvote, ask.site, ask.path.number, author.id)
    return answer({"votes": counted, "voted": False})


async def ask_again(ask: EmbedAsk[AgainAsked, None, CommentPath]) -> web.Response:
    """The comment, which waits for a moderator once more."""
    author = await _writer(ask)
    await ask.parts.moderation.appeal(ask.site, ask.path.number, author.id, ask.body.note)
    return await _show(ask, author, ask.path.number, 201)


async def _reporter(ask: AnyEmbedAsk, author: Author) -> str:
    """Names cost nothing: all guests at one network address count as one, by a seal so that the address is not kept."""
    if not is_guest(author.id):
        return author.id
    seal = await ask.parts.authorship.seal(ask.site) or b""
    return f"address-{hmac.digest(seal, address_of(ask.request, ask.parts).encode(), 'sha256').hex()[:24]}"


async def _writer(ask: AnyEmbedAsk) -> Author:
    author = await require_author(ask.request, ask.parts, ask.site)
    await limit_author(ask.parts, ask.site, author.id)
    return author


async def _must_see(ask: AnyEmbedAsk) -> None:
    """What a reader cannot see they cannot report, nor learn from it that it is there."""
    if await ask.parts.database.read(shown.one, ask.site, await reader_of(ask), ask.path.number) is None:
        raise NoSuchComment(ask.path.number)


async def _show(ask: AnyEmbedAsk, author: Author, comment: int, status: int) -> web.Response:
    found = await ask.parts.database.read(shown.one, ask.site, await reader_as(ask, author), comment)
    if found is None:
        raise NoSuchComment(comment)
    return answer(write_shown(found), status)


ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (
    EmbedRoute(
        "POST",
        "/embed/{site}/threads/{thread}/comments",
        post_comment,
        "Write a comment as a reader",
        "Needs a pass. 201: it is stored, and `state` says what readers see. 200 with `nudge`: the site asks authors "
        "of hurtful comments to think again, and nothing was stored; send it once more with `nudged`. 428: it came "
        "within two seconds, or too many came; solve a challenge and send its `proof` along.",
        {201: ShownAnswered, 200: ShownAnswered | NudgeAnswered},
        body=PostAsked,
        path=ThreadPath,
        refuses=(PROOF_NEEDED, BUSY),
    ),
    EmbedRoute(
        "POST",
        "/embed/{site}/challenge",
        ask_challenge,
        "Ask for a challenge",
        "Good for a minute, for this author, and once.",
        {201: ChallengeAnswered},
    ),
    EmbedRoute(
        "PUT",
        "/embed/{site}/comments/{id}",
        edit_comment,
        "Change one's own comment",
        "For as many minutes as the policy's `widget` says; the new text is judged as a new comment would be.",
        {200: ShownAnswered},
        body=EditAsked,
        path=CommentPath,
        refuses=(NO_EDIT, BUSY),
    ),
    EmbedRoute(
        "DELETE",
        "/embed/{site}/comments/{id}",
        delete_comment,
        "Delete one's own comment",
        "At any time. Where somebody answered it, its place stays.",
        {200: DeletedAnswered},
        path=CommentPath,
        refuses=(NO_EDIT,),
    ),
    EmbedRoute(
        "POST",
        "/embed/{site}/comments/{id}/reports",
        flag_comment,
        "Report a comment as a reader",
        "Each reader counts once.",
        {201: FlaggedAnswered},
        body=FlagAsked,
        path=CommentPath,
    ),
    EmbedRoute(
        "PUT",
        "/embed/{site}/comments/{id}/vote",
        vote_for,
        "Vote for a comment",
        "Each reader once, and nobody for their own.",
        {200: VotesAnswered},
        path=CommentPath,
        refuses=(NO_VOTE,),
    ),
    EmbedRoute(
        "DELETE",
        "/embed/{site}/comments/{id}/vote",
        take_vote_back,
        "Take a vote back",
        "Nothing happens where there was none.",
        {200: VotesAnswered},
        path=CommentPath,
    ),
    EmbedRoute(
        "POST",
        "/embed/{site}/comments/{id}/appeals",
        ask_again,
        "Appeal as a reader",
        "Once, for one's own rejected comment, until `appeal_until`.",
        {201: ShownAnswered},
        body=AgainAsked,
        path=CommentPath,
        refuses=(NO_APPEAL,),
    ),
)
