"""What stands before everything that readers' browsers ask from a site's own pages: which site, from where, how often.

Pages of other origins than the site names in its policy are refused, and told so in a way that their scripts may read
(CORS). There are no cookies here, so no page can act for a reader who is known on another one.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from bot.address import origin_of, subscriber_of
from bot.store import sites
from bot.web.guards.bodies import check_media_type, parse_body, parse_query, parse_strings, read_body, refuse_query
from bot.web.guards.parts import Opening, Parts, Visit
from bot.web.guards.problems import FOREIGN_ORIGIN, NOT_FOUND, TOO_MANY, Refusal, refusal_of
from bot.web.guards.routes import AnyEmbedRoute, EmbedAsk

READS_OF_AN_ADDRESS: Final = 300
WRITES_OF_AN_ADDRESS: Final = 60
"""Requests a minute from one network address to one site; see PARLEY_PROXIES for what an address is."""

WRITES_OF_AN_AUTHOR: Final = 30
"""Requests a minute that change something, for one author."""

LARGEST_EMBED_BODY: Final = 256 * 1024
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "7200",
}
_READABLE: Final = "Retry-After, X-Request-Id"
Handler = Callable[[web.Request, Visit], Awaitable[web.StreamResponse]]


def embed_door(route: AnyEmbedRoute, opening: Opening) -> Handler:
    """The handler of what a site's page asks: site, origin, rate, address, query, body; then the endpoint."""

    async def handle(request: web.Request, visit: Visit) -> web.StreamResponse:
        parts = opening.parts or await opening.opened()
        site = await _site(request, parts)
        visit.site = site
        headers = await cors(request, parts, site)
        try:
            await limit_address(request, parts, site)
            names = {name: value for name, value in request.match_info.items() if name != "site"}
            path = None if route.path is None else parse_strings(names, route.path, "path")
            query = None
            if route.query is not None:
                query = parse_query(request.query, route.query)
            elif request.rel_url.raw_query_string:
                refuse_query(request.query)
            body = None
            if route.body is not None:
                check_media_type(request)
                sent = await read_body(request, LARGEST_EMBED_BODY, parts.limits.body_seconds)
                body = parse_body(sent, route.body)
            response = await route.endpoint(EmbedAsk(site, body, query, path, request, parts, headers))
        except Exception as error:
            # The page's script shall be able to read why it was refused.
            refusal = refusal_of(error)
            if refusal is None:
                raise
            refusal.headers.update(headers)
            raise refusal from error
        if not response.prepared:
            response.headers.update(headers)
        return response

    return handle


def preflight_door(opening: Opening) -> Handler:
    """Tells a browser whether a page may ask (the Fetch standard's preflight)."""

    async def handle(request: web.Request, visit: Visit) -> web.StreamResponse:
        parts = opening.parts or await opening.opened()
        site = await _site(request, parts)
        visit.site = site
        headers = await cors(request, parts, site)
        return web.Response(status=204, headers=headers | _PREFLIGHT)

    return handle


async def _site(request: web.Request, parts: Parts) -> str:
    site = request.match_info["site"]
    if not sites.is_name(site) or await parts.authorship.seal(site) is None:
        raise Refusal(NOT_FOUND, "There is no such site: look at `data-site` on the page.")
    return site


async def cors(request: web.Request, parts: Parts, site: str) -> dict[str, str]:
    """The headers with which the page may read the answer; a Refusal where the site does not know the page's origin."""
    origin = request.headers.get("Origin")
    varying = {"Vary": "Origin"}
    if origin is None:
        # Browsers leave it out only where a page of Parley's own reads, or a person follows a link.
        if request.method != "GET":
            raise Refusal(FOREIGN_ORIGIN, "A page says where it comes from when it asks for this: send Origin.")
        return varying
    asking = origin_of(origin)
    if asking is None or asking.host != request.host:
        allowed = (await parts.moderation.policy(site)).document.widget.origins
        if origin not in allowed:
            said = f"Pages of {origin[:200]} may not show this site's comments: add it to `widget.origins`."
            raise Refusal(FOREIGN_ORIGIN, said, headers=varying)
    return varying | {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _READABLE}


async def limit_address(request: web.Request, parts: Parts, site: str) -> None:
    """A Refusal where too much comes from one address."""
    reads = request.method == "GET"
    per_minute = READS_OF_AN_ADDRESS if reads else WRITES_OF_AN_ADDRESS
    kind = "reads" if reads else "writes"
    await take(parts, f"embed {kind} of {site} from {address_of(request, parts)}", per_minute)


async def limit_author(parts: Parts, site: str, author: str) -> None:
    """A Refusal where one author changes too much."""
    await take(parts, f"embed writes of {site} by {author}", WRITES_OF_AN_AUTHOR)


async def take(parts: Parts, bucket: str, per_minute: int) -> None:
    """One of so many a minute; a Refusal where there is none left."""
    wait = await parts.cache.rates.take(bucket, per_minute)
    if wait:
        raise Refusal(TOO_MANY, "Too much at once. Wait a moment, then try again.", retry_after=wait)


def address_of(request: web.Request, parts: Parts) -> str:
    """Who asks, by the network address; behind so many proxies as the settings say, what the outermost of them saw."""
    proxies = parts.limits.proxies
    seen = [one.strip() for one in ",".join(request.headers.getall("X-Forwarded-For", ())).split(",") if one.strip()]
    if proxies and len(seen) >= proxies:
        return subscriber_of(seen[-proxies][:64])
    return subscriber_of(request.remote or "unknown")
