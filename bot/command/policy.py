"""`./parley policy`: a site's rules as a document, in versions."""

from datetime import UTC, datetime
from pathlib import Path

import click
import yaml

from bot.command.documents import DOCUMENT_FILE, read_document
from bot.command.fields import read_options
from bot.command.store import data_option, require_site, with_store
from bot.inforce import current_policy
from bot.policy import Policy
from bot.store import policies
from bot.store.database import Database
from bot.store.policies import PolicyChanged, PolicyVersion
from bot.web.wire.asked import PolicyAsked


@click.group(name="policy")
def command() -> None:
    """Show, check and set a site's policy (YAML or JSON)."""


@command.command(short_help="Print the policy as YAML.")
@click.argument("site")
@click.option("--version", type=int, help="An earlier version. Default: the one in force.")
@data_option
def show(site: str, version: int | None, data: Path | None) -> None:
    """Print SITE's policy as YAML; what it prints can be edited and given to `policy set`."""

    async def work(database: Database) -> PolicyVersion | None:
        await require_site(database, site)
        in_force = await database.write(current_policy, site, datetime.now(UTC))
        if version is None:
            return in_force
        kept = await database.read(policies.versions, site)
        return next((one for one in kept if one.version == version), None)

    found = with_store(data, work)
    if found is None:
        raise click.UsageError(f"{site} has no policy version {version}.")
    click.echo(f"# {site}, version {found.version}, {found.created_at:%Y-%m-%d %H:%M} UTC", err=True)
    click.echo(yaml.safe_dump(dict(found.document), sort_keys=False, allow_unicode=True), nl=False)


@command.command(short_help="Name every wrong field of a policy in a file.")
@click.argument("file", type=DOCUMENT_FILE)
def check(file: Path) -> None:
    """Check the policy in FILE (- for standard input) and name every wrong field; changes nothing."""
    read_policy(file)
    click.echo("The policy is right.", err=True)


@command.command(name="set", short_help="Put the policy in a file in force.")
@click.argument("site")
@click.argument("file", type=DOCUMENT_FILE)
@click.option("--note", help="Why it was changed; kept with the version.")
@data_option
def set_(site: str, file: Path, note: str | None, data: Path | None) -> None:
    """Make the policy in FILE (- for standard input) the one in force for SITE, as its next version."""
    policy = read_policy(file)
    read_options(PolicyAsked, policy=policy, note=note)

    async def work(database: Database) -> int:
        await require_site(database, site)
        before = await database.write(current_policy, site, datetime.now(UTC))
        return await database.write(
            policies.save, site, policy.model_dump(mode="json"), note, datetime.now(UTC), before.version
        )

    try:
        version = with_store(data, work)
    except PolicyChanged as changed:
        raise click.ClickException(str(changed)) from changed
    click.echo(f"Version {version} of {site}'s policy is in force within a second.", err=True)


def read_policy(file: Path) -> Policy:
    """The policy in a YAML or JSON file; ends the command with exit code 2 and each wrong field by name."""
    return read_document(file, Policy, "policy")
