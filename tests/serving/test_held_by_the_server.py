"""What a server holds is bounded: bodies until they are answered, work that was given up, files that cannot be read."""

import asyncio
import gc
import os
import shutil
import weakref

import pytest
from starlette.requests import Request

from automl.serving import hosting
from automl.serving.bodies import Bodies
from automl.serving.failing import Failsafe
from automl.serving.hosting import Host
from automl.serving.metering import Meter, Metered
from automl.serving.refusals import RefusedError
from automl.serving.settings import Limits, NamedModel
from automl.serving.workroom import WorkRoom


def request_of(content):
    async def receive():
        return {"type": "http.request", "body": content, "more_body": False}

    return Request({"type": "http", "method": "POST", "path": "/predict", "headers": []}, receive)


def test_bodies_count_until_they_are_answered():
    async def ask():
        bodies, content = Bodies(Limits(body=1_000)), b" " * 1_000
        async with asyncio.timeout(30):
            waiting = [bodies.read(request_of(content)) for _ in range(8)]
            for each in waiting:
                assert await each.__aenter__() == content
            with pytest.raises(RefusedError, match="Too many large requests"):
                async with bodies.read(request_of(content)):
                    pass
            await waiting[0].__aexit__(None, None, None)
            async with bodies.read(request_of(content)) as body:
                assert body == content

    asyncio.run(ask())


class Rows:
    """Stands for what work is about."""


def test_work_that_was_given_up_is_not_held_until_a_thread_comes_to_it():
    async def ask():
        room, ended = WorkRoom(threads=1, waiting=4, seconds=0.2), asyncio.Event()
        loop = asyncio.get_running_loop()
        blocking = asyncio.create_task(room.do(lambda: asyncio.run_coroutine_threadsafe(ended.wait(), loop).result()))
        await asyncio.sleep(0)
        rows = Rows()
        seen = weakref.ref(rows)
        with pytest.raises(RefusedError, match="took longer"):
            await room.do(lambda rows=rows: rows)
        del rows
        gc.collect()
        assert seen() is None
        ended.set()
        with pytest.raises(RefusedError):
            await blocking
        await asyncio.to_thread(room.close)

    asyncio.run(ask())


def test_a_bug_is_answered_counted_and_logged_and_tells_nothing(caplog):
    async def broken(scope, receive, send):
        raise RuntimeError("secret")

    sent, meter = [], Meter()

    async def send(message):
        sent.append(message)

    application = Metered(Failsafe(broken), meter)
    asyncio.run(application({"type": "http", "method": "GET", "path": "/x", "headers": []}, None, send))
    headers = dict(sent[0]["headers"])
    assert (sent[0]["status"], headers[b"x-content-type-options"]) == (500, b"nosniff")
    assert b"secret" not in sent[1]["body"]
    assert "secret" in caplog.text
    requests = next(family for family in meter.families() if family.name == "automl_requests_total")
    assert [sample.labels["status"] for sample in requests.samples] == ["500"]


def test_a_file_that_breaks_what_reads_it_keeps_no_other_from_being_read(models, tmp_path, monkeypatch):
    names = ("one", "two")
    for name in names:
        shutil.copy(models / "wine.automl", tmp_path / f"{name}.automl")
    host = Host.load([NamedModel(name, tmp_path / f"{name}.automl") for name in names], 1_000)
    before = [host.model(name) for name in names]
    for name in names:
        shutil.copy(models / "wine.automl", tmp_path / "new")
        os.replace(tmp_path / "new", tmp_path / f"{name}.automl")
    load = hosting.load_model

    def failing(path):
        if path.stem == "one":
            raise MemoryError
        return load(path)

    monkeypatch.setattr(hosting, "load_model", failing)
    host.look_after()
    assert host.model("one") is before[0]
    assert "log says why" in host.refused("one")
    assert host.model("two") is not before[1]
    monkeypatch.setattr(hosting, "load_model", load)
    host.look_after()
    assert host.model("one") is before[0]
