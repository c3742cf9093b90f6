"""Who writes in the widget: passes that Parley signs, and assertions (JWTs) that a site signs about its own users.

Pure: keys, seals and `now` are arguments. A pass is good for one site until its end; there is no list of passes, so
one is revoked by its end, or all of a site's at once by changing its seal.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.comment import Author
from sentiment.contacts import Kind, find_contacts

GUEST: Final = "guest-"
"""How the id of an author begins whom no site vouches for; a site's own ids never begin so."""

GUEST_PASS: Final = timedelta(days=180)
LONGEST_ASSERTION: Final = timedelta(hours=1)
"""How far ahead the `exp` of an assertion may lie."""

LEEWAY: Final = timedelta(seconds=60)
"""By how much the clocks of site and Parley may differ."""

LEAST_SECRET: Final = 32
LONGEST: Final = 4096
"""Characters of a pass or an assertion."""


class Algorithm(StrEnum):
    """How a site signs; each of its keys is good for one algorithm only, whatever an assertion's header says."""

    HS256 = "HS256"
    EDDSA = "EdDSA"


@dataclass(frozen=True, slots=True)
class SiteKey:
    """What checks a site's assertions: an HS256 secret as it is, or an Ed25519 public key as PEM."""

    algorithm: Algorithm
    text: str


@dataclass(frozen=True, slots=True)
class Identity:
    """An author, with what the site says of them for readers to see."""

    author: Author
    avatar: str | None = None
    role: str | None = None

    @property
    def is_guest(self) -> bool:
        """Does nobody vouch for them?"""
        return is_guest(self.author.id)


@dataclass(frozen=True, slots=True)
class Pass:
    """An identity that Parley vouches for until `ends_at`."""

    identity: Identity
    ends_at: datetime


@dataclass
class BadAssertion(Exception):
    """What a site signed lets nobody in; the sentence is for whoever wrote the signing."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass
class BadName(Exception):
    """A name that readers should not see."""

    def __str__(self) -> str:
        return "The name is shown to every reader, so it must not hold an e-mail address."


@dataclass
class BadKey(Exception):
    """A key that checks nothing."""

    sentence: str

    def __str__(self) -> str:
        return self.sentence


def is_guest(author_id: str) -> bool:
    """Does nobody vouch for the author with this id?"""
    return author_id.startswith(GUEST)


def check_name(name: str) -> None:
    """Raises BadName."""
    if any(found.kind is Kind.EMAIL for found in find_contacts(name)):
        raise BadName


def check_key(key: SiteKey) -> None:
    """Raises BadKey where the key cannot check anything, or could be guessed."""
    if key.algorithm is Algorithm.EDDSA:
        try:
            public = load_pem_public_key(key.text.encode())
        except ValueError:
            public = None
        if not isinstance(public, Ed25519PublicKey):
            raise BadKey("An EdDSA key is an Ed25519 public key in PEM: it begins with -----BEGIN PUBLIC KEY-----.")
    elif len(key.text) < LEAST_SECRET:
        raise BadKey(f"An HS256 secret has at least {LEAST_SECRET} characters; make one with: openssl rand -base64 48")


def write_pass(given: Pass, site: str, seal: bytes) -> str:
    """The text that a browser keeps: claims and their HMAC-SHA-256 by the site's seal."""
    author = given.identity.author
    claims = {
        "site": site,
        "id": author.id,
        "name": author.name,
        "avatar": given.identity.avatar,
        "role": given.identity.role,
        "end": int(given.ends_at.timestamp()),
    }
    body = _encode(json.dumps(claims, separators=(",", ":")).encode())
    return f"{body}.{_encode(hmac.digest(seal, body.encode(), 'sha256'))}"


