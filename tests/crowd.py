"""Comments as sites get them: praise, quarrels, spam, emoji, markup, disguises and long letters, from many authors."""

from collections.abc import Iterator
from itertools import cycle, islice
from random import Random

_OPENINGS = ("Honestly,", "As a reader from Leeds,", "Sorry but", "@editor", "Lol", "To be fair,", "Ich finde,", "")
_MATTERS = (
    "the council should have listened to the shopkeepers before closing the road",
    "this recipe worked better with half the sugar and a pinch of salt",
    "the second goal was offside and everybody in the stadium saw it",
    "my bus was late again, third time this week",
    "I disagree with the conclusion, the numbers in paragraph two do not add up",
    "thank you for explaining the tax change so clearly",
    "the photo is lovely, where was it taken?",
    "die Schule braucht endlich neue Fenster",
)
_ENDINGS = (
    ".",
    "!!!",
    " 😀",
    " 😡😡",
    " <b>really</b>",
    " &amp; that is that",
    "\n\nJust my two cents.",
    "?",
    " ¯\\_(ツ)_/¯",
)
_QUARRELS = (
    "You are a stupid idiot, shut up",
    "what a pathetic moron you are",
    "Go to hell you disgusting piece of shit",
    "only a complete 1d10t would write this",
    "shut up you f*cking clown",
)
_ADVERTS = (
    "Earn $5000 a week from home! http://cash.example http://win.example http://now.example",
    "CHECK OUT my channel and subscribe!!! www.sub.example www.sub2.example www.sub3.example",
)


def comments(count: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """So many bodies for POST /v1/comments, all different; about one in ten is a quarrel or an advertisement."""
    chance = Random(seed)
    for number, matter in enumerate(islice(cycle(_MATTERS), count)):
        if number % 12 == 5:
            text = f"{chance.choice(_QUARRELS)} ({number})"
        elif number % 40 == 7:
            text = f"{chance.choice(_ADVERTS)} {number}"
        else:
            text = f"{chance.choice(_OPENINGS)} {matter}{chance.choice(_ENDINGS)} #{number}"
        if number % 100 == 50:
            text = f"{text} " * 150
        yield {"thread": f"article-{number % 7}", "author": f"reader-{number % 60}", "text": text}
