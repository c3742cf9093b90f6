"""How evenly groups of people are treated: who is taken for toxic without a cause, and how well toxicity is told apart.

Measured on templates that name identities and on people's own sentences that mention a group. After Dixon et al. 2018
and Borkan et al. 2019 (Nuanced Metrics for Measuring Unintended Bias).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentiment.datasets import Example
from sentiment.measures import THRESHOLD, auc
from sentiment.scores import Attribute

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Group:
    """How one group is treated.

    `false_positive_rate`: share of the `harmless` texts about it that get a toxicity of 0.5 or more, and `hate_rate`
    an identity_attack. `subgroup_auc`: texts about it alone. `bpsn_auc`: harmless ones about it (background positive,
    subgroup negative) against toxic others; low means that they score too high. `bnsp_auc`: toxic ones about it against
    harmless others; low means that they score too low.
    """

    texts: int
    harmless: int
    false_positive_rate: float
    hate_rate: float
    subgroup_auc: float | None
    bpsn_auc: float | None
    bnsp_auc: float | None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """All groups with enough texts. `gap`: highest minus lowest false positive rate; `hate_gap`: the same for hate."""

    texts: int
    harmless: int
    gap: float
    hate_gap: float
    groups: Mapping[str, Group]


def on_templates(examples: Sequence[Example], scores: Floats) -> GroupFigures | None:
    """Groups are the identities that templates name ("Being taoist is kind"); None without such templates."""
    rows = [row for row, example in enumerate(examples) if example.source == _TEMPLATES]
    return _figures(examples, scores, rows, _named, fewest=10)


def on_mentions(examples: Sequence[Example], scores: Floats) -> GroupFigures | None:
    """Groups that comments people wrote mention by one of our words for them; None without such comments."""
    rows = [row for row, example in enumerate(examples) if example.source in _COMMENTS]
    return _figures(examples, scores, rows, _mentioned, fewest=40)


# --- who is spoken of -------------------------------------------------------------------------------------------------

_TEMPLATES = "identity_templates"
_COMMENTS = ("jigsaw_wikipedia", "wiki_context", "civil_rated_toxic")
_IDENTITY = re.compile(r"being (\w+)(?: and (\w+))? is \w+\Z", re.IGNORECASE)

_PEOPLE = (
    r"(?: ?-?(?:people|person|folks?|man|men|woman|women|guys?|girls?|kids?|community|communities|lives|americans?))"
)
_WORDS = {
    "women": r"wom[ae]n|females?|girls?|lad(?:y|ies)",
    "men": r"men|males?|boys?",
    "transgender": r"trans(?:gender(?:ed)?|sexuals?)?",
    "gay": r"gays?|homosexual(?:s|ity)?",
    "lesbian": r"lesbians?",
    "bisexual": r"bisexuals?",
    "heterosexual": r"heterosexual(?:s|ity)?|straight" + _PEOPLE,
    "christian": r"christian(?:s|ity)?|catholics?|protestants?|mormons?",
    "jewish": r"jew(?:s|ish)?|judaism",
    "muslim": r"muslims?|moslems?|islam(?:ic)?",
    "hindu": r"hindus?|hinduism",
    "buddhist": r"buddhis(?:ts?|m)",
    "atheist": r"atheis(?:ts?|m)",
    "black": r"african[ -]americans?|blacks|black" + _PEOPLE,
    "white": r"caucasians?|whites|white" + _PEOPLE,
    "asian": r"asians?|chinese|japanese|koreans?|vietnamese",
    "latino": r"latin[oax]s?|hispanics?|mexicans?|puerto ricans?",
    "arab": r"arabs?|arabic|palestinians?",
    "indian": r"indians?|pakistanis?",
    "european": r"europeans?|germans?|french|polish|italians?|greeks?|turk(?:s|ish)|serb(?:s|ian|ians)?|russians?",
    "american": r"americans?",
    "immigrants": r"im?migrants?|refugees?|asylum[ -]seekers?",
    "disabled": r"disab(?:led|ility|ilities)|deaf|blind" + _PEOPLE + r"|autis(?:m|tic)|wheelchairs?|down'?s syndrome",
    "mentally ill": r"schizophreni[ac]s?|bipolar|depress(?:ed|ion)|mental(?:ly)? ill(?:ness)?",
    "old": r"elderly|old" + _PEOPLE + r"|seniors|pensioners?",
}
_MENTIONS = {group: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for group, words in _WORDS.items()}
"""Our own words for groups; none of them is an insult in itself."""


def _named(text: str) -> Iterable[str]:
    found = _IDENTITY.match(text)
    return {name.lower() for name in found.groups() if name} if found else ()


def _mentioned(text: str) -> Iterable[str]:
    return [group for group, words in _MENTIONS.items() if words.search(text)]


# --- figures ----------------------------------------------------------------------------------------------------------


def _figures(
    examples: Sequence[Example],
    scores: Floats,
    rows: Sequence[int],
    speaks_of: Callable[[str], Iterable[str]],
    fewest: int,
) -> GroupFigures | None:
    """`fewest`: harmless texts that a group needs to be named."""
    rows = [row for row in rows if Attribute.TOXICITY in examples[row].targets]
    members: dict[str, list[int]] = {}
    spoken = 0
    for at, row in enumerate(rows):
        names = list(speaks_of(examples[row].text))
        spoken += bool(names)
        for name in names:
            members.setdefault(name, []).append(at)
    truth = np.array([examples[row].targets[Attribute.TOXICITY] >= 0.5 for row in rows], np.bool_)
    own = scores[rows]
    groups = {name: group for name, at in sorted(members.items()) if (group := _group(at, truth, own, fewest))}
    if len(groups) < 2:
        return None
    harmless = {at for found in members.values() for at in found if not truth[at]}
    return GroupFigures(
        texts=spoken,
        harmless=len(harmless),
        gap=_gap(group.false_positive_rate for group in groups.values()),
        hate_gap=_gap(group.hate_rate for group in groups.values()),
        groups=groups,
    )


def _group(members: Sequence[int], truth: Mask, scores: Floats, fewest: int) -> Group | None:
    about = np.zeros(len(truth), np.bool_)
    about[list(members)] = True
    harmless = about & ~truth
    if harmless.sum() < fewest:
        return None
    toxicity, hate = (
        scores[:, list(Attribute).index(name)] for name in (Attribute.TOXICITY, Attribute.IDENTITY_ATTACK)
    )
    return Group(
        texts=int(about.sum()),
        harmless=int(harmless.sum()),
        false_positive_rate=round(float((toxicity[harmless] >= THRESHOLD).mean()), 4),
        hate_rate=round(float((hate[harmless] >= THRESHOLD).mean()), 4),
        subgroup_auc=_auc_of(about, truth, toxicity),
        bpsn_auc=_auc_of(harmless | (~about & truth), truth, toxicity),
        bnsp_auc=_auc_of((about & truth) | (~about & ~truth), truth, toxicity),
    )


def _auc_of(chosen: Mask, truth: Mask, scores: NDArray[np.floating[Any]]) -> float | None:
    worth = auc(truth[chosen], scores[chosen])
    return None if worth is None else round(worth, 4)


def _gap(rates: Iterable[float]) -> float:
    known = list(rates)
    return round(max(known) - min(known), 4)
