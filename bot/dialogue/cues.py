"""Yes, no, and the other short things that only mean something after what was said before; by language, as data."""

from dataclasses import dataclass
from typing import Final

from bot.dialogue.patterns import Pattern, compile_pattern


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns for a whole plain utterance. `correction` and `further` catch what follows as `rest`."""

    yes: Pattern
    no: Pattern
    cancel: Pattern
    repeat: Pattern
    correction: Pattern
    further: Pattern
    ordinals: tuple[tuple[str, ...], ...]
    reflections: dict[str, str]


_ENGLISH: Final = Cues(
    yes=compile_pattern(
        r"(?:yes|yeah|yep|yup|y|sure|ok|okay|of course|go ahead|please do|do it|correct|right|exactly|absolutely)"
        r"(?:[ ,]+(?:please|thanks|thank you|do it|go ahead|do that|i do|i am|sure|it is))*"
    ),
    no=compile_pattern(
        r"(?:no|nope|nah|n|not really|rather not|don't|do not|better not|no way|none|none of (?:them|these|those))"
        r"(?:[ ,]+(?:thanks|thank you|please|don't|not now|i don't|it's fine))*"
    ),
    cancel=compile_pattern(
        r"(?:never ?mind|cancel(?: (?:that|it|this))?|stop|forget (?:it|about it|that)|leave it|abort)(?: please)?"
    ),
    repeat=compile_pattern(
        r"(?:(?:please |can you |could you )?(?:repeat|say)(?: (?:that|it|this))?(?: again| once more)?(?: please)?"
        r"|come again|pardon(?: me)?|what did you (?:just )?say|what was that|once more(?: please)?|again please)"
    ),
    correction=compile_pattern(
        r"(?:no|nope|sorry|wait|actually)?[ ,.!-]*(?:i (?:actually )?(?:meant|mean|wanted)(?: to (?:say|ask))?|"
        r"that's not what i (?:meant|asked)|not that|what i meant (?:was|is))[ ,.:-]*(?P<rest>.*)"
    ),
    further=compile_pattern(r"(?:and|what about|how about|and what about|and how about|but|also|or)[ ,]+(?P<rest>.+)"),
    ordinals=(
        ("1", "one", "first", "the first", "the first one", "number 1", "first one"),
        ("2", "two", "second", "the second", "the second one", "number 2", "second one"),
        ("3", "three", "third", "the third", "the third one", "number 3", "third one", "the last one"),
    ),
    reflections={
        "i am": "you are",
        "i was": "you were",
        "i'm": "you are",
        "i'd": "you would",
        "i've": "you have",
        "i'll": "you will",
        "i": "you",
        "my": "your",
        "mine": "yours",
        "me": "you",
        "myself": "yourself",
        "you are": "I am",
        "you were": "I was",
        "you're": "I am",
        "you've": "I have",
        "you'll": "I will",
        "your": "my",
        "yours": "mine",
        "you": "me",
        "yourself": "myself",
    },
)

_GERMAN: Final = Cues(
    yes=compile_pattern(
        r"(?:ja|jawohl|klar|gerne?|ok|okay|sicher|genau|richtig|natürlich)(?:[ ,]+(?:bitte|gerne?|danke|genau))*"
    ),
    no=compile_pattern(r"(?:nein|nö|nee|nicht|lieber nicht|keine?s?(?: davon)?)(?:[ ,]+(?:danke|bitte|nicht))*"),
    cancel=compile_pattern(r"(?:abbrechen|abbruch|vergiss es|egal|stopp?|lass es|schon gut)"),
    repeat=compile_pattern(
        r"(?:(?:bitte )?(?:noch ?mal|wiederhole(?:n)?(?: das)?)(?: bitte)?|wie bitte|was hast du gesagt)"
    ),
    correction=compile_pattern(
        r"(?:nein|sorry|moment)?[ ,.!-]*(?:ich meinte?|das meinte ich nicht)[ ,.:-]*(?P<rest>.*)"
    ),
    further=compile_pattern(r"(?:und|was ist mit|wie ist es mit|und was ist mit|oder|auch)[ ,]+(?P<rest>.+)"),
    ordinals=(
        ("1", "eins", "das erste", "die erste", "erste"),
        ("2", "zwei", "das zweite", "die zweite", "zweite"),
        ("3", "drei", "das dritte", "die dritte", "dritte"),
    ),
    reflections={
        "ich bin": "du bist",
        "ich": "du",
        "mein": "dein",
        "meine": "deine",
        "mir": "dir",
        "mich": "dich",
        "du bist": "ich bin",
        "du": "ich",
        "dein": "mein",
        "deine": "meine",
        "dir": "mir",
        "dich": "mich",
    },
)

_SPANISH: Final = Cues(
    yes=compile_pattern(
        r"(?:sí|si|claro|vale|ok|de acuerdo|por supuesto|exacto|correcto)(?:[ ,]+(?:por favor|gracias|claro))*"
    ),
    no=compile_pattern(r"(?:no|mejor no|ninguna?(?: de ellas| de ellos)?)(?:[ ,]+(?:gracias|por favor))*"),
    cancel=compile_pattern(r"(?:cancelar|cancela|olvídalo|olvidalo|déjalo|dejalo|para)"),
    repeat=compile_pattern(
        r"(?:(?:por favor )?(?:repite|repítelo|repitelo|otra vez)(?: por favor)?|cómo dices|qué has dicho)"
    ),
    correction=compile_pattern(
        r"(?:no|perdón|espera)?[ ,.!-]*(?:quería decir|quise decir|me refería a)[ ,.:-]*(?P<rest>.*)"
    ),
    further=compile_pattern(r"(?:y|qué hay de|y qué hay de|y si|o|también)[ ,]+(?P<rest>.+)"),
    ordinals=(
        ("1", "uno", "el primero", "la primera", "primera"),
        ("2", "dos", "el segundo", "la segunda", "segunda"),
        ("3", "tres", "el tercero", "la tercera", "tercera"),
    ),
    reflections={"yo soy": "tú eres", "yo": "tú", "mi": "tu", "mis": "tus", "me": "te", "tu": "mi", "tus": "mis"},
)

_FRENCH: Final = Cues(
    yes=compile_pattern(
        r"(?:oui|ouais|bien sûr|d'accord|ok|volontiers|exact|exactement)(?:[ ,]+(?:merci|s'il (?:te|vous) plaît))*"
    ),
    no=compile_pattern(r"(?:non|plutôt pas|aucune?(?: de ceux-là)?)(?:[ ,]+(?:merci))*"),
    cancel=compile_pattern(r"(?:annuler|annule|laisse tomber|laissez tomber|oublie|stop|tant pis)"),
    repeat=compile_pattern(
        r"(?:(?:peux-tu |pouvez-vous )?(?:répéter|répète|répétez)(?: s'il (?:te|vous) plaît)?|pardon|encore une fois)"
    ),
    correction=compile_pattern(r"(?:non|pardon|attends)?[ ,.!-]*(?:je voulais dire|je veux dire)[ ,.:-]*(?P<rest>.*)"),
    further=compile_pattern(r"(?:et|et pour|qu'en est-il de|et si|ou|aussi)[ ,]+(?P<rest>.+)"),
    ordinals=(
        ("1", "un", "le premier", "la première", "première"),
        ("2", "deux", "le deuxième", "la deuxième", "deuxième"),
        ("3", "trois", "le troisième", "la troisième", "troisième"),
    ),
    reflections={"je suis": "tu es", "je": "tu", "mon": "ton", "ma": "ta", "mes": "tes", "moi": "toi", "ton": "mon"},
)

_BY_LANGUAGE: Final = {"en": _ENGLISH, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH}


def cues_of(language: str) -> Cues:
    """English ones for a language that has none of its own."""
    return _BY_LANGUAGE.get(language, _ENGLISH)
