"""Nobody writes as another: passes are the seal's own, and a site's assertions are believed by its keys alone."""

import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.comment import Author
from bot.identity import (
    GUEST,
    Algorithm,
    BadAssertion,
    BadKey,
    BadName,
    Identity,
    Pass,
    SiteKey,
    check_key,
    check_name,
    read_assertion,
    read_pass,
    write_pass,
)
from tests.builders import NOON

SEAL = b"s" * 32
SECRET = SiteKey(Algorithm.HS256, "a secret of at least thirty-two letters")
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = SiteKey(
    Algorithm.EDDSA, PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
)
ADA = Pass(Identity(Author("u-17", "Ada"), "https://my-site.example/ada.png", "editor"), NOON + timedelta(hours=1))


def part(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(**changed: Any) -> dict[str, Any]:
    """What a site says of Ada; None leaves a claim out."""
    said = {"id": "u-17", "name": "Ada", "aud": "demo", "exp": NOON.timestamp() + 900} | changed
    return {name: value for name, value in said.items() if value is not None}


def signed(said: object, *, alg: str = "HS256", secret: str = SECRET.text) -> str:
    body = f"{part({'alg': alg, 'typ': 'JWT'})}.{part(said)}"
    if alg == "EdDSA":
        return f"{body}.{part(PRIVATE.sign(body.encode()))}"
    return f"{body}.{part(hmac.digest(secret.encode(), body.encode(), 'sha256'))}"


def test_a_pass_says_again_what_was_put_into_it() -> None:
    assert read_pass(write_pass(ADA, "demo", SEAL), "demo", SEAL, NOON) == ADA


def test_a_pass_is_good_for_its_site_its_seal_and_its_time_only() -> None:
    text = write_pass(ADA, "demo", SEAL)
    assert read_pass(text, "other", SEAL, NOON) is None
    assert read_pass(text, "demo", b"t" * 32, NOON) is None
    assert read_pass(text, "demo", SEAL, ADA.ends_at) is None


@given(st.integers(0, 400), st.characters())
def test_a_pass_with_another_character_is_nobodys(place: int, character: str) -> None:
    text = write_pass(ADA, "demo", SEAL)
    changed = text[: place % len(text)] + character + text[place % len(text) + 1 :]
    assert read_pass(changed, "demo", SEAL, NOON) in ((ADA,) if changed == text else (None,)) or _same(changed, text)


def _same(changed: str, text: str) -> bool:
    """The last letter of base64 has bits that stand for nothing."""
    return changed[:-1] == text[:-1] and read_pass(changed, "demo", SEAL, NOON) == ADA


@given(st.text())
def test_whatever_else_is_shown_is_nobodys(text: str) -> None:
    assert read_pass(text, "demo", SEAL, NOON) is None


@pytest.mark.parametrize("alg", ["HS256", "EdDSA"])
def test_a_site_vouches_for_its_user_until_the_jwt_ends(alg: str) -> None:
    said = claims(role="editor", avatar="https://my-site.example/ada.png", email="ada@my-site.example")
    found = read_assertion(signed(said, alg=alg), "demo", [SECRET, PUBLIC], NOON)
    assert found == Pass(ADA.identity, NOON + timedelta(seconds=900))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"aud": "other"}, "aud"),
        ({"exp": NOON.timestamp()}, "exp"),
        ({"exp": NOON.timestamp() + 3700}, "one hour"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"nbf": NOON.timestamp() + 300}, "nbf"),
        ({"id": GUEST + "1"}, "guest-"),
        ({"id": 17}, "id"),
        ({"id": None}, "id"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "ada@my-site.example"}, "e-mail"),
        ({"avatar": "javascript:alert(1)"}, "avatar"),
        ({"role": "x" * 41}, "role"),
    ],
)
def test_a_claim_that_is_not_right_lets_nobody_in_and_says_which(said: dict[str, Any], why: str) -> None:
    with pytest.raises(BadAssertion, match=why):
        read_assertion(signed(claims(**said)), "demo", [SECRET], NOON)


def test_an_algorithm_is_the_keys_and_not_the_headers_to_choose() -> None:
    """The old tricks: none at all, and the public key taken for a secret."""
    unsigned = f"{part({'alg': 'none'})}.{part(claims())}."
    confused = signed(claims(), secret=PUBLIC.text)
    for text in (unsigned, confused, signed(claims(), secret="another secret of the same length....")):
        with pytest.raises(BadAssertion):
            read_assertion(text, "demo", [PUBLIC], NOON)
        with pytest.raises(BadAssertion):
            read_assertion(text, "demo", [SECRET], NOON)
    with pytest.raises(BadAssertion):
        read_assertion(signed(claims()), "demo", [], NOON)


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}\.[A-Za-z0-9_-]{0,40}", fullmatch=True))
def test_what_is_no_jwt_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadAssertion):
        read_assertion(text, "demo", [SECRET, PUBLIC], NOON)


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_whatever_a_site_signs_is_taken_or_refused(said: object) -> None:
    with pytest.raises(BadAssertion):
        read_assertion(signed(said), "demo", [SECRET], NOON)


def test_keys_that_could_be_guessed_or_check_nothing_are_refused() -> None:
    for key in (SiteKey(Algorithm.HS256, "short"), SiteKey(Algorithm.EDDSA, "no key"), SiteKey(Algorithm.EDDSA, "")):
        with pytest.raises(BadKey):
            check_key(key)
    check_key(SECRET)
    check_key(PUBLIC)


def test_a_name_that_shows_an_address_is_refused() -> None:
    with pytest.raises(BadName):
        check_name("Ada ada@my-site.example")
    check_name("Ada @ the harbour")
