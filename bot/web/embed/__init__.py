"""What the widget asks from a site's own pages, below /embed/{site}."""

from typing import Final

from bot.web.embed import plain, posting, session, threads
from bot.web.guards.routes import AnyEmbedRoute

ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (*session.ROUTES, *threads.ROUTES, *posting.ROUTES, *plain.ROUTES)
