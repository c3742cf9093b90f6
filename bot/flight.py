"""Many small questions, one message: what is asked while a batch is under way travels in the next one."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Flight(Generic[Question, Answer]):
    """Sends what is asked in batches, one batch at a time, in the order of asking."""

    def __init__(
        self,
        send: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        most: int,
        *,
        weigh: Callable[[Question], int] = lambda _: 0,
        heaviest: int = 0,
    ) -> None:
        """A batch holds at most `most` questions, and weighs at most `heaviest` unless it holds a single one.

        `send` gives one answer per question. If it raises, everyone in that batch gets the error.
        """
        self._send = send
        self._most = most
        self._weigh = weigh
        self._heaviest = heaviest
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
        """Let what waits fly for at most `patience` seconds, then give up on it: its askers are cancelled."""
        if self._under_way is not None:
            await asyncio.wait([self._under_way], timeout=patience)
            await end(self._under_way)
        for _, answer in self._waiting:
            answer.cancel()
        self._waiting.clear()

    async def _fly(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            try:
                answers = await self._send([question for question, _ in batch])
                for (_, waiter), given in zip(batch, answers, strict=True):
                    if not waiter.done():
                        waiter.set_result(given)
            except Exception as error:  # noqa: BLE001 - it goes to whoever asked
                for _, waiter in batch:
                    if not waiter.done():
                        waiter.set_exception(error)
            finally:
                for _, waiter in batch:
                    waiter.cancel()

    def _next_batch(self) -> list[tuple[Question, asyncio.Future[Answer]]]:
        batch = [self._waiting.popleft()]
        weight = self._weigh(batch[0][0])
        while self._waiting and len(batch) < self._most:
            weight += self._weigh(self._waiting[0][0])
            if weight > self._heaviest > 0:
                break
            batch.append(self._waiting.popleft())
        return batch


async def end(task: asyncio.Task[object]) -> None:
    """Cancel the task and wait until it is over, whatever it ends with."""
    while not task.done():
        # Asked again until heard: on Python 3.11 asyncio.wait_for loses a cancellation that meets its result.
        task.cancel()
        await asyncio.wait([task], timeout=0.05)
