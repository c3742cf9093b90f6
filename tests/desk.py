"""What journeys at the desk have in common."""

from typing import Any

from playwright.async_api import Page

from tests.running import Service


async def submit_many(service: Service, number: int) -> list[Any]:
    """That many held comments, each by an author of its own and later than the one before."""
    return [await service.submit(f"You idiot, number {n}.", author=f"author-{n}") for n in range(number)]


async def trail(service: Service, comment: Any) -> list[tuple[str, str | None, str | None]]:
    """Every decision on it: what, by whom, and why."""
    answer = await service.ask("GET", f"/v1/comments/{comment['id']}/decisions")
    return [(line["decision"], line["moderator"], line["reason"]) for line in answer.json["items"]]


def open_comment(page: Page, author: str) -> Any:
    """The comment that is shown with all its reasons. Any: a locator of Playwright's."""
    return page.get_by_role("article", name=author)


async def status_of(service: Service, comment: Any) -> str:
    """Where the comment stands now."""
    return str((await service.ask("GET", f"/v1/comments/{comment['id']}")).json["status"])


async def waiting(service: Service) -> int:
    """How many comments are held."""
    return int((await service.ask("GET", "/v1/queue?limit=1")).json["totals"]["all"])
