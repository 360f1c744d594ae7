import threading
import zlib

from automl.search.finishing import FinishingTime, crowding


def test_a_larger_model_needs_more_time(tmp_path):
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"0123456789" * 10_000)
    large.write_bytes(b"0123456789" * 4_000_000)
    finishing = FinishingTime(1.0, 2)
    finishing.measure([small], 0.1, 0)
    before = finishing.seconds
    finishing.measure([small, large], 0.1, 0)
    assert finishing.seconds > before


def test_a_slow_selection_is_expected_again_at_the_end(tmp_path):
    model = tmp_path / "model"
    model.write_bytes(b"0123456789")
    finishing = FinishingTime(1.0, 2)
    finishing.measure([model], 0.0, 0)
    before = finishing.seconds
    finishing.measure([model], 2.0, 0)
    assert finishing.seconds > before + 2.0


def test_thousands_of_files_to_remove_take_seconds(tmp_path):
    model = tmp_path / "model"
    model.write_bytes(b"0123456789")
    finishing = FinishingTime(1.0, 2)
    finishing.measure([model], 0.0, 0)
    before = finishing.seconds
    finishing.measure([model], 0.0, 3_000)
    assert finishing.seconds > before + 2.0


def test_the_steps_without_the_model_are_kept_in_any_case():
    assert FinishingTime(5.0, 2).seconds >= 5.0


def test_a_busy_machine_is_taken_for_no_more_than_three_times_as_slow():
    stop = threading.Event()

    def work():
        while not stop.is_set():
            zlib.compress(bytes(10**6), 1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        assert FinishingTime(100.0, 2).seconds < 302.0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_the_load_of_others_counts_up_to_twice_the_time(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    slowness = []
    for load in (0.0, 2.9, 6.0, 40.0):
        monkeypatch.setattr("os.getloadavg", lambda load=load: (load, load, load))
        slowness.append(crowding(2))
    assert slowness == [1.0, 1.0, 1.375, 2.0]
