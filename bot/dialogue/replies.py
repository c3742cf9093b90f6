"""One utterance, one reply: first what the bot asked for itself, then rules, then the nearest question, or none.

Every word of a reply comes from the file; what people said appears only where a template of the file has room for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dialogue.conversation import Conversation, Expects
from bot.dialogue.faq import Intent, Slot, names_in
from bot.dialogue.rules import ReadyFaq, said

SUGGESTIONS = 3
_TRIES = 2
"""So often a slot or a yes is asked for before the bot lets go of it."""
_INTERRUPTS = 0.75
"""The confidence from which on a question is one, although something else was asked for."""
_SHORT = 4
"""Words: what is no longer may be about what was talked of before."""


class Kind(StrEnum):
    """What a reply is."""

    ANSWER = "answer"
    SMALL_TALK = "small_talk"
    ASKS_SLOT = "asks_slot"
    CONFIRMS = "confirms"
    CANCELLED = "cancelled"
    REPEATED = "repeated"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An intent that may have been meant, by its first question."""

    intent: str
    question: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot says, and the conversation after it.

    `intent` is None where it declines; `best_intent` is the likeliest even then. `actions` are the service's to carry
    out, with `slots`; what came of them is told by `tell`. `hand_over` is the question that a person is to answer.
    """

    text: str
    kind: Kind
    conversation: Conversation
    intent: str | None = None
    best_intent: str | None = None
    confidence: float = 0.0
    suggestions: tuple[Suggestion, ...] = ()
    actions: tuple[str, ...] = ()
    slots: Mapping[str, str] = field(default_factory=dict)
    hand_over: str | None = None


@dataclass(frozen=True, slots=True)
class _Meant:
    """What an utterance was taken to mean; `sure` where it may be answered."""

    best: str | None
    confidence: float
    sure: bool
    caught: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()


def reply(faq: ReadyFaq, conversation: Conversation, utterance: str) -> Reply:
    """What the bot says to an utterance. Takes any text and never raises."""
    utterance = utterance.encode("utf-8", "replace").decode()
    text = said(utterance)
    corrected = faq.cues.correction.fits(text) if conversation.turns else None
    if corrected is not None:
        rest = said(corrected.get("rest", ""))
        fresh = conversation.model_copy(update={"expects": Expects.NOTHING, "offered": ()})
        return (
            _answer(faq, fresh, rest, rest) if rest else _plain(conversation, faq.faq.phrases.try_again, Kind.CANCELLED)
        )
    if conversation.turns and faq.cues.repeat.fits(text) is not None:
        again = conversation.said or faq.faq.phrases.nothing_to_repeat
        return Reply(again, Kind.REPEATED, conversation, conversation.intent, conversation.intent, 1.0)
    return _expected(faq, conversation, utterance, text) or _answer(faq, conversation, utterance, text)


def tell(faq: ReadyFaq, conversation: Conversation, outcome: str, facts: Mapping[str, str]) -> Reply:
    """What came of the actions of the intent that is talked about, in the file's words for that outcome.

    `facts` fill the template. Raises LookupError where the file has no such outcome, or a fact for it is missing.
    """
    intent = faq.by_id[conversation.intent or ""]
    found = intent.outcome(outcome)
    if found is None:
        raise LookupError(f"The intent {intent.id} has no outcome {outcome}.")
    known = {**conversation.slots, **facts}
    if missing := sorted(names_in(found.text) - set(known)):
        raise LookupError(f"The outcome {outcome} of {intent.id} needs {', '.join(missing)}.")
    asks = {"expects": Expects.SLOT, "slot": found.asks, "asked": 1} if found.asks else {}
    text = found.text.format_map(known)
    after = conversation.model_copy(update={"said": text, **asks})
    return Reply(text, Kind.ASKS_SLOT if found.asks else Kind.ANSWER, after, intent.id, intent.id, 1.0)


def rebuff(faq: ReadyFaq, conversation: Conversation) -> Reply:
    """The calm answer to abuse; what was said is not looked at and not kept."""
    return Reply(faq.faq.phrases.abuse, Kind.ABUSE, conversation)


# --- after a question of the bot's own --------------------------------------------------------------------------------


def _expected(faq: ReadyFaq, conversation: Conversation, utterance: str, text: str) -> Reply | None:
    """What follows if the utterance answers the bot's own question."""
    match conversation.expects:
        case Expects.SLOT:
            return _slot(faq, conversation, utterance, text)
        case Expects.CONFIRMATION:
            return _confirmation(faq, conversation, text)
        case Expects.HAND_OVER:
            return _hand_over(faq, conversation, text)
        case Expects.NOTHING:
            return None


