"""How a site reads scores as Perspective's: by what its models say in that one's place, and by curves of its own."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bot.agreement import Curve
from bot.store import curves
from bot.store.database import Database
from sentiment.registry import ModelUnusable, Registry
from sentiment.rendering import Rendering
from sentiment.scores import Analysis, Attribute

_LOG = logging.getLogger(__name__)
_FRESHNESS = 1.0
_MOST_KEPT = 10_000
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the scores of one version for one site. Without a rendering, or a curve, they stay as they are."""

    rendering: Rendering | None
    curves: Mapping[str, Curve]

    def of(self, text: str, analysis: Analysis) -> dict[Attribute, float]:
        """The scores that Perspective's clients are given, 0..1, of the attributes that the analysis has."""
        scores = dict(analysis.scores) if self.rendering is None else self.rendering.of(text, analysis)
        for attribute in scores.keys() & self.curves.keys():
            scores[Attribute(attribute)] = round(self.curves[attribute].of(scores[Attribute(attribute)]), _DIGITS)
        return scores


class Reading:
    """The curves of the sites that asked lately, where a change is seen after a second, and each version's rendering.

    A rendering is read once: who learns a new one starts Parley again.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry
        self._kept: dict[str, tuple[float, Mapping[tuple[str, str], Curve]]] = {}
        self._renderings: dict[str, Rendering | None] = {}

    async def of(self, site: str, version: str) -> Reader:
        """How the site reads scores of a version. Raises StoreUnavailable."""
        rendering = await self._rendering(version)
        basis = basis_of(version, rendering)
        found = await self._curves(site)
        return Reader(rendering, {attribute: curve for (model, attribute), curve in found.items() if model == basis})

    async def _curves(self, site: str) -> Mapping[tuple[str, str], Curve]:
        kept = self._kept.get(site)
        if kept is not None and time.monotonic() - kept[0] < _FRESHNESS:
            return kept[1]
        found = await self._database.read(curves.of, site)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[site] = (time.monotonic(), found)
        return found

    async def _rendering(self, version: str) -> Rendering | None:
        if version not in self._renderings:
            self._renderings[version] = await asyncio.to_thread(rendering_of, self._registry, version)
        return self._renderings[version]


def rendering_of(registry: Registry, version: str) -> Rendering | None:
    """What a version says in Perspective's place; None where it was not learned or cannot be read."""
    try:
        return Rendering.load(registry.folder(version))
    except ModelUnusable as unusable:
        _LOG.warning("Perspective's clients get the scores of %s as they are. %s", version, unusable)
        return None


def basis_of(version: str, rendering: Rendering | None) -> str:
    """What a curve was fitted to: the scores of a version as they are, or as they were rendered."""
    return version if rendering is None else f"{version} rendered"
