"""How many times a second a public page is answered to visitors, by gunicorn, on kept connections.

The client is a process of its own, so that it does not slow down whoever prints the figures; it counts only
answers of status 200 with the whole body. Run as a module it is that client: ``PORT PATH SECONDS``.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONNECTIONS, SECONDS, WARM_UP = 8, 6, 1.5
UNCACHED, TIMES = 70, 10


@dataclass(frozen=True)
class Rate:
    per_second: float
    wrong: int
    bytes: int


def ask(port: int, path: str, seconds: float = SECONDS) -> Rate:
    """Answers a second for this address, after a warm-up."""
    for length in (WARM_UP, seconds):
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.throughput", str(port), path, str(length)],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return Rate(**json.loads(done.stdout))


def results(port: int, page: str, floor: str) -> list[dict]:
    """The same page rendered each time (an address with a question is not kept), kept, and the floor."""
    # The question makes another address of it: the page is rendered each time.
    rendered, kept, bare = ask(port, f"{page}?mesure=1"), ask(port, page), ask(port, floor)
    rows = [
        ("call page, rendered each time", rendered, UNCACHED),
        ("call page, kept for visitors", kept, UNCACHED * TIMES),
        ("the same bytes from a bare view", bare, None),
    ]
    return [
        {
            "page": title,
            "per_second": round(rate.per_second),
            "wrong": rate.wrong,
            "bytes": rate.bytes,
            "target": f"≥ {least} a second" if least else "the floor",
            "met": rate.wrong == 0 and (least is None or rate.per_second >= least),
        }
        for title, rate, least in rows
    ]


def show(rows: list[dict]) -> None:
    print(
        f"\nVisitors at once: {CONNECTIONS} connections, two gunicorn workers, one client on the same machine"
    )
    for row in rows:
        verdict = "met" if row["met"] else "MISSED"
        print(
            f"{row['page']:<34} {row['per_second']:>6} a second  {row['bytes']:>6} bytes  "
            f"{row['wrong']} wrong  {row['target']:<16} {verdict}"
        )


# -- The client --------------------------------------------------------------------------------------


def client(port: int, path: str, seconds: float) -> Rate:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Language: fr\r\nConnection: keep-alive\r\n\r\n"
    ).encode()
    good, wrong, size = [0] * CONNECTIONS, [0] * CONNECTIONS, [0]
    until = time.perf_counter() + seconds

    def visitor(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while time.perf_counter() < until:
                connection.sendall(request)
                ok, length = _answer(connection)
                good[number] += ok
                wrong[number] += not ok
                size[0] = length

    begun = time.perf_counter()
    threads = [threading.Thread(target=visitor, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Rate(sum(good) / (time.perf_counter() - begun), sum(wrong), size[0])


def _answer(connection: socket.socket) -> tuple[bool, int]:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    left = length - len(body)
    while left > 0:
        left -= len(_more(connection))
    return head.startswith(b"HTTP/1.1 200") and left == 0, length


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65_536)
    if not chunk:
        raise ConnectionError("the server closed the connection")
    return chunk


if __name__ == "__main__":
    asked = client(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
    sys.stdout.write(json.dumps(asked.__dict__))
