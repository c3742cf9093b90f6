"""One message through Apprise, or one look at a URL, in a process that is good for nothing else.

Standard input holds what is asked as JSON, standard output what came of it. Nothing of a URL is ever printed but its
beginning, as Apprise masks it.
"""

import json
import logging
import os
import re
import sys
from typing import Any, Final

from bot.fence import Fence, read_networks

_LOCAL: Final = frozenset("blink1 dbus gio glib gnome kde macosx qt syslog windows".split())
"""What would act on the machine that Parley runs on."""

_PROGRAMS: Final = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "pty.", "syslog.")
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STATUS: Final = re.compile(r"error=(\d{3})\b")
_BEHIND_HOST: Final = re.compile(r"^([^:]+://[^/?]*).*", re.DOTALL)
_MARGIN: Final = 40


class _Guard:
    """An audit hook (PEP 578): refuses whatever would reach beyond the fence, or act on this machine."""

    def __init__(self, fence: Fence) -> None:
        self._fence = fence
        self.forbade = False

    # Any: each event has its own arguments.
    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
            self._check(arguments[1])
        elif event.startswith(_PROGRAMS):
            raise PermissionError("Notices start no programs.")
        elif event == "open":
            _, mode, flags = arguments
            if (flags or 0) & _WRITES or (isinstance(mode, str) and set(mode) & set("wax+")):
                raise PermissionError("Notices write no files.")

    def _check(self, address: object) -> None:
        # None is an address that was checked when the connection was made.
        if address is not None and not (isinstance(address, tuple) and self._fence.permits(str(address[0]))):
            self.forbade = True
            raise PermissionError("The address is not one that may be called.")


class _Heard(logging.Handler):
    """What Apprise says about a message; only statuses are taken from it, because it may name what is secret."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.statuses: list[int] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.statuses += [int(status) for status in _STATUS.findall(record.getMessage())]


# Any: JSON.
def main(asked: dict[str, Any]) -> dict[str, Any]:
    """What came of it."""
    guard = _Guard(Fence(read_networks(asked["allowed"])))
    # Imported before anything is forbidden.
    import apprise

    sys.addaudithook(guard)
    scheme = asked["url"].partition("://")[0].lower()
    if scheme in _LOCAL:
        return _refused("must lead to somebody else's service, not to the machine that Parley runs on")
    asset = apprise.AppriseAsset(
        app_id="Parley",
        app_desc="Parley",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        plugin_paths=[],
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    logging.getLogger("apprise").propagate = False
    logging.getLogger("apprise").addHandler(heard := _Heard())
    service = apprise.Apprise.instantiate(asked["url"], asset=asset, suppress_exceptions=True)
    if service is None:
        return _refused(
            "must be a URL of Apprise's, as in tgram://TOKEN/CHAT; https://appriseit.com/services/ lists all"
        )
    if "title" not in asked:
        masked = str(service.url(privacy=True))  # type: ignore[no-untyped-call]
        # Behind the host there may be a path that Apprise does not know for a secret.
        shown = _BEHIND_HOST.sub(r"\1/…", masked)
        return {"refused": None, "service": str(service.service_name), "shown": shown}
    told = apprise.Apprise(asset=asset)
    told.add(service)
    room = service.body_maxlen - len(asked["title"]) - _MARGIN
    taken = told.notify(
        title=asked["title"], body=fitted(asked, room), body_format=apprise.NotifyFormat.TEXT, interpret_escapes=False
    )
    if taken:
        return {"status": 200, "failure": None, "begin": "The service took it."}
    if heard.statuses:
        return {"status": heard.statuses[-1], "failure": None, "begin": ""}
    return {"status": None, "failure": "forbidden_address" if guard.forbade else "refused", "begin": ""}


def fitted(asked: dict[str, Any], room: int) -> str:
    """The text with as many of its items, in their order, as there is room for; how many are left out is said."""
    items = list(asked["items"])
    while True:
        left = len(asked["items"]) - len(items) + asked["more"]
        rest = [f"And {left} more: {asked['foot']}" if left else asked["foot"]]
        text = "\n\n".join([asked["lead"], *items, *rest])
        if len(text) <= room or not items:
            return text[: max(room, 0)]
        items.pop()


def _refused(sentence: str) -> dict[str, Any]:
    return {"refused": sentence, "status": None, "failure": "refused", "begin": ""}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.load(sys.stdin))))
