"""The reference says what is served: the same routes, the same shapes, the same limits."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_pydantic import OpenAPI

from bot.settings import Settings
from bot.store.keys import Scope
from bot.web import desk, routing
from bot.web.guards.routes import Group
from bot.web.wire.asked import LONGEST_TEXT, PageQuery
from tests.running import Answer, Service, serving
from tests.stored import handed_over

FAQ = {"intents": [{"id": "hours", "questions": ["When are you open?"], "answer": "Always."}], "fallback": "No idea."}
REPORT = {"reporter": "u-23", "reason": "spam", "note": "Again."}


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Parley on an empty SQLite file."""
    async with serving(tmp_path, webhook_allow="127.0.0.1") as running:
        yield running


@pytest.fixture
async def document(service: Service) -> Any:
    """The OpenAPI document as it is served (Any: it is JSON)."""
    return (await service.ask("GET", "/openapi.json", scope=None)).json


async def test_the_document_is_openapi_3_1(document: Any) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPI.model_validate(document)


async def test_what_is_served_is_documented_and_the_other_way_round(service: Service, document: Any) -> None:
    """Pages for people are not part of the API; everything else is."""
    served = {
        (route.method, route.resource.canonical)
        for route in service.app.router.routes()
        if route.method not in ("HEAD", "OPTIONS", "*") and route.resource is not None
    }
    pages = {
        ("GET", "/"),
        ("GET", "/reference"),
        ("GET", "/demo"),
        ("GET", "/demo/scores"),
        ("GET", "/demo/key"),
        ("GET", "/desk"),
    }
    pages |= {(route.method, route.address) for route in desk.ROUTES}
    api = {
        (method, path)
        for method, path in served - pages
        if not path.startswith(("/pages/", "/moving", "/connecting", "/embed.js", "/embedding", "/notices/"))
    }
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert api == documented


async def test_each_operation_says_which_scope_it_takes_and_how_it_refuses(document: Any) -> None:
    for route in routing.ROUTES:
        operation = document["paths"][route.address][route.method.lower()]
        assert operation["security"] == [{"key": [route.scope]}]
        assert operation["summary"]
        assert operation["description"]
        assert {"401", "403", "422", "429", "503"} <= set(operation["responses"])


async def test_every_operation_has_a_name_of_its_own_and_every_address_an_example(document: Any) -> None:
    """Tools make functions of the names, and the reference makes lines to copy of the examples."""
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    for operation in operations:
        for parameter in operation.get("parameters", ()):
            assert parameter["in"] != "path" or parameter["schema"]["examples"], (
                operation["summary"],
                parameter["name"],
            )


async def test_limits_are_said_as_they_are(document: Any) -> None:
    """The numbers in the introduction are those of the code and of the settings."""
    about = document["info"]["description"]
    settings = Settings.load()
    most_items = document["components"]["schemas"]["ScoreAsked"]["properties"]["texts"]["anyOf"][0]["maxItems"]
    for said in (
        f"up to {LONGEST_TEXT:,} characters",
        f"up to {most_items} texts",
        f"up to {PageQuery.model_json_schema()['properties']['limit']['maximum']} comments",
        f"within {settings.body_seconds:g} seconds",
        f"{settings.rate_limit:,} times a minute",
    ):
        assert said in about


async def test_every_chapter_has_something_to_say(document: Any) -> None:
    used = {
        tag for methods in document["paths"].values() for operation in methods.values() for tag in operation["tags"]
    }
    assert used == {tag["name"] for tag in document["tags"]} == set(Group)


async def test_examples_of_the_reference_work_as_they_stand(service: Service, document: Any) -> None:
    """What a reader copies gets a good answer."""
    schemas = document["components"]["schemas"]
    for route in routing.ROUTES:
        if route.body is None:
            continue
        endpoint = await service.ask("POST", "/v1/endpoints", {"url": "http://127.0.0.1:9/hook"})
        of_what = endpoint.json if route.address.startswith("/v1/endpoints") else await service.submit()
        address = route.address.replace("{id}", of_what["id"])
        address = address.replace("{author}", "eve").replace("{thread}", "an-old-one")
        if "{question}" in address:
            address = address.replace("{question}", await handed_over(service))
        for example in schemas[route.body.__name__]["examples"]:
            if "url" in example:
                # Where nobody listens.
                example |= {"url": "http://127.0.0.1:9/hook"}
            answer = await service.ask(route.method, address, example)
            if "{source}" in route.address:
                source = (await service.ask("POST", "/v1/sources", {"system": "github"})).json
                answer = await service.ask(route.method, address.replace("{source}", str(source["id"])), example)
            # Only a comment that was rejected can be appealed, which no example can know.
            assert answer.status in (200, 201) or route.address.endswith("/appeals"), answer.text


