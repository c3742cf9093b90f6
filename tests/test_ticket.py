"""A ticket is good for what it says, at its own site, and for nothing else."""

import base64
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.signature import Scheme, Secret
from bot.ticket import Sealed, Ticket

SECRET = Secret(Scheme.V1, b"s" * 32)
OTHER = Secret(Scheme.V1, b"o" * 32)
NUMBERS = st.integers(0, 2**63 - 1)
TICKETS = st.builds(
    Ticket,
    NUMBERS,
    NUMBERS,
    st.integers(0, 2**32 - 1),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - see timezones
        lambda moment: moment.replace(microsecond=0)
    ),
)


@given(TICKETS)
def test_a_ticket_is_read_as_it_was_sealed(ticket: Ticket) -> None:
    sealed = Sealed.read(ticket.sealed("demo", SECRET))
    assert sealed is not None
    assert sealed.ticket == ticket
    assert sealed.is_of("demo", [OTHER, SECRET])


@given(TICKETS)
def test_neither_another_site_nor_another_secret_takes_it(ticket: Ticket) -> None:
    sealed = Sealed.read(ticket.sealed("demo", SECRET))
    assert sealed is not None
    assert not sealed.is_of("other", [SECRET])
    assert not sealed.is_of("demo", [OTHER])
    assert not sealed.is_of("demo", [])


@given(TICKETS, st.data())
def test_whoever_changes_one_bit_of_it_has_nothing(ticket: Ticket, data: st.DataObject) -> None:
    text = ticket.sealed("demo", SECRET)
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = Sealed.read(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())
    assert changed is None or not changed.is_of("demo", [SECRET])


@given(st.text())
def test_junk_is_no_ticket(text: str) -> None:
    sealed = Sealed.read(text)
    assert sealed is None or not sealed.is_of("demo", [SECRET])


def test_a_ticket_is_short_enough_for_a_text_message() -> None:
    assert len(Ticket(1, 2, 3, datetime(2026, 11, 25, tzinfo=UTC)).sealed("demo", SECRET)) <= 60
