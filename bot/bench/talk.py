"""What people write below articles, made up: ordinary comments, rude ones among them, and texts meant to be slow."""

import random

RUDE = 0.15
"""Share of rude comments: news sites report 5 to 25 % that moderators take down."""

ATTACK = 20_000
"""Characters of a text that is meant to be slow."""

_OPENINGS = (
    "I read this twice and,Honestly,Sorry but,As someone who lives there,Thanks for the article,Well,"
    "My sister says that,For years now,In 2019,Let me get this straight:,Does anybody know whether,It seems to me that,"
    "Yesterday,With all due respect,Not sure,@Martin,To be fair,Once again,Wow,I don't understand why"
).split(",")
_MIDDLES = (
    "the new timetable makes no sense for people who work late,the council never answered our letters,"
    "nobody told the shops about the roadworks,the photos are beautiful and the text is even better,"
    "it's the third time that they've changed the plan,this costs us about $1,you can't compare the two cities,"
    "the old library had more books and better coffee,they should have asked the teachers first,"
    "my kids love the playground next to the river,half of the numbers in paragraph 3 are wrong,"
    "I would rather pay for good schools than for another bridge,the bus was late again and nobody apologised,"
    "the author has obviously never been to the north of the country,you have to see it for yourself,"
    "we will be happy when the noise ends at last,there is a much simpler explanation,that was a terrible decision,"
    "the service at the station is friendly and quick,it depends on what you're looking for"
).split(",")
_ENDS = (
    ".|!|?|. Just my opinion.| 👍|. See https://example.org/plans/2024 for the map.|... again.|, but who knows.|!!|"
    ". Great work|. I'm really disappointed|. Can't wait to try it :)| and that's that.|. It won't get better| lol|"
    ". Has anyone asked the drivers?|. Shame|; I hope it works out.| (page 12).|. WHY NOT?"
).split("|")
_RUDE = (
    "You are an idiot and everybody here knows it|What a load of crap|Shut up, you stupid moron|"
    "Go to hell with your taxes|"
    "this is fucking ridiculous|only a complete loser would write such garbage|YOU MAKE ME SICK|"
    "you people are pathetic|"
    "I hope you choke on it, you f*cking clown|nobody asked you, dumbass|Get lost, you disgusting liar|"
    "somebody should punch that a$$hole in the face|these morons in the council are all corrupt bastards|bullsh1t"
).split("|")


def comments(many: int, seed: int = 1) -> list[tuple[str, bool]]:
    """The same comments in every run, and whether each is rude; they have 170 characters in the mean."""
    chance = random.Random(f"talk {seed}")
    rude = [number < RUDE * many for number in range(many)]
    chance.shuffle(rude)
    return [(_comment(chance, rude=one), one) for one in rude]


def _comment(chance: random.Random, *, rude: bool) -> str:
    (long,) = chance.choices(range(1, 6), (30, 30, 20, 12, 8))
    sentences = [_sentence(chance) for _ in range(long)]
    if rude:
        sentences[chance.randrange(long)] = chance.choice(_RUDE) + chance.choice("..!!?") * chance.randint(1, 3)
    return " ".join(sentences)


def _sentence(chance: random.Random) -> str:
    said = f"{chance.choice(_OPENINGS)} {chance.choice(_MIDDLES)}{chance.choice(_ENDS)}"
    return said.lower() if chance.random() < 0.1 else said


def ordinary(characters: int) -> str:
    """An ordinary text of that length: comment after comment, rude ones among them."""
    return "\n".join(text for text, _ in comments(1 + characters // 20))[:characters]


def attacks(size: int = ATTACK) -> dict[str, str]:
    """Texts of `size` characters (emoji: half as many) that look for something slow, by what they are made of."""
    chance = random.Random("attacks")
    parts = {name: _repeated(part, size) for name, part in _PARTS.items()}
    letters = "abcdefghijklmnopqrstuvwxyz"
    return parts | {
        "one word": "".join(chance.choices(letters, k=size)),
        "emoji": "😀" * (size // 2),
        "mixed emoji": _repeated("😀❤️👨‍👩‍👧🇩🇪🖕🏽", size // 2),
        "zalgo": "".join(letter + _marks(chance, 9) for letter in _repeated("you are an idiot ", size // 10)),
        "nested tags": _repeated("<blockquote>", size // 2) + _repeated("</blockquote>", size // 2),
        "one link": "http://" + _repeated("a.com/", size - 7),
    }


_PARTS = {
    "one letter": "a",
    "nested quotes": "> > > \"'“‘„«",
    "quoted speech": '"he said \'she said "they said ',
    "links": "http://example.com/a?b=c ",
    "short links": "bit.ly/2a ",
    "addresses": "me@example.com ",
    "telephone numbers": "+1 234 567 890 ",
    "prices": "$5 ",
    "tags": "<b><i class=\"a\" href='b'>x</i><br/>",
    "tags left open": "<a href='",
    "angle brackets": "<",
    "comments left open": "<!--",
    "entities": "&amp;lt;&#65;",
    "scripts in turns": "aбcдeжgз ",
    "Cyrillic look-alikes": "ѕhіt ",
    "ligatures": "ﬁ…",
    "kana with marks": "か\u3099",
    "joiners": "a\u200bb\u200d",
    "mathematical letters": "𝐟𝐮𝐜𝐤 ",
    "spelt apart": "f u c k ",
    "dots between letters": "a.",
    "digits for letters": "1d10t sh1t ",
    "stars for letters": "f**k s#!t ",
    "drawn out": "soooo baaad ",
    "insults": "you fucking idiot ",
    "words with a valence": "good bad ",
    "negations": "no good but never ",
    "capitals": "I HATE YOU ",
    "signs": "!?",
    "emoji in words": "😀a",
    "lines": "a\n",
    "apostrophes": "a'",
}


def _repeated(part: str, size: int) -> str:
    return (part * (size // len(part) + 1))[:size]


def _marks(chance: random.Random, many: int) -> str:
    return "".join(chr(chance.randrange(0x300, 0x36F)) for _ in range(many))


def tokens(text: str) -> int:
    """At least so many pieces BERT's WordPiece makes of a text: one for each word and sign, and one at either end."""
    return 2 + len("".join(letter if letter.isalnum() else f" {letter} " for letter in text).split())
