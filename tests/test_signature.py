"""What Parley signs, libraries that others wrote verify; what was changed, is old or is junk, nobody does."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import standardwebhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from bot.signature import ID, SIGNATURE, TIMESTAMP, BadSecret, Scheme, Secret, sign, verify

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHARED = Secret(Scheme.V1, b"s" * 32)
PAIR = Secret(Scheme.V1A, bytes(range(32)))


def test_the_example_of_the_specification() -> None:
    """From the text of Standard Webhooks 1.0.0."""
    secret = Secret.read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    signed = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert signed[SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.binary(max_size=300))
def test_pypis_standardwebhooks_verifies(key: bytes, body: bytes) -> None:
    secret = Secret(Scheme.V1, key)
    text = json.dumps({"a": base64.b64encode(body).decode()})
    headers = sign([SHARED, secret, PAIR], "evt_1", datetime.now(UTC), text.encode())
    assert standardwebhooks.Webhook(secret.text).verify(text, headers)


@given(st.binary(max_size=300))
def test_the_public_half_verifies_and_signs_nothing(body: bytes) -> None:
    headers = sign([PAIR], "evt_1", NOW, body)
    scheme, _, signature = headers[SIGNATURE].partition(",")
    public = base64.b64decode(PAIR.shown_to_receivers.removeprefix("whpk_"))
    assert scheme == "v1a"
    Ed25519PublicKey.from_public_bytes(public).verify(
        base64.b64decode(signature), f"evt_1.{headers[TIMESTAMP]}.".encode() + body
    )
    with pytest.raises(BadSecret):
        Secret.read(PAIR.shown_to_receivers)


@given(st.sampled_from(Scheme), st.binary(min_size=32, max_size=32))
def test_a_secret_reads_as_it_is_written(scheme: Scheme, noise: bytes) -> None:
    assert Secret.read(Secret.of(scheme, noise).text) == Secret.of(scheme, noise)


def written(prefix: str, size: int) -> str:
    return prefix + base64.b64encode(b"x" * size).decode()


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_???", "secret", "whsec_ü", *(written("whsec_", size) for size in (23, 65))]
    + [written("whsk_", size) for size in (31, 33, 64)],
)
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(BadSecret, match="must be `whsec_`"):
        Secret.read(text)


def headers_of(**changed: str) -> dict[str, str]:
    return sign([SHARED], "evt_1", NOW, b"{}") | {name.replace("_", "-"): value for name, value in changed.items()}


@pytest.mark.parametrize(
    ("headers", "body", "now", "good"),
    [
        (headers_of(), b"{}", NOW, True),
        (headers_of(), b"{}", NOW + timedelta(minutes=5), True),
        (headers_of(), b"{}", NOW - timedelta(minutes=5), True),
        (headers_of(), b"{}", NOW + timedelta(minutes=5, seconds=1), False),
        (headers_of(), b"{}", NOW - timedelta(minutes=5, seconds=1), False),
        (headers_of(), b"{ }", NOW, False),
        (headers_of(webhook_id="evt_2"), b"{}", NOW, False),
        (headers_of(webhook_timestamp=str(int(NOW.timestamp()) + 1)), b"{}", NOW, False),
        (headers_of(webhook_timestamp="١٢"), b"{}", NOW, False),
        (headers_of(webhook_signature=""), b"{}", NOW, False),
        ({}, b"{}", NOW, False),
    ],
)
def test_only_what_was_signed_lately_and_whole_is_believed(
    headers: dict[str, str], body: bytes, now: datetime, *, good: bool
) -> None:
    assert verify([SHARED], headers, body, now) is good


@given(st.dictionaries(st.sampled_from([ID, TIMESTAMP, SIGNATURE]), st.text()), st.binary())
def test_junk_is_a_no_and_never_a_crash(headers: dict[str, Any], body: bytes) -> None:
    assert not verify([SHARED, PAIR], headers, body, NOW)


def test_during_a_rotation_either_secret_verifies() -> None:
    old, new = Secret(Scheme.V1, b"o" * 32), Secret(Scheme.V1, b"n" * 32)
    headers = sign([new, old], "evt_1", NOW, b"{}")
    assert all(verify([one], headers, b"{}", NOW) for one in (old, new))
