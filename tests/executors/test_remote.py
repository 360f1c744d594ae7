"""The place of a search on a process of a Dask cluster: it is made whole or not at all, and stays while it is used."""

import os
import signal
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from automl.executors import remote
from automl.executors.remote import Shipment, carry_out, close_site, used_site
from automl.search.tasks import RankingTask

TASK = RankingTask(0, "linear", "none", 0, 1, None)


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    """The folder of this process, as if it were one of a cluster; what searches leave there is removed."""
    monkeypatch.setattr(remote, "get_worker", lambda: SimpleNamespace(local_directory=str(tmp_path)))
    yield tmp_path
    for key in list(remote._SITES):
        close_site(key)


def shipment(key):
    return Shipment(key, {"frame.arrow": b"rows"})


def test_a_place_that_cannot_be_written_is_begun_anew_and_says_why_each_time(place):
    half = Shipment("half", {"frame.arrow": b"rows", "no/such": b""})
    for _ in range(2):
        with pytest.raises(FileNotFoundError, match="no/such"):
            carry_out(half, TASK, 10)
        assert list(place.iterdir()) == []
    with used_site(shipment("half")) as site:
        assert (site.folder.data / "frame.arrow").read_bytes() == b"rows"


def test_a_place_stays_while_it_is_used_and_goes_with_the_next_search_after():
    with used_site(shipment("first")) as first:
        with used_site(shipment("second")):
            assert first.folder.data.exists()
        with used_site(shipment("first")) as again:
            assert again is first
    with used_site(shipment("third")):
        assert not first.folder.path.exists()


def test_a_worker_process_at_which_something_failed_is_not_lent_again():
    with used_site(shipment("search")) as site:
        with pytest.raises(OSError, match="no more processes"), site.worker() as failed:
            raise OSError("no more processes")
        with site.worker() as other:
            assert other is not failed
        with site.worker() as same:
            assert same is other


def test_threads_that_start_worker_processes_at_once_each_get_their_own():
    started = []

    def start(nursery, folder):
        started.extend(nursery.start_worker(folder) for _ in range(10))

    with used_site(shipment("search")) as site:
        threads = [threading.Thread(target=start, args=(site._nursery, Path(site.folder.path))) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        for connection, pid in started:
            os.kill(pid, signal.SIGKILL)
            # The connection to it ends, and not one to another.
            assert connection.poll(10)
