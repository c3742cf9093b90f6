"""What single characters contributed to scores, for many texts and scores at once.

A feature's share of a logit is divided evenly among its occurrences and, inside each, among the characters it was read
from. Shares are counted in units of 2**-32, so sums of them are exact: what a word earned hangs neither on the order of
summation nor on the other texts of the batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sentiment.features import GROUPS, SHAPE, Occurrences, Weighed
from sentiment.text import Reading

Places = NDArray[np.intp]
Floats = NDArray[np.float64]

_UNITS = 2.0**32
_UNIT = 1 / _UNITS


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """The occurrences of known features in some texts, text by text: `bounds` tell where each text's begin.

    `column` is the feature's, [begin, end) its characters in the original, `share` its value for each of them, in
    units. `lengths` are the numbers of characters of the originals.
    """

    lengths: Places
    bounds: Places
    column: Places
    begin: Places
    end: Places
    share: Floats

    def even(self) -> "Shares":
        """The same occurrences, each worth 1 in all, however long the text is and however often its feature occurs."""
        return replace(self, share=_UNITS / (self.end - self.begin))


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """What is to be explained: columns of the weights for texts, named by their places in the shares."""

    text: Places
    column: Places


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """What the characters of each case earned: `total`[`start`[case] + n] is what those before its n-th one add.

    Only differences inside one case mean something.
    """

    start: Places
    total: Floats

    def earned(self, case: Places, begin: Places, end: Places) -> Floats:
        """What the characters [begin, end) of each case's original text add to its logit."""
        start = self.start.take(case)
        earned: Floats = self.total.take(start + end) - self.total.take(start + begin)
        return earned


def shares(readings: Sequence[Reading], texts: Places, occurrences: Occurrences, weighed: Weighed) -> Shares:
    """The occurrences in `texts`, places in the batch that was read, extracted and weighed."""
    own_readings = [readings[text] for text in texts.tolist()]
    lengths = np.array([len(reading.original) for reading in own_readings], dtype=np.intp)
    values, starts = weighed.matrix.indptr.astype(np.intp), bounds_of(weighed.counts)
    first, last = values.take(texts), values.take(texts + 1)
    value = spread(first, last - first)
    counts = weighed.counts.take(value)
    first, last = starts.take(first), starts.take(last)
    own = weighed.order.take(spread(first, last - first))
    bounds = bounds_of(last - first)
    begin, end = _origins(own_readings, occurrences, own, bounds)
    share = (weighed.matrix.data.take(value) * _UNITS / counts).repeat(counts) / (end - begin)
    column = weighed.matrix.indices.take(value).astype(np.intp).repeat(counts)
    return Shares(lengths, bounds, column, begin, end, share)


def _origins(
    readings: Sequence[Reading], occurrences: Occurrences, own: Places, bounds: Places
) -> tuple[Places, Places]:
    """Where those occurrences stand in the original texts."""
    begin, end = occurrences.begin.take(own).astype(np.intp), occurrences.end.take(own).astype(np.intp)
    for at, reading in enumerate(readings):
        if reading.folded.begins is None and reading.plain.begins is None:
            continue
        first, last = bounds[at], bounds[at + 1]
        # Buckets are in order, and those of shape have others on either side.
        shape, behind = first + occurrences.bucket.take(own[first:last]).searchsorted(GROUPS[SHAPE : SHAPE + 2])
        folded = (slice(first, shape), slice(behind, last))
        for view, part in (
            (reading.folded, folded[0]),
            (reading.plain, slice(shape, behind)),
            (reading.folded, folded[1]),
        ):
            if view.begins is not None and view.ends is not None:
                begin[part], end[part] = view.begins[begin[part]], view.ends[end[part] - 1]
    return begin, end


def bounds_of(many: Places) -> Places:
    """Where each of several runs begins, when they lie end to end and have `many` elements each; and the end."""
    bounds = np.zeros(len(many) + 1, dtype=np.intp)
    many.cumsum(out=bounds[1:])
    return bounds


def spread(first: Places, many: Places) -> Places:
    """Numbers that rise by one from each of `first`, `many` of each."""
    bounds = bounds_of(many)
    return (first - bounds[:-1]).repeat(many) + np.arange(bounds[-1])


def ledger(shares: Shares, weights: NDArray[np.float32], cases: Cases) -> Ledger:
    """What each character adds to the logits of `cases`; `weights` has a row per known feature, a column per model."""
    start = bounds_of(shares.lengths.take(cases.text) + 1)
    room = int(start[-1])
    many = (shares.bounds[1:] - shares.bounds[:-1]).take(cases.text)
    place = spread(shares.bounds.take(cases.text), many)
    offset = start[:-1].repeat(many)
    weight = weights.ravel().take((shares.column * weights.shape[1]).take(place) + cases.column.repeat(many))
    units = np.rint(shares.share.take(place) * weight)
    each = np.bincount(shares.begin.take(place) + offset, units, room)
    each -= np.bincount(shares.end.take(place) + offset, units, room)
    np.cumsum(each, out=each)
    running: Floats = each.cumsum()
    return Ledger(start[:-1], (running - each) * _UNIT)