async def test_answers_have_exactly_the_shape_that_is_documented(service: Service, document: Any) -> None:
    """Every good answer of every operation, checked against its schema; answers are not made by the models."""
    held = await service.submit("You idiot.", author={"id": "u-1", "name": "Eve"})
    shown = await service.submit("Fine.", parent=held["id"], permalink="https://example.org/")
    trail = f"/v1/comments/{held['id']}/decisions"
    question = await handed_over(service)
    policy = {"policy": {"words": {"banned": ["eve"]}}}
    for method, path, address, asked in (
        ("POST", "/v1/score", "/v1/score", {"text": "You idiot."}),
        ("POST", "/v1/score", "/v1/score", {"texts": ["", "You idiot.", "Fine."]}),
        ("GET", "/v1/models", "/v1/models", None),
        ("POST", "/v1/comments", "/v1/comments", {"thread": "t", "author": "ada", "text": "\N{PILE OF POO}"}),
        ("GET", "/v1/comments/{id}", f"/v1/comments/{shown['id']}", None),
        ("GET", "/v1/threads/{thread}/comments", "/v1/threads/article-1/comments?limit=1", None),
        ("GET", "/v1/queue", "/v1/queue?sort=severity", None),
        ("POST", "/v1/comments/{id}/decisions", trail, {"decision": "approve", "note": "Well."}),
        ("GET", "/v1/comments/{id}/decisions", trail, None),
        ("GET", "/v1/comments/{id}/context", f"/v1/comments/{shown['id']}/context", None),
        ("POST", "/v1/comments/{id}/reports", f"/v1/comments/{held['id']}/reports", REPORT),
        ("GET", "/v1/comments/{id}/reports", f"/v1/comments/{held['id']}/reports", None),
        ("POST", "/v1/decisions", "/v1/decisions", {"decision": "reject", "matching": {}, "dry_run": True}),
        ("PUT", "/v1/queue/claim", "/v1/queue/claim", {"comment": held["id"]}),
        ("DELETE", "/v1/queue/claim", "/v1/queue/claim", None),
        ("POST", "/v1/ask", "/v1/ask", {"question": "show insults from today"}),
        ("POST", "/v1/ask", "/v1/ask", {"question": f"who held {held['id']}"}),
        ("POST", "/v1/ask", "/v1/ask", {"question": "how many are waiting"}),
        ("POST", "/v1/ask", "/v1/ask", {"question": "sing"}),
        ("GET", "/v1/questions", "/v1/questions", None),
        ("PUT", "/v1/questions/{question}", f"/v1/questions/{question}", {"answer": "Yes."}),
        ("GET", "/v1/questions", "/v1/questions?status=answered", None),
        ("GET", "/v1/faq", "/v1/faq", None),
        ("PUT", "/v1/faq", "/v1/faq", {"faq": FAQ}),
        ("GET", "/v1/faq/versions", "/v1/faq/versions", None),
        ("POST", "/v1/chat", "/v1/chat", {}),
        ("POST", "/v1/chat", "/v1/chat", {"say": "When are you open?", "author": "ada"}),
        ("POST", "/v1/chat", "/v1/chat", {"say": "You idiot."}),
        ("POST", "/v1/policy/check", "/v1/policy/check", policy | {"texts": ["Eve!"]}),
        ("POST", "/v1/policy/try", "/v1/policy/try", policy),
        ("PUT", "/v1/policy", "/v1/policy", policy),
        ("GET", "/v1/policy/versions", "/v1/policy/versions", None),
        ("GET", "/v1/policy/versions/{version}", "/v1/policy/versions/1", None),
        ("GET", "/v1/policy", "/v1/policy", None),
        ("GET", "/v1/authors/{author}", "/v1/authors/nobody", None),
        ("PUT", "/v1/authors/{author}", "/v1/authors/u-1", {"standing": "banned"}),
        ("GET", "/v1/authors/{author}/sanctions", "/v1/authors/u-1/sanctions", None),
        ("GET", "/v1/threads/{thread}", "/v1/threads/article-1", None),
        ("PUT", "/v1/threads/{thread}", "/v1/threads/article-1", {"state": "closed"}),
        ("POST", "/v1/sources", "/v1/sources", {"system": "github"}),
        ("GET", "/v1/sources", "/v1/sources", None),
        ("GET", "/v1/stats", "/v1/stats?unit=hour&from=2026-11-23&to=2026-11-23", None),
        ("GET", "/v1/stats", "/v1/stats", None),
        ("GET", "/livez", "/livez", None),
        ("GET", "/readyz", "/readyz", None),
    ):
        conforms(document, method, path, await service.ask(method, address, asked))


