"""Which versions of the models there are: a folder for each, which never changes, and one of them is current.

Parley's own versions come with it, in corpora/models. Beside them there may be another folder with versions that its
operator trained; what is chosen as current is then written there, so Parley's own folder may be read-only.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

CURRENT = "CURRENT"
"""The file in a folder of models that names the version to use."""

CARD = "card.json"

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_NUMBERS = re.compile(r"(\d+)")


class ModelUnusable(Exception):
    """A model cannot be loaded; the message is a sentence that says what is wrong and what to do."""


class NoSuchModel(ModelUnusable):
    """There is no version of this name."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A card in short. `texts` were learned from, out of `sets` data sets; `size` is the folder's, in bytes.

    `auc` is the area under the ROC curve for each attribute on texts that were held out, at the natural rate where
    that was measured, else on the largest data set; None where it was measured on none.
    """

    version: str
    features: str
    attributes: tuple[str, ...]
    sets: int
    texts: int
    auc: Mapping[str, float | None]
    size: int


@dataclass(frozen=True, slots=True)
class Registry:
    """The versions in Parley's own folder, and those in an operator's `own`. A name that both have means Parley's."""

    shipped: Path
    own: Path | None = None

    @classmethod
    def beside(cls, own: Path | None = None) -> "Registry":
        """What this Parley ships, and the versions in `own`."""
        return cls(Path(str(files("corpora") / "models")), own)

    def versions(self) -> list[str]:
        """The names of all versions, newest first; also of those that cannot be used."""
        names = {
            entry.name
            for folder in self._folders()
            if folder.is_dir()
            for entry in folder.iterdir()
            if entry.is_dir() and is_version(entry.name)
        }
        return sorted(names, key=_in_order, reverse=True)

    def folder(self, version: str) -> Path:
        """Where a version's files are; raises NoSuchModel with the names that there are."""
        there = self.versions()
        if version not in there:
            raise NoSuchModel(f"There is no model {version!r}. There are: {', '.join(there) or 'none'}.")
        return next(folder / version for folder in self._folders() if (folder / version).is_dir())

    def current(self) -> str:
        """The version to use where none is named; raises NoSuchModel where that is said nowhere."""
        for folder in (self.own, self.shipped):
            if folder is not None and (folder / CURRENT).is_file():
                try:
                    return (folder / CURRENT).read_text(encoding="utf-8").strip()
                except (OSError, ValueError):
                    break
        raise NoSuchModel("No current model is named; choose one with ./parley models use VERSION.")

    def use(self, version: str) -> Path:
        """Makes a version the current one, and returns the file that says so; raises OSError where that is not to be.

        Whoever reads the file meanwhile finds the old name or the new one, never half of either.
        """
        place = (self.own or self.shipped) / CURRENT
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{CURRENT}-{os.getpid()}")
        try:
            draft.write_text(f"{version}\n", encoding="utf-8")
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        return place

    def summary(self, version: str) -> Summary:
        """What a version's card says; raises ModelUnusable where it cannot be read."""
        folder = self.folder(version)
        try:
            card = json.loads((folder / CARD).read_text(encoding="utf-8"))
            measured = card["figures"]["attributes"]
            trained = [data["texts"]["train"] for data in card["data"] if data["texts"]["train"]]
            return Summary(
                version=version,
                features=str(card["features"]),
                attributes=tuple(str(name) for name in card["attributes"]),
                sets=len(trained),
                texts=sum(trained),
                auc={str(name): _auc(measured.get(name, {})) for name in card["attributes"]},
                size=sum(path.stat().st_size for path in folder.iterdir()),
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ModelUnusable(f"The model {version} has no readable card; install the model again.") from error

    def _folders(self) -> tuple[Path, ...]:
        return (self.shipped,) if self.own is None else (self.shipped, self.own)


def is_version(name: str) -> bool:
    """Can a version have this name: 1 to 100 letters, digits and `._-`, the first a letter or digit?"""
    return _VERSION.fullmatch(name) is not None


def _in_order(version: str) -> list[tuple[int, str]]:
    """Numbers count as numbers, so 2026.11-10 comes after 2026.11-9."""
    return [(int(part) if part.isdecimal() else -1, part) for part in _NUMBERS.split(version)]


# Any: figures are whatever JSON the card holds.
def _auc(measured: Mapping[str, Any]) -> float | None:
    natural = measured.get("natural") or {}
    if natural.get("auc") is not None:
        return float(natural["auc"])
    told = [one for one in measured.get("by_set", {}).values() if one.get("auc") is not None]
    largest = max(told, key=lambda one: one["rows"], default=None)
    return None if largest is None else float(largest["auc"])