def _slot(faq: ReadyFaq, conversation: Conversation, utterance: str, text: str) -> Reply | None:
    intent = faq.by_id.get(conversation.intent or "")
    slot = next((slot for slot in intent.slots if slot.name == conversation.slot), None) if intent else None
    if intent is None or slot is None:
        return None
    if faq.cues.cancel.fits(text) is not None:
        return _plain(conversation, faq.faq.phrases.cancelled, Kind.CANCELLED)
    value = faq.value(intent.id, slot, utterance) or (
        " ".join(utterance.split())[:1000] if slot.text and text else None
    )
    if value is not None:
        return _go_on(faq, conversation, intent, {**conversation.slots, slot.name: value}, 1.0)
    if _interrupts(faq, text) or conversation.asked >= _TRIES or slot.ask is None:
        return None
    return _ask(faq, conversation, intent, slot, conversation.slots, conversation.asked + 1)


def _interrupts(faq: ReadyFaq, text: str) -> bool:
    meant = _meant(faq, text)
    return meant.sure and meant.confidence >= _INTERRUPTS


def _confirmation(faq: ReadyFaq, conversation: Conversation, text: str) -> Reply | None:
    intent = faq.by_id.get(conversation.intent or "")
    if intent is None:
        return None
    if faq.cues.yes.fits(text) is not None:
        return _say(faq, conversation, intent, conversation.slots, 1.0)
    if faq.cues.no.fits(text) is not None or faq.cues.cancel.fits(text) is not None:
        return _plain(conversation, faq.faq.phrases.cancelled, Kind.CANCELLED)
    if _interrupts(faq, text) or conversation.asked >= _TRIES:
        return None
    again = conversation.model_copy(update={"turns": conversation.turns + 1, "asked": conversation.asked + 1})
    return Reply(faq.faq.phrases.yes_or_no, Kind.CONFIRMS, again, intent.id, intent.id, 1.0)


def _hand_over(faq: ReadyFaq, conversation: Conversation, text: str) -> Reply | None:
    for number, names in enumerate(faq.cues.ordinals):
        if text in names and number < len(conversation.offered):
            intent = faq.by_id.get(conversation.offered[number])
            return _go_on(faq, conversation, intent, {}, 1.0) if intent else None
    if faq.cues.yes.fits(text) is not None:
        phrase = faq.faq.phrases.handed_over
        after = _after(conversation, phrase)
        return Reply(phrase, Kind.HANDED_OVER, after, hand_over=conversation.question)
    if faq.cues.no.fits(text) is not None or faq.cues.cancel.fits(text) is not None:
        return _plain(conversation, faq.faq.phrases.understood, Kind.CANCELLED)
    return None


# --- a question -------------------------------------------------------------------------------------------------------


def _answer(faq: ReadyFaq, conversation: Conversation, utterance: str, text: str) -> Reply:
    meant = _meant(faq, text)
    further = _further(faq, conversation, text, meant)
    if further is not None:
        return further
    if not meant.sure or meant.best is None:
        return _decline(faq, conversation, utterance, meant)
    intent = faq.by_id[meant.best]
    slots = {slot.name: value for slot in intent.slots if (value := faq.value(intent.id, slot, utterance)) is not None}
    declared = {slot.name for slot in intent.slots}
    caught = {name: value if name in declared else faq.reflect(value) for name, value in meant.caught.items()}
    return _go_on(faq, conversation, intent, slots | caught, meant.confidence)


def _meant(faq: ReadyFaq, text: str) -> _Meant:
    fired = faq.fire(text)
    if fired is not None:
        return _Meant(fired.intent, 1.0, sure=True, caught=fired.caught)
    exact = faq.word_for_word(text)
    if exact is not None:
        return _Meant(exact, 1.0, sure=True)
    if faq.nearest is None:
        return _Meant(None, 0.0, sure=False)
    guess = faq.nearest.guess(text)
    near = tuple(faq.intents[number].id for number in guess.order[: SUGGESTIONS + len(faq.small_talk)])
    return _Meant(near[0], guess.confidence, guess.confidence >= faq.threshold, others=near)


