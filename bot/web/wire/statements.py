"""A statement of reasons in the terms of the DSA Transparency Database, and as a letter."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from bot.statement import (
    EEA,
    AccountDecision,
    AutomatedDecision,
    Category,
    Ground,
    Keyword,
    SourceType,
    Statement,
    Visibility,
    redress,
    write_text,
)
from bot.web.wire.answered import Answered, Json, write_moment

_TEXT: Final = "CONTENT_TYPE_TEXT"


class RedressAnswered(Answered):
    """What the author can do about it, a sentence for each way."""

    appeal_until: Annotated[
        datetime | None, Field(description="Until when the site takes an appeal; null: it takes none.")
    ]
    internal: str
    out_of_court: str
    judicial: str


class StatementAnswered(Answered):
    """A statement of reasons (Article 17 of Regulation (EU) 2022/2065).

    Fields that are null do not apply. Those up to `puid` are named and filled as the DSA Transparency Database has it;
    the rest is Parley's.
    """

    decision_visibility: list[Visibility]
    end_date_visibility_restriction: None
    decision_monetary: None
    decision_provision: None
    decision_account: AccountDecision | None
    end_date_account_restriction: date | None
    decision_ground: Ground
    illegal_content_legal_ground: str | None
    illegal_content_explanation: str | None
    incompatible_content_ground: str | None
    incompatible_content_explanation: str | None
    incompatible_content_illegal: Literal["Yes", "No"] | None
    category: Category
    category_specification: list[Keyword]
    content_type: list[Literal["CONTENT_TYPE_TEXT"]]
    content_language: str | None
    content_date: date | None
    territorial_scope: list[str]
    application_date: date
    decision_facts: str
    source_type: SourceType
    automated_detection: Literal["Yes", "No"]
    automated_decision: AutomatedDecision
    puid: Annotated[str, Field(description="The decision's own reference.")]
    decided_at: datetime
    rule: Annotated[list[str], Field(description="Reason codes of the rules, or the moderator's.")]
    policy_version: int
    redress: RedressAnswered
    text: Annotated[str, Field(description="The same in plain words, as a mail to the author.")]


def write_statement(statement: Statement, site: str) -> Json:
    """The shape of StatementAnswered."""
    illegal = statement.ground is Ground.ILLEGAL
    reference, explanation = statement.ground_reference, statement.explanation
    until, language = statement.account_until, statement.language
    return {
        "decision_visibility": [] if statement.visibility is None else [statement.visibility],
        "end_date_visibility_restriction": None,
        "decision_monetary": None,
        "decision_provision": None,
        "decision_account": statement.account,
        "end_date_account_restriction": until and until.date().isoformat(),
        "decision_ground": statement.ground,
        "illegal_content_legal_ground": reference if illegal else None,
        "illegal_content_explanation": explanation if illegal else None,
        "incompatible_content_ground": None if illegal else reference,
        "incompatible_content_explanation": None if illegal else explanation,
        "incompatible_content_illegal": None if illegal else "No",
        "category": statement.category,
        "category_specification": list(statement.keywords),
        "content_type": [_TEXT],
        "content_language": language.upper() if language is not None and len(language) == len("en") else None,
        "content_date": statement.content_date and statement.content_date.date().isoformat(),
        "territorial_scope": list(EEA),
        "application_date": statement.decided_at.date().isoformat(),
        "decision_facts": statement.facts,
        "source_type": statement.source,
        "automated_detection": "Yes" if statement.detected_automatically else "No",
        "automated_decision": statement.decided_automatically,
        "puid": statement.id,
        "decided_at": write_moment(statement.decided_at),
        "rule": list(statement.rule),
        "policy_version": statement.policy,
        "redress": {
            "appeal_until": statement.appeal_until and write_moment(statement.appeal_until),
            **redress(statement),
        },
        "text": write_text(statement, site),
    }
