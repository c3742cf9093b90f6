"""Where a text would take its reader: addresses, numbers, sums of money, and what kind of link a link is.

Advertising lives from being reached, whatever words it uses. Everything here takes time linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What was found. The numbers are those of features: never change one, add behind the last."""

    EMAIL = 0
    PHONE = 1
    PRICE = 2
    SHORT_LINK = 3
    """A link that hides where it leads."""
    VIDEO_LINK = 4
    OFFICIAL_LINK = 5
    CHEAP_LINK = 6
    """A link to a top-level domain that costs next to nothing."""
    COM_LINK = 7
    COUNTRY_LINK = 8
    OTHER_LINK = 9
    REFERRAL_LINK = 10
    """A link that tells who sent the reader; it is of its domain's kind as well."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The characters [begin, end)."""

    kind: Kind
    begin: int
    end: int


_SHORTENERS = frozenset(
    "adf.ly adfoc.us bc.vc bit.do bit.ly bitly.com bl.ink buff.ly clck.ru cutt.ly dlvr.it goo.gl hyperurl.co "
    "is.gd j.mp kutt.it linkbucks.com ouo.io ow.ly qr.ae rb.gy rebrand.ly rotf.lol s.id sh.st shhort.com "
    "short.gy short.io shorte.st shorturl.at smarturl.it snip.ly soo.gd t.ly t2m.io tiny.cc tiny.one "
    "tinyurl.com trib.al u.to urlz.fr v.gd vk.cc waa.ai x.co".split()
)
_OFFICIAL = frozenset("edu gov int mil museum org".split())
_CHEAP = frozenset(
    "bid biz buzz cc cf click club fun ga gq icu info link live loan ml online pw shop site space store tk top vip "
    "website win work ws xyz".split()
)

_CURRENCY = "dollars?|pounds?|euros?|bucks|[Uu][Ss][Dd]|[Ee][Uu][Rr]|[Gg][Bb][Pp]"
# No contact is without one of these, and most comments are: they are done with in a tenth of the time.
_HINT = re.compile(rf"[0-9@$£€¥₹](?:(?<=[@$£€¥₹])|[0-9 ()-]{{6}}| ?(?:[$£€¥₹]|{_CURRENCY}))")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@(?:[a-z0-9-]++\.)+[a-z]{2,}", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w.,:/=#-])(?!\d{4}-\d\d-\d\d)(?!\d\d-\d\d-\d{4})"
    r"(?:\+|00)?(?:\(\d{2,5}\)|\d{2,5})(?:[ -]?\d{2,5}){2,4}(?![\w/=%-])"
)
_FEWEST_DIGITS = 9
_PRICE = re.compile(rf"[$£€¥₹]\s?\d[\d.,]*+|(?<![\d.,])\d[\d.,]*+ ?(?:[$£€¥₹]|(?:{_CURRENCY})\b)")
_HOST = re.compile(r"(?<![\w.-])(?P<name>(?:[\w-]++\.)+(?P<top>[a-z]{2,}+))(?P<rest>\S*)", re.IGNORECASE)
_REFERRAL = re.compile(r"[?&](?:ref|referral|refcode|aff\w*|partner\w*|invite|utm_\w+)=", re.IGNORECASE)


def find_contacts(text: str) -> Iterator[Contact]:
    """E-mail addresses, prices and telephone numbers; links are for `link_kinds`."""
    if not _HINT.search(text):
        return
    if "@" in text:
        for found in _EMAIL.finditer(text):
            yield Contact(Kind.EMAIL, *found.span())
    for found in _PRICE.finditer(text):
        yield Contact(Kind.PRICE, *found.span())
    for found in _PHONE.finditer(text):
        if sum(map(str.isdigit, found[0])) >= _FEWEST_DIGITS:
            yield Contact(Kind.PHONE, *found.span())


def link_kinds(text: str, begin: int, end: int) -> Iterator[Kind]:
    """What kind of link the characters [begin, end) are: that of its domain first."""
    host = _HOST.search(text, begin, end)
    if host is None:
        yield Kind.OTHER_LINK
        return
    yield _kind_of(host["name"].lower(), host["top"].lower())
    if _REFERRAL.search(host["rest"]):
        yield Kind.REFERRAL_LINK


def _kind_of(host: str, top: str) -> Kind:
    site = ".".join(host.split(".")[-2:])
    if site in _SHORTENERS:
        return Kind.SHORT_LINK
    if site in {"youtube.com", "youtu.be"}:
        return Kind.VIDEO_LINK
    if top in _OFFICIAL:
        return Kind.OFFICIAL_LINK
    if top in _CHEAP:
        return Kind.CHEAP_LINK
    if top == "com":
        return Kind.COM_LINK
    return Kind.COUNTRY_LINK if len(top) == 2 else Kind.OTHER_LINK
