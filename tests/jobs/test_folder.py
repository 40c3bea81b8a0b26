"""The folder queue never shows half a message."""

import threading
from pathlib import Path

import pytest
from kombu import Connection


def connection(folder: Path) -> Connection:
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(folder)}
    return Connection("filesystem://", transport="compliance.jobs.folder:Transport", transport_options=options)


def test_a_reader_beside_a_writer_gets_every_message_whole(tmp_path: Path) -> None:
    texts = [f"message {number} " + "x" * 20_000 for number in range(200)]

    def write() -> None:
        with connection(tmp_path) as link, link.SimpleQueue("letters") as queue:
            for text in texts:
                queue.put(text)

    writer = threading.Thread(target=write)
    with connection(tmp_path) as link, link.SimpleQueue("letters") as queue:
        writer.start()
        found = []
        for _ in texts:
            message = queue.get(timeout=20)
            found.append(message.payload)
            message.ack()
    writer.join()

    assert sorted(found) == sorted(texts)
    assert [path.name for path in tmp_path.glob("*.draft")] == []


@pytest.mark.xdist_group("survival")
def test_a_group_of_tests_has_one_worker(request: pytest.FixtureRequest) -> None:
    """Versions of pytest and its plugin that do not fit each other spread a group silently, and build all twice."""
    assert request.node.nodeid.endswith("@survival") or not request.config.getoption("loadgroup", False)