def _further(faq: ReadyFaq, conversation: Conversation, text: str, meant: _Meant) -> Reply | None:
    """What follows where "and on Sunday?" goes on about the same: another value for one of its slots."""
    intent = faq.by_id.get(conversation.intent or "")
    if intent is None or meant.confidence == 1.0:
        return None
    further = faq.cues.further.fits(text)
    if further is None and (meant.sure or len(text.split()) > _SHORT):
        return None
    rest = text if further is None else further.get("rest", text)
    filled = {slot.name: value for slot in intent.slots if (value := faq.value(intent.id, slot, rest)) is not None}
    return _go_on(faq, conversation, intent, {**conversation.slots, **filled}, 1.0) if filled else None


def _decline(faq: ReadyFaq, conversation: Conversation, utterance: str, meant: _Meant) -> Reply:
    near = [name for name in meant.others if name not in faq.small_talk and faq.by_id[name].questions][:SUGGESTIONS]
    suggestions = tuple(Suggestion(name, faq.by_id[name].questions[0]) for name in near)
    phrases = faq.faq.phrases
    text = "\n".join([faq.faq.fallback, *([phrases.suggestions] if suggestions else []), phrases.hand_over_offer])
    after = _after(conversation, text, Expects.HAND_OVER).model_copy(
        update={"question": " ".join(utterance.split())[:1000], "offered": tuple(near)}
    )
    return Reply(text, Kind.DECLINED, after, None, meant.best, meant.confidence, suggestions)


# --- an intent, step by step ------------------------------------------------------------------------------------------


def _go_on(
    faq: ReadyFaq, conversation: Conversation, intent: Intent, slots: Mapping[str, str], confidence: float
) -> Reply:
    """Asks for what is missing, then for a yes where the file wants one, then answers."""
    for slot in intent.slots:
        if slot.name not in slots and slot.ask is not None:
            return _ask(faq, conversation, intent, slot, slots, 1, confidence)
    if intent.confirm is not None:
        text = _filled(faq, intent.confirm, slots)
        after = _after(conversation, text, Expects.CONFIRMATION, intent, slots)
        return Reply(text, Kind.CONFIRMS, after, intent.id, intent.id, confidence, slots=dict(slots))
    return _say(faq, conversation, intent, slots, confidence)


def _ask(
    faq: ReadyFaq,
    conversation: Conversation,
    intent: Intent,
    slot: Slot,
    slots: Mapping[str, str],
    asked: int,
    confidence: float = 1.0,
) -> Reply:
    text = _filled(faq, slot.ask or "", slots)
    after = _after(conversation, text, Expects.SLOT, intent, slots).model_copy(
        update={"slot": slot.name, "asked": asked}
    )
    return Reply(text, Kind.ASKS_SLOT, after, intent.id, intent.id, confidence, slots=dict(slots))


def _say(
    faq: ReadyFaq, conversation: Conversation, intent: Intent, slots: Mapping[str, str], confidence: float
) -> Reply:
    ways = intent.answers()
    by_value = [slot.answers[slots[slot.name]] for slot in intent.slots if slots.get(slot.name) in slot.answers]
    template = by_value[0] if by_value else ways[conversation.turns % len(ways)]
    text = _filled(faq, template, slots)
    if intent.follow_up is not None and not by_value:
        text += "\n" + _filled(faq, intent.follow_up, slots)
    kind = Kind.SMALL_TALK if intent.id in faq.small_talk else Kind.ANSWER
    # Small talk is no change of subject.
    after = (
        conversation.model_copy(update={"turns": conversation.turns + 1, "said": text, "expects": Expects.NOTHING})
        if kind is Kind.SMALL_TALK
        else _after(conversation, text, Expects.NOTHING, intent, slots)
    )
    return Reply(text, kind, after, intent.id, intent.id, confidence, actions=intent.actions, slots=dict(slots))


def _filled(faq: ReadyFaq, template: str, slots: Mapping[str, str]) -> str:
    """The template with its slots; the file's fallback where one of them is unknown."""
    return template.format_map(slots) if names_in(template) <= set(slots) else faq.faq.fallback


def _plain(conversation: Conversation, text: str, kind: Kind) -> Reply:
    return Reply(text, kind, _after(conversation, text))


def _after(
    conversation: Conversation,
    text: str,
    expects: Expects = Expects.NOTHING,
    intent: Intent | None = None,
    slots: Mapping[str, str] | None = None,
) -> Conversation:
    return Conversation(
        turns=conversation.turns + 1,
        expects=expects,
        intent=intent.id if intent else None,
        slots=dict(slots or {}),
        asked=1 if expects is Expects.CONFIRMATION else 0,
        said=text,
    )
