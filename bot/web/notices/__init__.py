"""Where the links and buttons of notices lead: a page to confirm a decision, and what Slack sends."""

from typing import Final

from bot.web.guards.routes import ForeignRoute
from bot.web.notices import confirming, pressing

ROUTES: Final[tuple[ForeignRoute, ...]] = (*confirming.ROUTES, *pressing.ROUTES)
