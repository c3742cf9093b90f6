"""A thread as a plain page: for readers without scripts, and for whoever wants to print or link to it."""

from datetime import UTC, datetime
from html import escape
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.comment import write_id
from bot.store import shown
from bot.store.cursor import read_cursor, write_cursor
from bot.store.shown import Reader, Shown
from bot.web.guards.routes import AnyEmbedRoute, EmbedAsk, EmbedRoute
from bot.web.wire.asked import ThreadPath
from bot.web.wire.shown import PlainQuery
from bot.widget import Sort

_ON_A_PAGE: Final = 50
_PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Comments</title>
<link rel="stylesheet" href="/pages/embed/plain.css">
</head>
<body>
<main>
<h1>Comments</h1>
{items}
{more}
</main>
</body>
</html>
"""


async def read_plain_thread(ask: EmbedAsk[None, PlainQuery, ThreadPath]) -> web.Response:
    """What is published, oldest first."""
    policy = (await ask.parts.moderation.policy(ask.site)).document
    reader, thread = Reader(None, policy, datetime.now(UTC)), ask.path.thread
    after = None if ask.query.cursor is None else read_cursor(ask.query.cursor, f"plain {thread}")
    page = await ask.parts.database.read(shown.page, ask.site, thread, reader, Sort.OLDEST, after, _ON_A_PAGE)
    more = ""
    if page.next is not None:
        cursor = quote(write_cursor(page.next, f"plain {thread}"), safe="")
        more = f'<p><a href="?cursor={cursor}">More comments</a></p>'
    items = "\n".join(map(_item, page.items))
    body = _PAGE.format(items=f"<ol>\n{items}\n</ol>" if items else "<p>Nobody has written here yet.</p>", more=more)
    frames = " ".join(("'self'", *policy.widget.origins))
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {frames}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
        "Server": "parley",
    }
    return web.Response(text=body, content_type="text/html", charset="utf-8", headers=headers)


def _item(one: Shown) -> str:
    replies = f"\n<ol>\n{''.join(map(_item, one.replies))}</ol>\n" if one.replies else ""
    if one.author is None or one.text is None:
        return f"<li><p><em>This comment is not shown.</em></p>{replies}</li>\n"
    written, day = one.created_at.isoformat(timespec="seconds"), f"{one.created_at:%-d %B %Y, %H:%M} UTC"
    who = f'<strong>{escape(one.author.author.name)}</strong> <time datetime="{written}">{day}</time>'
    return f'<li id="comment-{write_id(one.id)}"><p>{who}</p><p class="text">{escape(one.text)}</p>{replies}</li>\n'


ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (
    EmbedRoute(
        "GET",
        "/embed/{site}/threads/{thread}",
        read_plain_thread,
        "A thread as a plain page",
        "Without scripts: what a page links to inside `<parley-comments>`. Pages of the site's origins may frame it.",
        {200: "text/html"},
        query=PlainQuery,
        path=ThreadPath,
    ),
)
