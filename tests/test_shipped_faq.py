"""The FAQ that Parley ships understands words that are not its own: those of golden/faq-paraphrases.jsonl."""

import json
from functools import cache
from pathlib import Path

import yaml

from bot.command.faqfile import SHIPPED
from bot.dialogue.conversation import Conversation
from bot.dialogue.faq import Faq
from bot.dialogue.replies import reply
from bot.dialogue.rules import ReadyFaq
from bot.dialogue.words import Words

LINES = (Path(__file__).parent / "golden" / "faq-paraphrases.jsonl").read_text(encoding="utf-8").splitlines()
ASKED = [(line["text"], line["intent"]) for line in map(json.loads, LINES)]
INSIDE = [(text, intent) for text, intent in ASKED if intent is not None]
ELSEWHERE = [text for text, intent in ASKED if intent is None]


@cache
def shipped() -> ReadyFaq:
    return ReadyFaq(Faq.model_validate(yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))))


def test_every_subject_is_asked_in_words_of_its_own() -> None:
    faq = shipped()
    stems = Words("en", {})
    own = {stems.of(question) for question, _ in faq.asked}
    assert {intent for _, intent in INSIDE} == {intent.id for intent in faq.faq.intents}
    assert [text for text, _ in ASKED if stems.of(text) in own] == []


def test_free_wordings_are_understood() -> None:
    right = [reply(shipped(), Conversation(), text).best_intent == intent for text, intent in INSIDE]
    assert sum(right) / len(right) >= 0.85


def test_the_model_alone_understands_them_too() -> None:
    faq = shipped()
    assert faq.nearest is not None
    right = [faq.intents[faq.nearest.guess(text).order[0]].id == intent for text, intent in INSIDE]
    assert sum(right) / len(right) >= 0.85


def test_few_are_declined_and_most_of_what_is_elsewhere_is() -> None:
    inside = [reply(shipped(), Conversation(), text).intent is None for text, _ in INSIDE]
    elsewhere = [reply(shipped(), Conversation(), text).intent is None for text in ELSEWHERE]
    assert sum(inside) / len(inside) <= 0.15
    assert sum(elsewhere) / len(elsewhere) >= 0.85
