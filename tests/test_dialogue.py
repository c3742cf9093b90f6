"""The chat's thinking: whole conversations as golden files, and what holds for any words whatever."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.command.faqfile import SHIPPED
from bot.dialogue.conversation import Conversation, Expects
from bot.dialogue.faq import Faq, names_in
from bot.dialogue.findings import findings
from bot.dialogue.replies import Kind, Reply, rebuff, reply, tell
from bot.dialogue.rules import ReadyFaq

GOLDEN = Path(__file__).parent / "golden" / "dialogue"

SHOP = """
fallback: I do not know.
synonyms: {open: [available]}
intents:
  - id: hours
    questions: ["What are your hours?", "When are you open?", Tell me the opening times, How late can I come by]
    answer: We are open from nine to five.
    slots:
      - name: day
        values: {sunday: [sundays, on the lord's day], monday: [mondays], weekend: []}
        answers: {sunday: On Sunday we are closed., monday: On Monday we open at ten., weekend: On Saturday only.}
  - id: parcel
    questions: ["Where is my parcel?", Track my order, Has my package been sent, My delivery is late]
    slots: [{name: number, pattern: '\\b([A-Z]{2}[0-9]{4})\\b', ask: "What is its number?"}]
    answer: "I look for {number}."
    actions: [track]
    outcomes: {sent: "{number} was sent on {day}.", which: {text: "Which one?", asks: number}}
  - id: complain
    questions: [I want to complain, I have a complaint, Something went badly wrong, I am not satisfied]
    slots: [{name: note, text: true, ask: "What happened?"}]
    confirm: "Shall I send this? {note}"
    answer: I have sent it.
    actions: [complain]
  - id: broken
    patterns: ["why is my (?P<thing>.+) broken"]
    answer: "I am sorry that {thing} broke."
small_talk:
  - {id: hello, questions: [Hello, Good morning, Hi there], answer: [Hello!, Good day!]}
"""
FAQS = {"shop": SHOP, "comments": SHIPPED.read_text(encoding="utf-8")}


@cache
def ready(name: str) -> ReadyFaq:
    return ReadyFaq(Faq.model_validate(yaml.safe_load(FAQS[name])))


def talk(name: str, *utterances: str) -> list[Reply]:
    """The replies to one utterance after the other; the conversation is kept as JSON between them."""
    kept, replies = Conversation().to_json(), []
    for utterance in utterances:
        replies.append(reply(ready(name), Conversation.from_json(kept), utterance))
        kept = replies[-1].conversation.to_json()
    return replies


def replayed(name: str, written: str) -> str:
    """A golden file with what is said today: a blank line begins a new conversation."""
    conversation, lines = Conversation(), []
    for line in written.splitlines():
        if line.startswith("> "):
            found = reply(ready(name), conversation, line[2:])
            conversation = found.conversation
            actions = "".join(f" [{action}]" for action in found.actions)
            over = f" [to a person: {found.hand_over}]" if found.hand_over else ""
            lines += [line, f"  {found.kind}: {found.text.replace(chr(10), ' / ')}{actions}{over}"]
        elif not line.startswith("  "):
            conversation = conversation if line else Conversation()
            lines.append(line)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", FAQS)
def test_conversations_go_as_they_are_written_down(name: str) -> None:
    written = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert written.count("\n> ") > 15
    assert replayed(name, written) == written


# --- what holds for any words -----------------------------------------------------------------------------------------

ANYTHING = st.one_of(
    st.text(max_size=80),
    st.text(st.characters(categories=["Cs", "Cc", "So", "Mn"]), max_size=20),
    st.sampled_from(
        ["yes", "no", "cancel", "repeat", "2", "the first", "and on sundays?", "{note}", "{0.x}", "%1", "?"]
    ),
    st.sampled_from(
        ["I want to complain", "where is my parcel", "AB1234", "no, I meant your hours", "why is my {x} broken"]
    ),
)


def templates(faq: Faq) -> set[str]:
    said = {text for intent in faq.all_intents() for _, text in intent.templates()} | {faq.fallback}
    return said | set(faq.phrases.model_dump().values())


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=6))
def test_any_words_get_an_answer_and_the_conversation_comes_back_from_json(utterances: list[str]) -> None:
    for found in talk("shop", *utterances):
        assert found.text
        assert 0 <= found.confidence <= 1
        assert Conversation.from_json(found.conversation.to_json()) == found.conversation
        assert found.kind is not Kind.DECLINED or found.conversation.expects is Expects.HAND_OVER


@settings(max_examples=150, deadline=None)
@given(st.lists(ANYTHING, max_size=5))
def test_every_word_of_a_reply_is_the_files_or_was_said(utterances: list[str]) -> None:
    known = templates(ready("shop").faq)
    for found in talk("shop", *utterances):
        lines = found.text.split("\n") if not names_in_any(found, known) else []
        assert found.text in known or all(line in known for line in lines)


def names_in_any(found: Reply, known: set[str]) -> bool:
    """Whether the text is one of the file's templates with the reply's slots in it."""
    return (
        any(
            names_in(one) <= set(found.slots) and one.format_map(found.slots) == found.text
            for one in known
            if names_in(one)
        )
        or found.kind is Kind.REPEATED
    )


def test_what_is_said_again_is_what_was_said_last() -> None:
    first, again = talk("shop", "What are your hours?", "say that again please")
    assert again.text == first.text
    assert again.kind is Kind.REPEATED


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_the_same_words_get_the_same_answer(utterance: str) -> None:
    assert talk("shop", utterance) == talk("shop", utterance)


# --- actions and facts ------------------------------------------------------------------------------------------------


def test_an_action_is_told_in_the_files_words_with_the_services_facts() -> None:
    found = talk("shop", "Where is my parcel?", "it is AB1234")[-1]
    assert found.actions == ("track",)
    assert found.slots == {"number": "AB1234"}
    told = tell(ready("shop"), found.conversation, "sent", {"day": "Monday"})
    assert told.text == "AB1234 was sent on Monday."


def test_an_outcome_may_ask_and_the_action_comes_again_with_the_answer() -> None:
    found = talk("shop", "Track my order AB1234")[-1]
    asked = tell(ready("shop"), found.conversation, "which", {})
    assert asked.kind is Kind.ASKS_SLOT
    again = reply(ready("shop"), asked.conversation, "CD5678")
    assert again.actions == ("track",)
    assert again.slots == {"number": "CD5678"}


def test_facts_and_outcomes_that_the_file_does_not_have_are_never_made_up() -> None:
    found = talk("shop", "Track my order AB1234")[-1]
    with pytest.raises(LookupError, match="no outcome lost"):
        tell(ready("shop"), found.conversation, "lost", {})
    with pytest.raises(LookupError, match="needs day"):
        tell(ready("shop"), found.conversation, "sent", {})


def test_abuse_gets_a_calm_answer_and_changes_nothing() -> None:
    before = talk("shop", "Where is my parcel?")[-1].conversation
    found = rebuff(ready("shop"), before)
    assert (found.kind, found.text) == (Kind.ABUSE, ready("shop").faq.phrases.abuse)
    assert found.conversation == before


def test_what_is_declined_comes_with_three_questions_and_the_likeliest_intent() -> None:
    found = talk("comments", "xylophone quartz umbrella")[-1]
    assert found.kind is Kind.DECLINED
    assert found.intent is None
    assert found.best_intent is not None
    assert len(found.suggestions) == 3


# --- the file ---------------------------------------------------------------------------------------------------------


def test_the_shipped_faq_is_sound_and_knows_the_moderation_service() -> None:
    shipped = ready("comments")
    assert findings(shipped) == []
    assert len(shipped.faq.intents) >= 25
    assert min(len(intent.questions) for intent in shipped.intents) >= 8
    actions = {action for intent in shipped.intents for action in intent.actions}
    assert actions == {"why_held", "where_is_my_comment", "appeal", "delete_comment", "rules", "hand_over"}


def shop(**changes: Any) -> dict[str, Any]:
    intent = {"id": "a", "questions": ["One question"], "answer": "Yes."}
    return {"fallback": "No.", "intents": [intent | changes]}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"questions": []}, "neither questions nor patterns"),
        ({"patterns": ["(?=x)"]}, "no pattern that RE2 takes"),
        ({"patterns": [r"(x)\1"]}, "no pattern that RE2 takes"),
        ({"patterns": ["((((x{1,100}){1,100}){1,100}){1,100})"]}, "no pattern that RE2 takes"),
        ({"answer": "It is {day}."}, "needs day, which no slot"),
        ({"answer": "It is {day.__class__}."}, "only the name of a slot"),
        ({"answer": "It is {"}, "answer"),
        ({"slots": [{"name": "x", "text": True}]}, "needs `ask`"),
        ({"slots": [{"name": "x"}, {"name": "x"}]}, "two slots of the same name"),
        ({"slots": [{"name": "x", "answers": {"y": "z"}}]}, "values that it does not have: y"),
        ({"outcomes": {"done": {"text": "x", "asks": "y"}}}, "slots that it does not have: y"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_a_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Faq.model_validate(shop(**changes))


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValidationError) as wrong:
        Faq.model_validate({"intents": [{"id": "", "questions": ["x"], "answer": ""}], "threshold": 2})
    assert {".".join(map(str, error["loc"][:3])) for error in wrong.value.errors()} >= {
        "fallback",
        "intents.0.id",
        "intents.0.answer",
        "threshold",
    }


def test_two_intents_of_one_name_are_refused() -> None:
    document = shop()
    with pytest.raises(ValidationError, match="more than one intent of the name a"):
        Faq.model_validate(document | {"intents": document["intents"] * 2})


@pytest.mark.parametrize("changes", [{}, {"questions": ["?", "!"]}, {"questions": [], "patterns": ["x"]}])
def test_a_file_with_hardly_anything_in_it_answers_too(changes: dict[str, Any]) -> None:
    tiny = ReadyFaq(Faq.model_validate(shop(**changes)))
    for utterance in ("One question", "x", "", "something else"):
        assert reply(tiny, Conversation(), utterance).text


# --- patterns that would hang another engine --------------------------------------------------------------------------


@pytest.mark.parametrize("pattern", ["(a|a)*z", "(a+)+$b", "(.*)*(.*)*(.*)*x", r"(\w+\s?)*!", "((a*)*)*c"])
def test_no_pattern_hangs(pattern: str) -> None:
    faq = ReadyFaq(Faq.model_validate(shop(patterns=[pattern], slots=[{"name": "s", "pattern": pattern}])))
    for utterance in ("a" * 100_000, "a " * 50_000, "a" * 1999):
        assert reply(faq, Conversation(), utterance).text


# --- findings ---------------------------------------------------------------------------------------------------------


def test_findings_name_the_intent_and_what_to_change() -> None:
    faq = ReadyFaq(
        Faq.model_validate(
            {
                "fallback": "-",
                "intents": [
                    {
                        "id": "a",
                        "questions": ["Open a door", "open a DOOR!"],
                        "patterns": ["open.*", "zzz"],
                        "answer": "A",
                    },
                    {"id": "b", "questions": ["Open a window"], "patterns": ["open.*"], "answer": "B"},
                    {"id": "c", "questions": ["Open a door"], "answer": "C"},
                ],
            }
        )
    )
    assert [(one.intent, one.sentence) for one in findings(faq)] == [
        ("a", "The question “open a DOOR!” is the same as “Open a door”; has it already. Keep one."),
        ("c", "The question “Open a door” is the same as “Open a door”; a has it too. Keep one."),
        ("b", "The question “Open a window” is answered by a pattern of a. Narrow the pattern."),
        ("c", "The question “Open a door” is answered by a pattern of a. Narrow the pattern."),
        ("b", "The pattern open.* is never reached: a has it and comes first."),
        ("a", "The pattern zzz fits none of the intent's questions. Add one that it is for."),
    ]


if __name__ == "__main__":
    for file_name in FAQS:
        golden = GOLDEN / f"{file_name}.txt"
        golden.write_text(replayed(file_name, golden.read_text(encoding="utf-8")), encoding="utf-8")