def read_pass(text: str, site: str, seal: bytes, now: datetime) -> Pass | None:
    """The pass, where this site's seal made it and it has not ended."""
    body, _, signature = text.partition(".")
    given = _decode(signature)
    if len(text) > LONGEST or given is None or not hmac.compare_digest(_sealed(body, seal), given):
        return None
    claims = json.loads(_decode(body) or b"{}")
    ends_at = datetime.fromtimestamp(claims["end"], UTC)
    if claims["site"] != site or now >= ends_at:
        return None
    return Pass(Identity(Author(claims["id"], claims["name"]), claims["avatar"], claims["role"]), ends_at)


def _sealed(body: str, seal: bytes) -> bytes:
    return hmac.digest(seal, body.encode("utf-8", "replace"), "sha256")


_Line = StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")


class Claims(BaseModel):
    """What a site asserts about one of its users; claims that are not named here are overlooked."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    id: Annotated[str, _Line]
    name: Annotated[str, _Line]
    avatar: Annotated[str, Field(max_length=500, pattern=r"^https://[^\s\x00-\x1f]+$")] | None = None
    role: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$")] | None = None
    aud: str | list[str]
    exp: int | float
    nbf: int | float | None = None


class _Header(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    alg: str
    crit: list[str] | None = None


def read_assertion(text: str, site: str, keys: Sequence[SiteKey], now: datetime) -> Pass:
    """Whom the site vouches for, and until when, from a JWT (RFC 7519) in compact form; raises BadAssertion."""
    parts = text.split(".")
    head, body, signature = (_decode(part) for part in parts) if len(parts) == 3 else (None, None, None)
    if len(text) > LONGEST or head is None or body is None or signature is None:
        raise BadAssertion("This is no JWT in compact form: three parts in base64url, joined by dots.")
    try:
        header = _Header.model_validate_json(head)
    except ValidationError as error:
        raise BadAssertion("The JWT's header is no JSON with an `alg`.") from error
    signed = f"{parts[0]}.{parts[1]}".encode()
    fitting = [key for key in keys if key.algorithm == header.alg]
    if header.crit or not any(_is_signed(signed, signature, key) for key in fitting):
        raise BadAssertion("None of the site's keys for the JWT's `alg` made its signature: see ./parley sso list.")
    try:
        claims = Claims.model_validate_json(body)
    except ValidationError as error:
        wrong = ", ".join(sorted({".".join(map(str, one["loc"][:1])) or "the body" for one in error.errors()}))
        raise BadAssertion(f"These claims of the JWT are missing or have another form: {wrong}.") from error
    return _vouched(claims, site, now)


def _vouched(claims: Claims, site: str, now: datetime) -> Pass:
    audience = [claims.aud] if isinstance(claims.aud, str) else claims.aud
    if site not in audience:
        raise BadAssertion(f"The JWT's `aud` must be the site's name, {site}.")
    seconds = now.timestamp()
    if claims.nbf is not None and claims.nbf > seconds + LEEWAY.total_seconds():
        raise BadAssertion("The JWT's `nbf` has not come yet.")
    if claims.exp <= seconds:
        raise BadAssertion("The JWT's `exp` is over.")
    if claims.exp > seconds + (LONGEST_ASSERTION + LEEWAY).total_seconds():
        raise BadAssertion("The JWT's `exp` must be at most one hour ahead.")
    if is_guest(claims.id):
        raise BadAssertion(f"A user's `id` must not begin with {GUEST}: that is how Parley names guests.")
    try:
        check_name(claims.name)
    except BadName as error:
        raise BadAssertion("The JWT's `name` is shown to every reader; it must not hold an e-mail address.") from error
    identity = Identity(Author(claims.id, claims.name), claims.avatar, claims.role)
    return Pass(identity, datetime.fromtimestamp(claims.exp, UTC))


def _is_signed(signed: bytes, signature: bytes, key: SiteKey) -> bool:
    if key.algorithm is Algorithm.HS256:
        return hmac.compare_digest(hmac.digest(key.text.encode(), signed, "sha256"), signature)
    public = load_pem_public_key(key.text.encode())
    assert isinstance(public, Ed25519PublicKey)
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
