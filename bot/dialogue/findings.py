"""What is wrong with a well-formed FAQ: rules in each other's way, patterns that fit nothing, questions twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.dialogue.nearest import Checked
from bot.dialogue.rules import ReadyFaq, said


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to change, as a sentence, and the intent that it is about."""

    intent: str
    sentence: str


@dataclass(frozen=True, slots=True)
class IntentFigures:
    """Of an intent's questions, each answered by the rules or by a model that has not seen it.

    `questions` were asked, `right` had this intent as the likeliest, `alone` of them for the model without rules,
    `declined` were below the threshold; `mistaken_for` is the intent that was taken instead most often.
    """

    intent: str
    questions: int
    right: int
    alone: int
    declined: int
    mistaken_for: str | None


def findings(faq: ReadyFaq) -> list[Finding]:
    """In the order of the file."""
    return [*_questions_twice(faq), *_rules_in_the_way(faq), *_patterns_twice(faq), *_dead_patterns(faq)]


def answered(faq: ReadyFaq, unseen: Sequence[Checked]) -> list[Checked]:
    """Each question of the file, as the rules answer it, or else the model as in `ReadyFaq.unseen`."""
    numbers = {intent.id: number for number, intent in enumerate(faq.intents)}
    found = []
    for one in unseen:
        fired = faq.fire(said(faq.asked[one.question][0]))
        found.append(one if fired is None else replace(one, guess=numbers[fired.intent], confidence=1.0))
    return found


def figures(faq: ReadyFaq, unseen: Sequence[Checked]) -> list[IntentFigures]:
    """One for each intent that has questions to learn from and to be asked."""
    by_truth: dict[int, list[tuple[Checked, Checked]]] = {}
    for alone, together in zip(unseen, answered(faq, unseen), strict=True):
        by_truth.setdefault(alone.truth, []).append((alone, together))
    return [_figures(faq, number, by_truth[number]) for number in sorted(by_truth)]


def _figures(faq: ReadyFaq, number: int, guesses: Sequence[tuple[Checked, Checked]]) -> IntentFigures:
    wrong = [together.guess for _, together in guesses if together.guess != number]
    most = max(sorted(set(wrong)), key=wrong.count) if wrong else None
    return IntentFigures(
        intent=faq.intents[number].id,
        questions=len(guesses),
        right=len(guesses) - len(wrong),
        alone=sum(alone.guess == number for alone, _ in guesses),
        declined=sum(together.confidence < faq.threshold for _, together in guesses),
        mistaken_for=None if most is None else faq.intents[most].id,
    )


def _questions_twice(faq: ReadyFaq) -> Iterator[Finding]:
    first: dict[tuple[str, ...], tuple[str, str]] = {}
    for intent in faq.intents:
        for question in intent.questions:
            key = faq.words.of(question)
            known = first.setdefault(key, (intent.id, question))
            if known != (intent.id, question):
                other, like = known
                where = "has it already" if other == intent.id else f"{other} has it too"
                yield Finding(intent.id, f"The question “{question}” is the same as “{like}”; {where}. Keep one.")
            elif intent.questions.count(question) > 1:
                yield Finding(intent.id, f"The question “{question}” is there more than once. Keep one.")


def _rules_in_the_way(faq: ReadyFaq) -> Iterator[Finding]:
    for intent in faq.intents:
        for question in intent.questions:
            fired = faq.fire(said(question))
            if fired is not None and fired.intent != intent.id:
                yield Finding(
                    intent.id,
                    f"The question “{question}” is answered by a pattern of {fired.intent}. Narrow the pattern.",
                )


def _patterns_twice(faq: ReadyFaq) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for rule in faq.rules:
        known = first.setdefault(rule.pattern.source, rule.intent)
        if known != rule.intent:
            yield Finding(
                rule.intent, f"The pattern {rule.pattern.source} is never reached: {known} has it and comes first."
            )


def _dead_patterns(faq: ReadyFaq) -> Iterator[Finding]:
    """A pattern is alive where it fits a question of its intent, with or without its question mark."""
    for rule in faq.rules:
        asked = faq.by_id[rule.intent].questions
        if asked and not any(rule.pattern.fits(said(question)) is not None for question in asked):
            yield Finding(
                rule.intent,
                f"The pattern {rule.pattern.source} fits none of the intent's questions. Add one that it is for.",
            )
