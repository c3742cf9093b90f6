"""Every setting of the service, read from the environment here and nowhere else."""

import os
import re
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.address import is_loopback
from bot.fence import Fence, read_networks
from sentiment.registry import is_version

_PREFIX = "PARLEY_"


class SettingsError(Exception):
    """A setting has a value that it cannot have; the message names the variable and what it takes."""


class LogLevel(StrEnum):
    """From which level on log lines are written; `info` writes one for each request."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _postgresql(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://, as in postgresql://parley:password@localhost/parley")
    return url


def _public(url: str | None) -> str | None:
    if url is not None and not re.fullmatch(r"https?://[^/\s?#]+", url.rstrip("/")):
        raise ValueError("must be where browsers find Parley, without a path, as in https://comments.example.org")
    return url and url.rstrip("/")


def _redis(url: SecretStr | None) -> SecretStr | None:
    if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://, as in redis://localhost:6379/0")
    return url


def _networks(text: str | None) -> str | None:
    read_networks(text or "")
    return text


def _version(name: str | None) -> str | None:
    if name is not None and not is_version(name):
        raise ValueError("must be the name of a version, as in 2026.11-2, and no path")
    return name


class Settings(BaseSettings):
    """What an operator can choose; each field is the variable PARLEY_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    database_url: Annotated[
        SecretStr | None,
        AfterValidator(_postgresql),
        Field(description="PostgreSQL, as postgresql://user:password@host/name. Unset: an SQLite file in `data`."),
    ] = None
    redis_url: Annotated[
        SecretStr | None,
        AfterValidator(_redis),
        Field(description="Redis, as redis://host:6379/0. Unset: scores and limits are kept in each process."),
    ] = None
    data: Annotated[Path, Field(description="Folder for the SQLite file and the demo's key.")] = Path("data")
    host: Annotated[str, Field(min_length=1, description="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port to listen on; 0 takes any free one.")] = 8080
    public_url: Annotated[
        str | None,
        AfterValidator(_public),
        Field(description="Where browsers find Parley, as https://comments.example.org. Unset: at `host` and `port`."),
    ] = None
    workers: Annotated[int, Field(ge=1, le=64, description="Processes that share the port.")] = 1
    rate_limit: Annotated[int, Field(ge=0, le=10_000_000, description="Requests a minute; 0: no limit.")] = 60_000
    body_seconds: Annotated[float, Field(gt=0, le=300, description="Seconds in which a body must arrive.")] = 10
    proxies: Annotated[
        int,
        Field(
            ge=0,
            le=10,
            description="Reverse proxies before Parley; so many steps of X-Forwarded-For are believed.",
        ),
    ] = 0
    drain_seconds: Annotated[
        float,
        Field(ge=0, le=300, description="Seconds between /readyz saying no and the port being closed on SIGTERM."),
    ] = 0
    finish_seconds: Annotated[
        float, Field(gt=0, le=300, description="Seconds that requests under way get to finish on SIGTERM.")
    ] = 30
    log_level: Annotated[LogLevel, Field(description="`info` writes a line for each request.")] = LogLevel.INFO
    model: Annotated[
        str | None, AfterValidator(_version), Field(description="Version of the models. Unset: the current one.")
    ] = None
    models_folder: Annotated[
        Path | None,
        Field(description="Folder of your own versions of the models and of what is current. Unset: only Parley's."),
    ] = None
    demo: Annotated[
        bool | None,
        Field(description="The demo page at /demo. Unset: on with SQLite on a loopback address, else off."),
    ] = None
    perspective_key: Annotated[
        SecretStr | None,
        Field(description="Your key for Google's Perspective, for `parley migrate perspective` alone."),
    ] = None
    webhook_allow: Annotated[
        str | None,
        AfterValidator(_networks),
        Field(
            description="Networks that webhooks and notices may reach although they are not public, as "
            "127.0.0.1,10.0.0.0/8; also without TLS."
        ),
    ] = None
    metrics_folder: Annotated[
        Path | None, Field(description="Where processes share their metrics; set by Parley itself for its workers.")
    ] = None

    @classmethod
    def load(cls, **chosen: Any) -> Self:
        """The settings from the environment, and before it what was `chosen` on the command line (None: nothing).

        Raises SettingsError. Any: whatever the fields take; pydantic checks it.
        """
        try:
            return cls(**{name: value for name, value in chosen.items() if value is not None})
        except ValidationError as error:
            # Without the values: one of them may hold a password.
            found = error.errors(include_input=False, include_url=False)
            raise SettingsError("\n".join(_sentence(str(one["loc"][0]), one["msg"]) for one in found)) from None

    @property
    def address(self) -> str:
        """Where browsers find Parley; links to sign in begin with it."""
        if self.public_url is not None:
            return self.public_url
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - not bound, replaced
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def fence(self) -> Fence:
        """Where webhooks and notices may lead."""
        return Fence(read_networks(self.webhook_allow or ""))

    @property
    def shows_demo(self) -> bool:
        """Is the demo page served?"""
        return self.demo if self.demo is not None else self.database_url is None and is_loopback(self.host)


def unknown_variables() -> list[str]:
    """A sentence for each variable that looks like a setting and is none: it is misspelt, or from another version."""
    given = sorted(name for name in os.environ if name.upper().startswith(_PREFIX))  # noqa: TID251 - the same reader
    return [_unknown(name) for name in given if name.upper().removeprefix(_PREFIX).lower() not in Settings.model_fields]


def _unknown(name: str) -> str:
    near = get_close_matches(name.upper().removeprefix(_PREFIX).lower(), Settings.model_fields, n=1, cutoff=0.7)
    meant = f"; is it {_PREFIX}{near[0].upper()}?" if near else "."
    return f"{name} is no setting of Parley's and changes nothing{meant}"


def bare_environment() -> dict[str, str]:
    """The environment without any setting of Parley's: for a process that shall know only what it is given."""
    everything = os.environ  # noqa: TID251 - this file is that reader
    return {name: value for name, value in everything.items() if not name.startswith(_PREFIX)}


def _sentence(name: str, message: str) -> str:
    message = message.removeprefix("Value error, ")
    return f"{_PREFIX}{name.upper()} has a wrong value: {message[:1].lower()}{message[1:]}."
