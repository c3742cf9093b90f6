"""What endpoints are sent has the documented shape, and that shape changes only with its version."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import event
from bot.comment import Comment, DecisionRecord, Standing, Status
from bot.event import DisabledBecause, Event, EventType, body
from bot.reporting import ReportReason
from bot.verdict import Decision, DecisionSource, Reason
from bot.web.wire.events import MODELS
from tests.builders import NOON, analysis, submission
from tests.stored import verdict

GOLDEN = Path(__file__).parent / "golden" / "webhooks.json"
COMMENT = Comment(
    1 << 60,
    "demo",
    replace(submission("You turnip."), parent=7, permalink="https://example.org/1"),
    Status.HELD,
    NOON,
    analysis(),
    verdict(Decision.HOLD, Reason.DETECTED_INSULT),
)
LINE = DecisionRecord(
    COMMENT.id,
    Decision.APPROVE,
    DecisionSource.APPEAL,
    "Mia",
    "off_topic",
    "For us.",
    Status.HELD,
    Status.APPROVED,
    NOON,
    "Be kind.",
)
EVENTS = [
    *(event.status_reached(replace(COMMENT, status=status), NOON) for status in Status),
    event.comment_reported(COMMENT, ReportReason.SPAM, 2, NOON),
    event.decision_made(COMMENT, LINE),
    event.appeal_opened(COMMENT, NOON),
    event.appeal_decided(COMMENT, LINE),
    event.author_sanctioned(
        "demo", "ada", Standing.SUSPENDED, NOON + timedelta(days=1), "Mia", "spam", "See you tomorrow.", NOON
    ),
    event.endpoint_disabled("demo", 5, "https://example.org/hook", DisabledBecause.GONE, NOON),
    event.ping("demo", 5, NOON),
]


def test_every_type_is_told_and_documented() -> None:
    assert {one.type for one in EVENTS} == set(EventType) == set(MODELS)


@pytest.mark.parametrize("told", EVENTS, ids=lambda told: told.type)
def test_a_body_has_the_documented_shape_and_no_text(told: Event) -> None:
    sent = json.dumps(body(told, None if told.comment is None else 3))
    MODELS[told.type].model_validate_json(sent, strict=False)
    assert "turnip" not in sent
    assert "For us." not in sent
    assert len(sent) < 20_000


def documented() -> dict[str, Any]:
    return {type_.value: model.model_json_schema(mode="serialization") for type_, model in MODELS.items()}


def test_the_schemas_are_those_of_their_version() -> None:
    """What receivers would have to follow needs a new version; `python -m tests.test_event` writes all else anew."""
    assert json.loads(GOLDEN.read_text("utf-8")) == documented()


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(documented(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
