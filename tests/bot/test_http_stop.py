"""The HTTP door of the bot closes, whoever else wakes its thread in that moment."""

from __future__ import annotations

import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from waitress import trigger

from tests.bot.cast import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    yield from staged()


def test_a_worker_that_wakes_the_thread_while_the_port_closes_does_no_harm(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = stage.bot.start_http(port=0)

    def woken_twice(door: trigger.trigger) -> None:
        os.write(door.trigger, b"x")  # a worker was quicker ...
        looked = threading.Event()
        for _ in range(500):
            if not door.thunks:
                break
            looked.wait(0.01)
        os.write(door.trigger, b"x")  # ... than the one that closes

    monkeypatch.setattr(trigger.trigger, "_physical_pull", woken_twice)
    stage.bot.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(server.url, timeout=2)
