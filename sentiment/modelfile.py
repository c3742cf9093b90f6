"""Model files on disk: skops archives that hold plain scikit-learn objects and arrays, never code.

The same object always becomes the same bytes: an archive carries neither the time it was written nor memory addresses.
"""

import importlib
import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import sklearn.utils  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from sentiment.registry import ModelUnusable


def _import_skops() -> ModuleType:
    """Skops would import every estimator of scikit-learn in order to trust it (26 MB); here one is enough."""
    every = sklearn.utils.all_estimators
    sklearn.utils.all_estimators = list
    try:
        return importlib.import_module("skops.io")
    finally:
        sklearn.utils.all_estimators = every


_skops = _import_skops()
_TRUSTED = [f"{LogisticRegression.__module__}.{LogisticRegression.__qualname__}"]
"""All that a model file may hold beside arrays and plain values."""


_SCHEMA = "schema.json"
_TIMELESS = (1980, 1, 1, 0, 0, 0)


def dump(content: object, path: Path) -> str:
    """Writes a scikit-learn object, or a dict of arrays, and returns the file's sha256 in hexadecimal."""
    written = _skops.dumps(content)
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        names = _renumber(schema)
        entries = {new: archive.read(old) for old, new in names.items()}
    entries[_SCHEMA] = json.dumps(schema, sort_keys=True).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sorted(entries.items()):
            entry = zipfile.ZipInfo(name, _TIMELESS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=9)
    return fingerprint(path)


def load(path: Path, sha256_expected: str) -> Any:
    """What `dump` wrote; raises ModelUnusable where the file is missing, changed, or holds an untrusted type."""
    try:
        found = fingerprint(path)
    except OSError as error:
        raise ModelUnusable(f"The model file {path.name} cannot be read; install the model again.") from error
    if found != sha256_expected:
        raise ModelUnusable(f"The model file {path.name} is not the one its card names; install the model again.")
    try:
        return _skops.load(path, trusted=_TRUSTED)
    except _skops.exceptions.UntrustedTypesFoundException as error:
        raise ModelUnusable(f"The model file {path.name} holds a type that no model needs; do not use it.") from error
    except Exception as error:
        raise ModelUnusable(f"The model file {path.name} is no skops file of this version; train again.") from error


def fingerprint(path: Path) -> str:
    """The sha256 of a file's bytes in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def _renumber(schema: dict[str, Any]) -> dict[str, str]:
    """Replaces the memory addresses in a skops schema by running numbers; returns old file name -> new file name.

    Every node gets a number of its own, as no part of a model is shared with another one.
    """
    names: dict[str, str] = {}
    for number, node in zip(count(), _nodes(schema), strict=False):
        if "__id__" in node:
            node["__id__"] = number
        if isinstance(node.get("file"), str):
            node["file"] = names.setdefault(node["file"], f"{number}{Path(node['file']).suffix}")
    return names


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for _, inner in sorted(node.items()):
            yield from _nodes(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _nodes(inner)
