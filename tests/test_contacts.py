"""What kinds of contacts are found in a text, and what is none though it has digits, dots or an at sign."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.contacts import Kind, find_contacts, link_kinds


@pytest.mark.parametrize(
    ("text", "kind", "written"),
    [
        ("write to spells@love-help.example today", Kind.EMAIL, "spells@love-help.example"),
        ("Call 08718720201 now", Kind.PHONE, "08718720201"),
        ("WhatsApp +44 7700 900123!", Kind.PHONE, "+44 7700 900123"),
        ("(020) 7946 0958", Kind.PHONE, "(020) 7946 0958"),
        ("only £1.50 per text", Kind.PRICE, "£1.50"),
        ("I earn 85 dollars an hour", Kind.PRICE, "85 dollars"),
    ],
)
def test_a_contact_is_found_where_it_stands(text: str, kind: Kind, written: str) -> None:
    assert [(found.kind, text[found.begin : found.end]) for found in find_contacts(text)] == [(kind, written)]


@pytest.mark.parametrize(
    "text",
    [
        *("@maria thank you", "see you @ eight", "mail me", "a 5@ b"),
        *("on 2015-11-24 at 12:30", "24-11-2015", "1999 and 2004", "92.24.199.233", "chapters 12 34", "isbn=978311"),
        *("14/88", "3:05 best part", "a 10 % rise", "version 3.11.2", "100 euro-sceptics? no: a hundred"),
    ],
)
def test_years_dates_addresses_of_machines_and_names_are_no_contacts(text: str) -> None:
    assert [found.kind for found in find_contacts(text) if found.kind is not Kind.PRICE] == []


@pytest.mark.parametrize(
    ("link", "kinds"),
    [
        ("http://bit.ly/2moneytrick", [Kind.SHORT_LINK]),
        ("https://www.tinyurl.com/abc?ref=me", [Kind.SHORT_LINK, Kind.REFERRAL_LINK]),
        ("youtu.be/x1y2z3", [Kind.VIDEO_LINK]),
        ("https://en.wikipedia.org/wiki/Cat", [Kind.OFFICIAL_LINK]),
        ("www.luxcopy.shop", [Kind.CHEAP_LINK]),
        ("HTTP://Example.COM:80/", [Kind.COM_LINK]),
        ("www.bbc.co.uk/news", [Kind.COUNTRY_LINK]),
        ("http://localhost/", [Kind.OTHER_LINK]),
        ("notbit.ly", [Kind.COUNTRY_LINK]),
    ],
)
def test_a_link_is_known_by_its_domain(link: str, kinds: list[Kind]) -> None:
    text = f"see {link} there"
    assert list(link_kinds(text, 4, 4 + len(link))) == kinds


@given(st.text(alphabet=st.sampled_from("a1@.-+ (/$€\n"), max_size=200))
def test_whatever_is_found_lies_in_the_text(text: str) -> None:
    for found in find_contacts(text):
        assert 0 <= found.begin < found.end <= len(text)


@pytest.mark.parametrize("unit", ["a", "1", "1.", "a.", "@", "a@", "1 ", "12 ", "$", "+", "(", "0x", "a@a."])
def test_hostile_text_costs_time_in_proportion_to_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        began = time.process_time()
        list(find_contacts(text))
        list(link_kinds(text, 0, len(text)))
        return time.process_time() - began

    seconds(1_000)
    assert min(seconds(80_000) for _ in range(3)) < 0.4
