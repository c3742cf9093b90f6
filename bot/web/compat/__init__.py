"""Other people's APIs, answered in their own shapes: one file or folder for each, over the same keys and scores."""

from typing import Final

from bot.web.compat.akismet import ROUTES as AKISMET
from bot.web.compat.coral import ROUTES as CORAL
from bot.web.compat.openai import ROUTES as OPENAI
from bot.web.compat.perspective.routes import ROUTES as PERSPECTIVE
from bot.web.guards.routes import ForeignRoute

ROUTES: Final[tuple[ForeignRoute, ...]] = (*PERSPECTIVE, *AKISMET, *OPENAI, *CORAL)
