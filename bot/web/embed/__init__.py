"""What the widget asks from a site's own pages, below /embed/{site}."""

from typing import Final

from bot.web.embed import session
from bot.web.guards.routes import AnyEmbedRoute

ROUTES: Final[tuple[AnyEmbedRoute, ...]] = (*session.ROUTES,)
