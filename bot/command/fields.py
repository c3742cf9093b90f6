"""Wrong fields, in the words of the API."""

from pydantic import ValidationError


def wrong_fields(error: ValidationError, whole: str) -> list[str]:
    """Each wrong field with what it must be; `whole` stands for all of them together."""
    # Not at the top: this brings aiohttp, and whoever makes no mistake need not wait for that.
    from bot.web.guards.bodies import field_errors

    return [f"{wrong.field} {wrong.message}" for wrong in field_errors(error, whole)]
