"""The page that a notice's link leads to: it shows the comment and asks; only its buttons change anything.

Chat programs fetch links to show what is behind them, so a GET never decides. The page runs no script, sends no
Referer, and is kept out of caches and search engines.
"""

from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from aiohttp import web

from bot.notice import objections
from bot.review import NeedsAnother
from bot.verdict import Decision
from bot.web.guards.bodies import read_body
from bot.web.guards.parts import Parts, Visit
from bot.web.guards.problems import INVALID, NEEDS_ANOTHER, Refusal
from bot.web.guards.routes import ForeignRoute
from bot.web.notices.deciding import DECISIONS, NOT_FROM_HERE, Presented, decide, find, limit, said

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "parley",
}
_LARGEST: Final = 1024
_PAGE: Final = Template(files(__name__.rpartition(".")[0]).joinpath("page.html").read_text("utf-8"))
_ASK: Final = Template(files(__name__.rpartition(".")[0]).joinpath("ask.html").read_text("utf-8"))


async def show(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """The comment with two buttons, or what became of it."""
    await limit(request, parts)
    presented = await find(parts, visit, request.match_info["token"])
    return _page(presented)


async def confirm(request: web.Request, parts: Parts, visit: Visit) -> web.Response:
    """Decides, and leads back to the page, which then says so."""
    await limit(request, parts)
    presented = await find(parts, visit, request.match_info["token"])
    decision = _decision(await read_body(request, _LARGEST, parts.limits.body_seconds))
    if not presented.is_open:
        return _page(presented, 409)
    try:
        await decide(parts, presented, decision)
    except NeedsAnother as another:
        raise Refusal(NEEDS_ANOTHER, NOT_FROM_HERE) from another
    return web.Response(status=303, headers=_HEADERS | {"Location": request.rel_url.raw_path})


def refuse(refusal: Refusal, request_id: str, _: Exception | None) -> web.Response:
    """A refusal as a page for people."""
    content = (
        f'<p class="lead">{escape(refusal.detail)}</p>'
        f'<p><a class="button" href="/desk">Go to the desk</a></p><p><small>Request {escape(request_id)}</small></p>'
    )
    headers = _HEADERS | refusal.headers
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    return _written(refusal.kind.title, content, refusal.kind.status, headers)


def _decision(body: bytes) -> Decision:
    name, _, value = body.partition(b"=")
    chosen = next((one for one in DECISIONS if one.value.encode() == value.strip()), None)
    if name != b"decision" or chosen is None:
        raise Refusal(INVALID, "Choose approve or reject.")
    return chosen


def _page(presented: Presented, status: int = 200) -> web.Response:
    why = presented.closed_because
    if why is not None:
        content = (
            f'<p class="lead">{escape(why)}</p><p>There is nothing left to decide here; the desk has the whole story.'
            '</p><p><a class="button" href="/desk">Go to the desk</a></p>'
        )
        return _written("Nothing to decide", content, status, _HEADERS)
    assert presented.subject is not None
    comment = presented.subject.comment
    submission = comment.submission
    found = "".join(f"<li>{escape(one)}</li>" for one in objections(comment))
    content = _ASK.substitute(
        text=escape(submission.text),
        author=escape(submission.author.name or submission.author.id),
        thread=escape(submission.thread),
        at=escape(said(comment.created_at)),
        iso=escape(comment.created_at.isoformat()),
        found=found or "<li>every comment waits for a person here</li>",
        appeal=_appeal(presented),
        site=escape(comment.site),
        name=escape(presented.notice.moderator),
        until=escape(said(presented.ticket.until)),
    )
    return _written("Approve or reject?", content, status, _HEADERS)


def _appeal(presented: Presented) -> str:
    """What the author says where they appealed."""
    assert presented.subject is not None
    last = presented.subject.trail[-1]
    if last.reason != "appealed" or last.note is None:
        return ""
    return f'<h2>The author appeals</h2><blockquote class="said">{escape(last.note)}</blockquote>'


def _written(title: str, content: str, status: int, headers: dict[str, str]) -> web.Response:
    page = _PAGE.substitute(title=escape(title), content=content)
    return web.Response(text=page, status=status, headers=headers)


ROUTES: Final = (
    ForeignRoute("GET", "/notices/{token}", None, show, refuse, "", "", {}),
    ForeignRoute("POST", "/notices/{token}", None, confirm, refuse, "", "", {}),
)
