"""Undoes what writers do to a word so that a filter misses it and a reader does not.

Look-alike letters (Cyrillic `а` for `a`), letters spelt with digits and signs (`1d10t`, `$hit`), letters starred out
(`f**k`), spelt apart (`i.d.i.o.t`, `f u c k`), broken by a sign (`sh.it`) or drawn out (`idiooooot`). Numbers, prices,
times, versions, addresses and units are no disguise and stay as they are; so does writing in other scripts.
"""

import re
import unicodedata
from functools import lru_cache
from importlib.resources import files
from string import ascii_lowercase

from anyascii import anyascii

from sentiment.shadow import GAP, Shadow


def fold(plain: Shadow) -> Shadow:
    """The folded view of a plain one: lower case, Latin letters without accents, disguises undone."""
    text = plain.text.lower() if plain.text.isascii() else plain.text.translate(_BARE)
    closed = text if text.isascii() else _closed(text)
    folded = plain.respelled(_unmasked(_joined(closed))).without_gaps()
    return folded.respelled(_DRAWN_OUT.sub(_shortened, folded.text)).without_gaps()


# --- letters that look like other letters -----------------------------------------------------------------------------


def _table(letters: dict[str, str]) -> dict[int, str]:
    return {ord(alike): latin for latin, look_alikes in letters.items() for alike in look_alikes}


# Letters that most typefaces draw exactly like a Latin one.
_TWINS = _table(
    {"a": "аα", "c": "сϲ", "d": "ԁ", "e": "е", "h": "һհ", "i": "іι", "j": "јϳ", "l": "ӏ", "n": "ո", "o": "оοօ"}
    | {"p": "рρ", "q": "ԛզ", "s": "ѕ", "u": "սυ", "v": "ѵν", "w": "ԝա", "x": "хχ", "y": "уүγ"}
    | {"A": "АΑᎪ", "B": "ВΒᏴ", "C": "СᏟϹ", "D": "Ꭰ", "E": "ЕΕᎬ", "G": "ԌᏀ", "H": "НΗᎻ", "I": "ІΙӀ", "J": "ЈᎫ"}
    | {"K": "КΚᏦ", "L": "Ꮮ", "M": "МΜᎷ", "N": "Ν", "O": "ОΟՕ", "P": "РΡᏢ", "R": "Ꭱ", "S": "ЅՏᏚ", "T": "ТΤᎢ", "W": "ԜᎳ"}
    | {"X": "ХΧ", "Y": "ҮΥ", "Z": "ΖᏃ"}
)
# Letters that pass for a Latin one inside an otherwise Latin word.
_LIKENESSES = _TWINS | _table(
    {"a": "άДΔ", "b": "бвъьβ", "d": "δ", "e": "эєёεέξΣЭ", "g": "ցԍ", "h": "нђћ", "i": "їίϊΐ", "k": "кκ", "m": "м"}
    | {"n": "пηήИПийлΠ", "o": "өθσόфФΘΦ", "r": "гґЯяГ", "s": "ς", "t": "тτ", "u": "цμύϋΰЦ", "w": "шщωώψШЩ"}
    | {"x": "ж", "y": "Уўчλ", "z": "зЗ"}
)

_FOREIGN = "\u0370-\u03ff\u0400-\u052f\u0531-\u0587\u13a0-\u13ff\u1f00-\u1fff"
_FOREIGN_LETTER = re.compile(f"[{_FOREIGN}]")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f]")
_WORD = re.compile(r"\w+")


def unify_scripts(text: str) -> str:
    """The same number of characters, with look-alikes written in Latin where they stand for Latin letters.

    A word is rewritten if it mixes Latin with Greek, Cyrillic, Armenian or Cherokee letters, or if it consists of exact
    twins only and the text round it is Latin. Words wholly in one other script stay.
    """
    foreign = len(_FOREIGN_LETTER.findall(text))
    if not foreign:
        return text
    mostly_latin = len(_LATIN_LETTER.findall(text)) > foreign
    return _WORD.sub(lambda found: _latin(found[0], mostly_latin=mostly_latin), text)