async def test_sources_are_answered_as_documented(service: Service, document: Any) -> None:
    source = (await service.ask("POST", "/v1/sources", {"system": "wordpress"})).json["id"]
    for method, path, asked in (
        ("POST", "/v1/sources/{source}/secrets", {}),
        ("DELETE", "/v1/sources/{source}/secrets/{number}", None),
        ("DELETE", "/v1/sources/{source}", None),
    ):
        address = path.replace("{source}", str(source)).replace("{number}", "1")
        conforms(document, method, path, await service.ask(method, address, asked))
        source = (await service.ask("POST", "/v1/sources", {"system": "github"})).json["id"]
        address = path.replace("{source}", str(source)).replace("{number}", "1")
        conforms(document, method, path, await service.ask(method, address, asked))


async def test_endpoints_and_deliveries_are_answered_as_documented(service: Service, document: Any) -> None:
    made = await service.ask("POST", "/v1/endpoints", {"url": "http://127.0.0.1:9/hook"})
    conforms(document, "POST", "/v1/endpoints", made)
    one = f"/v1/endpoints/{made.json['id']}"
    pinged = await service.ask("POST", f"{one}/ping")
    conforms(document, "POST", "/v1/endpoints/{id}/ping", pinged)
    for method, path, address, asked in (
        ("GET", "/v1/endpoints", "/v1/endpoints", None),
        ("GET", "/v1/endpoints/{id}", one, None),
        ("POST", "/v1/endpoints/{id}/secrets", f"{one}/secrets", {"scheme": "v1a"}),
        ("GET", "/v1/deliveries", "/v1/deliveries?type=ping&state=waiting", None),
        ("GET", "/v1/deliveries/{id}", f"/v1/deliveries/{pinged.json['id']}", None),
        ("POST", "/v1/deliveries/{id}/replay", f"/v1/deliveries/{pinged.json['id']}/replay", None),
        ("POST", "/v1/endpoints/{id}/replay", f"{one}/replay", {"state": "waiting"}),
        ("PATCH", "/v1/endpoints/{id}", one, {"state": "disabled", "events": ["ping"]}),
        ("POST", "/v1/endpoints/{id}/ping", f"{one}/ping", None),
        ("DELETE", "/v1/endpoints/{id}", one, None),
        ("GET", "/v1/endpoints/{id}", one, None),
    ):
        conforms(document, method, path, await service.ask(method, address, asked))


async def test_an_appeal_is_answered_as_documented(service: Service, document: Any) -> None:
    comment = await service.submit("You idiot.", author="eve")
    await service.ask("POST", f"/v1/comments/{comment['id']}/decisions", {"decision": "reject"})
    appeals = f"/v1/comments/{comment['id']}/appeals"
    for _ in range(2):
        answer = await service.ask("POST", appeals, {"author": "eve", "note": "It was meant as a joke."})
        conforms(document, "POST", "/v1/comments/{id}/appeals", answer)


async def test_refusals_have_the_documented_shape_too(service: Service, document: Any) -> None:
    held = await service.submit()
    trail = f"/v1/comments/{held['id']}/decisions"
    await service.ask("POST", trail, {"decision": "approve"})
    second = await service.ask("POST", trail, {"decision": "approve"})
    assert second.status == 409
    conforms(document, "POST", "/v1/comments/{id}/decisions", second)
    conforms(document, "POST", "/v1/comments", await service.ask("POST", "/v1/comments", {}))
    conforms(document, "GET", "/v1/queue", await service.ask("GET", "/v1/queue", scope=Scope.SCORE))


def conforms(document: Any, method: str, path: str, answer: Answer) -> None:
    """The answer is one that the document has for this operation."""
    responses = document["paths"][path][method.lower()]["responses"]
    assert str(answer.status) in responses, (path, answer.text)
    content = responses[str(answer.status)]["content"][answer.headers["Content-Type"]]
    schema = content["schema"] | {"components": document["components"]}
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(answer.json)
