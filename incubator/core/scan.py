"""The virus check: ClamAV's daemon, spoken to over its socket (``CLAMD_SOCKET``), file by file.

``CLAMD_SOCKET`` is a path (``/run/clamav/clamd.ctl``) or ``host:port``. The protocol is clamd's INSTREAM
(https://docs.clamav.net/manual/Usage/Scanning.html#clamd): chunks with their length, then a zero.
"""

import socket
import struct
from typing import BinaryIO

from django.conf import settings

from incubator.core import journal
from incubator.core.models import PrivateFile

CHUNK = 64 * 1024
TIMEOUT = 60  # seconds; shorter than a job's lease


class NotScanned(Exception):
    """The daemon is away or could not tell; the job tries again and the file stays closed."""


def find_virus(stream: BinaryIO) -> str:
    """The name of what the daemon found in ``stream``; empty when the file is clean. Raises NotScanned."""
    try:
        with _connect(settings.CLAMD_SOCKET) as connection:
            connection.sendall(b"zINSTREAM\0")
            while chunk := stream.read(CHUNK):
                connection.sendall(struct.pack("!L", len(chunk)) + chunk)
            connection.sendall(struct.pack("!L", 0))
            answer = _read_answer(connection)
    except OSError as error:
        raise NotScanned(str(error)) from error
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise NotScanned(answer or "no answer")


def check(file_id: int) -> None:
    """Scan one waiting file and open or refuse it. Called by the job ``core.scan_file``."""
    waiting = PrivateFile.objects.filter(pk=file_id, scan=PrivateFile.Scan.PENDING)
    kept = waiting.first()
    if kept is None:
        return
    with kept.file.open("rb") as stream:
        virus = find_virus(stream)
    if waiting.update(scan=PrivateFile.Scan.REFUSED if virus else PrivateFile.Scan.CLEAN) and virus:
        journal.record(verb="core.file_refused", actor=None, target=kept, virus=virus)


def _connect(address: str) -> socket.socket:
    if "/" in address:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TIMEOUT)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
        return connection
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host or "127.0.0.1", int(port)), timeout=TIMEOUT)


def _read_answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096:
        part = connection.recv(1024)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
