"""One site never sees another's rows, by any route."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.web import routing
from tests.running import Service, serving


@pytest.fixture(params=["sqlite", "postgresql"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Parley with the sites "demo" and "other", once on each kind of database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    async with serving(tmp_path, database_url=url, webhook_allow="127.0.0.1") as running:
        yield running


async def test_no_route_shows_or_changes_another_sites_comments(service: Service) -> None:
    """Every route of Parley, asked with the widest key of the other site about this site's comment.

    A new route is asked here too; where it takes a body, the table below must have one for it.
    """
    secret = "Rumpelstiltskin is an idiot."
    comment = await service.submit(secret, thread="secret-thread", author="secret-author")
    decision = {"decision": "approve"}
    source = (await service.ask("POST", "/v1/sources", {"system": "github"})).json
    bodies: dict[str, object] = {
        "/v1/score": {"text": "Hello."},
        "/v1/comments": {
            "thread": "secret-thread",
            "author": "secret-author",
            "text": "Mine.",
            "parent": comment["id"],
        },
        "/v1/comments/{id}/decisions": decision,
        "/v1/comments/{id}/reports": {"reporter": "eve", "reason": "spam"},
        "/v1/comments/{id}/appeals": {"author": "secret-author", "note": "Please."},
        "/v1/decisions": decision | {"comments": [comment["id"]]},
        "/v1/queue/claim": {"comment": comment["id"]},
        "/v1/ask": {"question": f"who held {comment['id']}?"},
        "/v1/questions/{question}": {"answer": "Mine."},
        "/v1/chat": {"say": "Where is my comment?", "author": "secret-author"},
        "/v1/faq": {
            "faq": {"intents": [{"id": "mine", "questions": ["Whose?"], "answer": "Mine."}], "fallback": "No."}
        },
        "/v1/authors/{author}": {"standing": "banned"},
        "/v1/threads/{thread}": {"state": "closed"},
        "/v1/sources": {"system": "github"},
        "/v1/sources/{source}/secrets": {},
        "/v1/policy": {"policy": {"words": {"banned": ["mine"]}}},
        "/v1/policy/try": {"policy": {"words": {"banned": ["idiot"]}}},
        "/v1/endpoints": {"url": "http://127.0.0.1:9/hook"},
        "/v1/endpoints/{id}": {"state": "disabled"},
        "/v1/endpoints/{id}/secrets": {},
        "/v1/endpoints/{id}/replay": {},
        "/v1/policy/check": {"policy": {}, "texts": ["Hello."]},
    }
    hook = {"url": "http://127.0.0.1:9/secret-hook"}
    endpoint = (await service.ask("POST", "/v1/endpoints", hook)).json
    delivery = (await service.ask("POST", f"/v1/endpoints/{endpoint['id']}/ping")).json
    of_webhooks = {"/v1/endpoints/{id}": endpoint["id"], "/v1/deliveries/{id}": delivery["id"]}
    for route in routing.ROUTES:
        number = next((of_webhooks[one] for one in of_webhooks if route.address.startswith(one)), comment["id"])
        address = route.address.replace("{id}", number).replace("{thread}", "secret-thread")
        address = address.replace("{author}", "secret-author").replace("{version}", "1")
        address = address.replace("{source}", str(source["id"])).replace("{number}", "1")
        address = address.replace("{question}", comment["id"])
        if route.address == "/v1/queue/events":
            address += "?seconds=0"
        body = bodies[route.address] if route.body is not None else None
        answer = await service.ask(route.method, address, body, site="other")
        assert "Rumpelstiltskin" not in answer.text, address
        assert comment["id"] not in answer.text, address
        assert "secret-hook" not in answer.text, address
        if "{id}" in route.address or "{source}" in route.address:
            assert answer.status == 404, address
    assert (await service.ask("GET", f"/v1/comments/{comment['id']}")).json == comment
    assert (await service.ask("GET", "/v1/policy")).json["policy"]["words"]["banned"] == []
    assert (await service.ask("GET", f"/v1/endpoints/{endpoint['id']}")).json["state"] == "enabled"
    assert len((await service.ask("GET", f"/v1/endpoints/{endpoint['id']}")).json["secrets"]) == 1
    assert [one["id"] for one in (await service.ask("GET", "/v1/sources")).json["items"]] == [source["id"]]
    assert (await service.ask("GET", "/v1/faq")).json["version"] == 0
    author = (await service.ask("GET", "/v1/authors/secret-author")).json
    assert (author["standing"], author["held"]) == ("ordinary", 1)
    assert (await service.ask("GET", "/v1/threads/secret-thread")).json["state"] == "open"


async def test_neither_totals_nor_authors_nor_keys_of_requests_leak_between_sites(service: Service) -> None:
    """Counts, flood and repeat rules, and Idempotency-Keys are each site's own."""
    asked = {"thread": "t", "author": "ada", "text": "Point."}
    key = {"Idempotency-Key": "same"}
    first = await service.ask("POST", "/v1/comments", asked, headers=key)
    assert first.json["status"] == "approved"
    elsewhere = await service.ask("POST", "/v1/comments", asked, headers=key, site="other")
    assert (elsewhere.status, elsewhere.json["status"]) == (201, "approved")
    assert elsewhere.json["id"] != first.json["id"]
    await service.submit("You idiot.")
    assert (await service.ask("GET", "/v1/queue", site="other")).json["totals"] == {"all": 0, "by_reason": {}}


async def test_a_queue_of_another_site_cannot_be_asked_for(service: Service) -> None:
    """403, rather than the own queue under another name."""
    assert (await service.ask("GET", "/v1/queue?site=other")).status == 403
