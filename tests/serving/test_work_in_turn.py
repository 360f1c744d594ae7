"""Short pieces of work that the event loop does itself, one after the other."""

import asyncio
import json
import time

import pytest
from served_rows import ROW

from automl.bundle import load_model, read_golden
from automl.serving.questions import Asker
from automl.serving.quickness import is_short, seconds_of_row
from automl.serving.refusals import RefusedError
from automl.serving.workroom import WorkRoom

SHORT = json.dumps({"records": [ROW]}).encode()
JSON = "application/json"


async def all_of(room, works):
    return await asyncio.gather(*map(room.do_in_turn, works), return_exceptions=True)


def test_pieces_are_done_one_after_the_other_in_the_order_they_came():
    done = []
    answers = asyncio.run(all_of(WorkRoom(1, 10, 30), [lambda at=at: done.append(at) or at for at in range(8)]))
    assert (answers, done) == (list(range(8)), list(range(8)))


def test_what_comes_while_others_wait_is_seen_between_two_of_them():
    async def ask():
        room, seen = WorkRoom(1, 10, 30), []
        working = [asyncio.create_task(room.do_in_turn(lambda at=at: seen.append(at))) for at in range(6)]
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(seen.append, "other")
        await asyncio.gather(*working)
        return seen

    assert 0 < asyncio.run(ask()).index("other") < 6


def test_more_than_may_wait_are_told_to_come_again():
    answers = asyncio.run(all_of(WorkRoom(1, 2, 30), [lambda: "done"] * 5))
    assert answers[:3] == ["done"] * 3
    assert [(type(answer), answer.status) for answer in answers[3:]] == [(RefusedError, 429)] * 2


def test_after_a_refusal_or_a_bug_there_is_room_again():
    async def ask():
        room = WorkRoom(1, 1, 30)
        first = await all_of(room, [lambda: 1 / 0, lambda: "done", lambda: "done"])
        return [*first, *await all_of(room, [lambda: "again", lambda: "again"])]

    failed, done, refused, *again = asyncio.run(ask())
    assert (type(failed), done, type(refused), again) == (ZeroDivisionError, "done", RefusedError, ["again"] * 2)


def test_a_piece_whose_turn_does_not_come_in_time_is_refused():
    answers = asyncio.run(all_of(WorkRoom(1, 5, 0.05), [lambda: time.sleep(0.2), lambda: "late"]))
    assert answers[0] is None
    assert (type(answers[1]), answers[1].status) == (RefusedError, 503)


@pytest.mark.parametrize(
    ("seconds", "media", "query", "body"),
    [
        (0.1, JSON, {}, SHORT),
        (0.001, "text/csv", {}, b"plan\nbasic\n"),
        (0.001, JSON, {"contributions": "true"}, SHORT),
        (0.001, JSON, {}, SHORT[:-1] + b', "contributions": true}'),
        (0.001, JSON, {}, b" " * 10_000),
    ],
    ids=["slow model", "table", "reasons by address", "reasons by body", "long body"],
)
def test_what_may_take_long_is_left_to_a_thread(seconds, media, query, body):
    assert is_short(0.001, "Application/JSON; charset=utf-8", {"interval": "0.9"}, SHORT)
    assert not is_short(seconds, media, query, body)


def test_how_long_a_row_takes_is_measured(models):
    path = models / "telecom_churn.automl"
    model = load_model(path)
    begun = time.perf_counter()
    seconds = seconds_of_row(model, Asker(model, 10), read_golden(path))
    assert 0 < seconds < time.perf_counter() - begun
