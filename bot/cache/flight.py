"""Many small questions, one message: what is asked while a batch is under way travels in the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Flight(Generic[Question, Answer]):
    """Sends what is asked in batches of at most `most`, one batch at a time, in the order of asking.

    `send` gives one answer per question. If it raises, everyone in that batch gets the error.
    """

    def __init__(self, send: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]], most: int) -> None:
        self._send = send
        self._most = most
        self._waiting: deque[tuple[Question, asyncio.Future[Answer]]] = deque()
        self._under_way: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many questions wait for the next batch."""
        return len(self._waiting)

    def ask(self, question: Question) -> asyncio.Future[Answer]:
        """Take the question on board; the answer arrives in the future."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, answer))
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._fly())
        return answer

    async def close(self, patience: float) -> None:
        """Let what waits fly for at most `patience` seconds, then give up on it."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=patience)
            await end(self._under_way)
        for _, answer in self._waiting:
            answer.cancel()
        self._waiting.clear()

    async def _fly(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            try:
                answers = await self._send([question for question, _ in batch])
            except BaseException as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error) if isinstance(error, Exception) else answer.cancel()
                if not isinstance(error, Exception):
                    raise
                continue
            for (_, waiter), given in zip(batch, answers, strict=True):
                if not waiter.done():
                    waiter.set_result(given)


async def end(task: asyncio.Task[None]) -> None:
    """Cancel the task and wait until it is over, whatever it ends with."""
    while not task.done():
        # Asked again until heard: on Python 3.11 asyncio.wait_for loses a cancellation that meets its result.
        task.cancel()
        await asyncio.wait([task], timeout=0.05)
