"""Sentences with gaps become the same sentences every time, about many groups."""

import json
import re
from pathlib import Path

from sentiment.contrasts import FILLINGS, said

_WRITTEN = Path(__file__).parent.parent / "corpora" / "training" / "contrasts.jsonl"


def test_a_sentence_with_a_gap_is_said_of_several_groups_and_the_same_way_every_time() -> None:
    sentences = list(said("{many} are {worst}"))
    assert len(set(sentences)) == FILLINGS
    assert sentences == list(said("{many} are {worst}"))
    assert all(re.fullmatch(r"[\w ]+ are [\w ]+", sentence) for sentence in sentences)


def test_the_same_gap_twice_names_two_groups() -> None:
    assert all(left != right for left, _, right in (said_.partition(" and ") for said_ in said("{many} and {many}")))


def test_a_sentence_without_a_gap_is_said_once() -> None:
    assert list(said("nothing to fill in")) == ["nothing to fill in"]


def test_every_gap_of_the_written_sentences_has_something_to_fill_it() -> None:
    lines = [json.loads(line) for line in _WRITTEN.read_text("utf-8").splitlines()]
    assert not [sentence for line in lines for sentence in said(line["text"]) if "{" in sentence or "}" in sentence]