def _latin(word: str, *, mostly_latin: bool) -> str:
    strangers = _FOREIGN_LETTER.findall(word)
    if not strangers or len(word) == 1:
        return word
    if _LATIN_LETTER.search(word):
        known = all(ord(letter) in _LIKENESSES for letter in strangers)
        return word.translate(_LIKENESSES) if mostly_latin or known else word
    twins = mostly_latin and all(ord(letter) in _TWINS for letter in strangers)
    return word.translate(_TWINS) if twins else word


class _Bare(dict[int, str]):
    """Code point -> the character in lower case, without accents if it is Latin; filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        lower = character.lower()
        base = unicodedata.normalize("NFD", lower)[0]
        if base.isascii():
            bare = base
        elif "LATIN" in unicodedata.name(character, ""):
            spelt = anyascii(lower).lower()
            bare = spelt if len(spelt) == 1 else lower[0]
        else:
            bare = lower[0]
        self[code] = bare
        return bare


_BARE = _Bare()

# --- words that are disguised often enough to be known by name --------------------------------------------------------

_ROOTS = (
    "anal anus arse ass asshat bastard bitch blowjob bollocks bullshit clit cock coon crap cum cunt dago dick "
    "dickhead dildo dipshit dumbass dyke faggot fag fuck fatass goddamn gook handjob horny idiot imbecile jackass "
    "jerk kike kill kys leet loser moron motherfuck nazi negro nigga nigger noob nude orgasm paki penis piss porn "
    "prick pussy queer rape rapist retard scum sex shit skank slag slut spastic spic stupid suck terrorist tit "
    "titties tosser tranny trash troll twat ugly vagina viagra wank wetback whore"
)
_ENDING = "s|es|ed|er|ers|ing|in|y|ty|ting|ted|holes?|heads?|faces?|bags?|ass|wits?|t?ards?|ish|able"
_KNOWN = re.compile(rf"(?:{'|'.join(sorted(_ROOTS.split(), key=len, reverse=True))})(?:{_ENDING})?")


def _judging() -> frozenset[str]:
    """Words of four letters and more that VADER knows to judge: whoever hides a word hides one that judges."""
    lexicon = (files("corpora") / "lexicon" / "vader_lexicon.txt").read_text("utf-8")
    words = (line.partition("\t")[0] for line in lexicon.splitlines())
    return frozenset(word for word in words if len(word) >= 4 and word.isascii() and word.isalpha())


_JUDGING = _judging()
_MORE = frozenset(
    "clown clowns freak freaks garbage hypocrite hypocrites imbecile imbeciles killed killing pervert perverts rapists "
    "scumbag scumbags shite vermin".split()
)


def _is_hidden_word(letters: str) -> bool:
    """Would somebody hide it?"""
    return letters in _JUDGING or letters in _MORE or _KNOWN.fullmatch(letters) is not None


# --- pictures inside a word -------------------------------------------------------------------------------------------

_PICTURE = "\u2190-\u27bf\u2b00-\u2bff\U0001f000-\U0001fbff"
_INTERRUPTED = re.compile(rf"(?<![a-z])[a-z]+(?:[{_PICTURE}{GAP}]+[a-z]+)+")
_BETWEEN = re.compile(rf"[{_PICTURE}]")


def _closed(text: str) -> str:
    """The same number of characters, with gaps for pictures inside a word that somebody would hide."""
    return _INTERRUPTED.sub(_without_pictures, text) if _BETWEEN.search(text) else text


def _without_pictures(found: re.Match[str]) -> str:
    closed = _BETWEEN.sub(GAP, found[0])
    return closed if _is_hidden_word(closed.replace(GAP, "")) else found[0]


# --- letters spelt with digits and signs, starred out or broken -------------------------------------------------------

_SIGN = r"0-9@$!|+*#%&^~_.\-€£¡"
# Possessive from the start of a token, so that every character is looked at once; not after what stands in addresses.
_SUSPECT = re.compile(
    rf"(?<![a-z/:=?&\\{_SIGN}])(?:[a-z]*+[{_SIGN}]++[a-z]|[a-z]++[*$@]|(?:[a-z]{{2,}}+|[a-z][0134578]{{2}})[0134578])"
    rf"[a-z{_SIGN}]*+(?![:/@]\w)"
)
# What every suspect has; found, or not found, in a fifth of the time.
_SIGNED = re.compile(rf"[{_SIGN}](?:[a-z]|(?<=[*$@])|(?<=[a-z][0134578]))")
_LONGEST = 40
_OPENING = "#*._~-"
_CLOSING = "!|+#%&^~_.-"
_FILLERS = {ord(sign): GAP for sign in "|+*#%&^~_.-!"}
_READINGS = tuple(
    _FILLERS | str.maketrans("01345789@$€£¡!|+", f"o{one}eastbgas" + f"eli{bar}{bar}t")
    for one, bar in (("i", "i"), ("l", "l"), ("i", GAP))
)
_HIDDEN_LETTER = re.compile(r"[*#%&^~_@$!\-]")
# 10am, 2.5k, 1990s, v1.2b, mp3s, h264, 3d, $5bn: numbers with a unit or a name, not letters.
_NUMBERISH = re.compile(
    r"[@$€£]?[\d.,]+[a-z]{0,3}|[a-z]{1,3}(?!0[a-z])\d+[a-z]{0,2}|.*(?:\d\.\d|[689]|[a-z]2|2[a-z]).*|.*(\d)(?!\1)\d.*"
)
# Between two longer words (rock4ever, list1item) a digit is a digit; "0" and "$" hardly ever are.
_SPELT = re.compile(
    r"(?<=[a-z])(?:[0$]{1,2}|(?<![a-z]{3})[13457]{1,2}|[13457]{1,2}(?![a-z]{3}))(?=[a-z])"
    r"|(?:(?<=\b[a-z])|(?<=\b[a-z]{2}))@(?=[a-z]{1,3}\b)"
)
_ACCOUNT = re.compile(r"@|.*@.*\.")
_SPELLING = str.maketrans("013457$@", "oieastsa")


def _unmasked(text: str) -> str:
    """The same number of characters, with disguised words as readers read them and filling signs as gaps."""
    if not _SIGNED.search(text):
        return text
    return _SUSPECT.sub(lambda found: _word_behind(found[0]) if len(found[0]) <= _LONGEST else found[0], text)


@lru_cache(maxsize=4096)
def _word_behind(token: str) -> str:
    opening = token[: len(token) - len(token.lstrip(_OPENING))]
    core = token[len(opening) :].rstrip(_CLOSING + "*" if "*" in opening else _CLOSING)
    closing = token[len(opening) + len(core) :]
    if core.isalpha():
        return token
    for reading in _READINGS:
        letters = core.translate(reading)
        if _is_hidden_word(letters.replace(GAP, "")):
            return opening + letters + closing
    starred_out = _starred(core)
    if starred_out:
        return opening + starred_out + closing
    if _NUMBERISH.fullmatch(core) or _ACCOUNT.match(core) or sum(map(str.isalpha, core)) < 3:
        return token
    return _SPELT.sub(lambda found: found[0].translate(_SPELLING), token)


_STARRED_OUT = (
    "fuck fucked fucker fuckers fucking fuckin fuckhead motherfucker motherfuckers motherfucking shit shits "
    "shitty shitting shithead bullshit horseshit dipshit bitch bitches bitching cunt cunts ass asses asshole "
    "assholes dick dicks dickhead dickheads cock cocks cocksucker pussy pussies nigger niggers nigga niggas "
    "faggot faggots fag fags whore whores slut sluts bastard bastards damn goddamn retard retards retarded crap "
    "piss pissed twat twats wanker wankers prick pricks idiot idiots moron morons stupid porn rape raped rapist "
    "sex kill tits hell arsehole arse penis"
)
"""Words that are often printed with stars, those that share a shape in order of frequency."""
_BY_SHAPE: dict[tuple[int, str], list[str]] = {}
for _word in _STARRED_OUT.split():
    _BY_SHAPE.setdefault((len(_word), _word[0]), []).append(_word)


def _starred(token: str) -> str | None:
    """The known word that fits what is left of a starred-out one, the commonest first; None where none does."""
    hidden = len(_HIDDEN_LETTER.findall(token))
    if not hidden or len(token) < 3:
        return None
    for word in _BY_SHAPE.get((len(token), token[0]), ()):
        if all(seen == letter or _HIDDEN_LETTER.match(seen) for seen, letter in zip(token, word, strict=True)):
            return word
    return None


# --- words spelt apart ------------------------------------------------------------------------------------------------

# The end of every such word, which hardly any other text has.
_LAST_APART = re.compile(r"([ ._*~|/\\-])[a-z0-9$@!*]\1[a-z0-9$@!*](?!\w)")
_APART = re.compile(r"(?<!\w)[a-z0-9$@](?=([ ._*~|/\\-]))(?:\1[a-z0-9$@!*]){2,}(?!\w)")


def _joined(text: str) -> str:
    """The same number of characters, with the separators inside a word that is spelt apart as gaps."""
    return _APART.sub(_together, text) if _LAST_APART.search(text) else text


def _together(found: re.Match[str]) -> str:
    written, separator = found[0][::2], found[1]
    letters = written.translate(_READINGS[0])
    disguised = sum(map(str.isalpha, written)) >= 2 and _KNOWN.search(letters.replace(GAP, ""))
    spelt_out = written.isalpha() and separator != "*" and not (separator == " " and _CHAT_WORDS.issuperset(written))
    return GAP.join(letters) if disguised or spelt_out else found[0]


_CHAT_WORDS = frozenset("iuranbcyo")
"""Single letters that are words of their own: "r u a"."""

# --- words drawn out --------------------------------------------------------------------------------------------------

# Faster than \1{2,}, and every comment is searched for it.
_DRAWN_OUT = re.compile(r"([a-z])\1\1\1*")
_THRICE = frozenset({"kkk", "www", "xxx"})
"""What stands three in a row on purpose."""
_WINDOW = 12
_LETTERS = re.compile(r"[a-z]+")
_SPELT_WITH_TWO = (
    "aggress all annoy apple arrog ass asshole ball bee been beer bell bigger biggest bitter bless blood "
    "bloody boo boob book boss bother bottom bull butt call cheer coffee cool coon creep cross deep diff door "
    "dress dull ease eff effort egg faggot fall fee feel feet fell fill food fool foot free full funny giggle "
    "gimme girl glass god good goof goose greed green grass gross guess hall happy hate hell hello hill hood "
    "hook horr hurry ill jeez kiss keen keep kill knee less little look loose loss lottery mall mass "
    "matter meet mess miss mommy mood moon moron need nigga nigger noob ooo pass pee piss pizza poo pool poop "
    "poor pretty pull pussy really roll room root rubbish sass see seed seek seem seen sell sheep shoot "
    "shitty silly sleep small smell smooth soon sorry speed spell steel still stuff suck suffer summer sweet "
    "swallow tall teen tell terr three titt too took tool toss tree troll ugly umm wall weed week well will "
    "wood woohoo worry yell yellow yummy zoo"
)
"""Beginnings of words with a letter that is doubled in their ordinary spelling."""
_DOUBLED = frozenset(_SPELT_WITH_TWO.split())


def _shortened(found: re.Match[str]) -> str:
    """One letter for a drawn-out one, or two where the word is spelt with two."""
    letter, length = found[1], len(found[0])
    begin, end = found.span()
    stem = _last_letters(found.string[max(0, begin - _WINDOW) : begin])
    ending = _LETTERS.match(found.string, end, end + _WINDOW)
    if not stem and not ending and letter * 3 in _THRICE:
        kept = 3
    else:
        kept = 2 if _spelt_with_two(stem, letter, ending[0] if ending else "") else 1
    return letter * kept + GAP * (length - kept)


def _last_letters(text: str) -> str:
    return text[len(text.rstrip(ascii_lowercase)) :]


@lru_cache(maxsize=4096)
def _spelt_with_two(stem: str, letter: str, ending: str) -> bool:
    word = stem + 2 * letter + _DRAWN_OUT.sub(r"\1", ending)
    return any(word[:size] in _DOUBLED for size in range(len(stem) + 2, len(word) + 1))
