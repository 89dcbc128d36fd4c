"""Hosts take turns: one job at a time each, at their distance, and none is forgotten while it is owed a pause."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from corpus.fetch.turns import Outbox, Turns


def test_a_host_is_given_out_again_only_after_its_pause_while_others_go_on() -> None:
    turns: Turns[int] = Turns()
    for number in range(4):
        turns.add("a", number)
    assert turns.take() == ("a", 0)
    turns.add("b", 10)
    assert turns.take() == ("b", 10)
    begun = time.monotonic()
    turns.give_back("a", 0.2)
    turns.add("a", 5, first=True)
    assert turns.take() == ("a", 5)
    assert time.monotonic() - begun >= 0.2


def test_a_host_without_jobs_still_keeps_its_pause() -> None:
    turns: Turns[int] = Turns()
    turns.add("a", 1)
    turns.take()
    begun = time.monotonic()
    turns.give_back("a", 0.2)
    turns.add("a", 2)
    assert turns.take() == ("a", 2)
    assert time.monotonic() - begun >= 0.2


def test_hosts_that_are_owed_nothing_are_forgotten() -> None:
    turns: Turns[int] = Turns()
    for number in range(1_000):
        turns.add(f"h{number}", number)
        assert turns.take() == (f"h{number}", number)
        turns.give_back(f"h{number}", 0.0)
    assert len(turns._jobs) <= 2


def test_many_threads_do_every_job_once_and_never_two_of_one_host() -> None:
    turns: Turns[int] = Turns()
    busy: set[str] = set()
    done: Counter[int] = Counter()
    clashes: list[str] = []
    all_done = threading.Event()

    def work(chance: random.Random) -> None:
        while (turn := turns.take()) is not None:
            host, job = turn
            if host in busy:
                clashes.append(host)
            busy.add(host)
            time.sleep(chance.random() / 500)
            busy.remove(host)
            done[job] += 1
            turns.give_back(host, chance.random() / 200)
            if len(done) == 400:
                all_done.set()

    threads = [threading.Thread(target=work, args=(random.Random(seed),)) for seed in range(6)]  # noqa: S311 - no secret
    for thread in threads:
        thread.start()
    for number in range(400):
        turns.add(f"h{number * number % 23}", number)
    assert all_done.wait(30)
    turns.stop()
    for thread in threads:
        thread.join()
    assert clashes == []
    assert done == Counter(range(400))


def test_results_wait_for_room_and_for_the_caller() -> None:
    outbox: Outbox[int] = Outbox(2)
    put: list[int] = []

    def work() -> None:
        for number in range(5):
            outbox.put(number)
            put.append(number)

    thread = threading.Thread(target=work)
    thread.start()
    assert outbox.take() == 0
    time.sleep(0.1)
    assert len(put) <= 3  # one was taken, two fit
    assert [outbox.take() for _ in range(4)] == [1, 2, 3, 4]
    thread.join()
    assert not outbox.waiting()
