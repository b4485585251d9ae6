"""Private files: taken by name and by content, sent as downloads, closed until the virus check has passed."""

import io
import socketserver
import struct
import threading
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from incubator.core import files, jobs, scan
from incubator.core.models import Job, JournalEntry, PrivateFile, Refused

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
EXE = b"MZ" + bytes(200)


def zipped(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/").replace("CT", "[Content_Types].xml"), content)
    return buffer.getvalue()


DOCX = zipped(CT=b"<Types/>", **{"word/document.xml": b"<w/>"})
XLSX = zipped(**{"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<Types/>"})
ODT = zipped(mimetype=b"application/vnd.oasis.opendocument.text")
MACROS = zipped(CT=b"<Types/>", **{"word/document.xml": b"<w/>", "word/vbaProject.bin": b"x"})


def store(name, content, actor=None):
    return files.store(SimpleUploadedFile(name, content), actor=actor)


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("Devis été.PDF", PDF, "application/pdf"),
        ("plan.png", PNG, "image/png"),
        ("photo.jpg", JPEG, "image/jpeg"),
        ("photo.jpeg", JPEG, "image/jpeg"),
        ("note.docx", DOCX, files.ALLOWED["docx"]),
        ("table.xlsx", XLSX, files.ALLOWED["xlsx"]),
        ("note.odt", ODT, files.ALLOWED["odt"]),
        ("liste.csv", "nom;âge\nÉlodie;42\n".encode("cp1252"), "text/csv"),
        ("note.txt", "\ufeffBonjour".encode(), "text/plain"),
    ],
)
def test_a_file_is_kept_under_a_name_that_says_nothing(agent, name, content, content_type):
    kept = store(name, content, actor=agent)
    assert (kept.name, kept.content_type, kept.size) == (name, content_type, len(content))
    assert (kept.uploaded_by, kept.scan) == (agent, "not_configured")
    assert name not in kept.file.name
    with kept.file.open("rb") as stream:
        assert stream.read() == content
    assert Job.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("virus.exe", EXE, "type de fichier"),
        ("page.html", b"<script>alert(1)</script>", "type de fichier"),
        ("dessin.svg", b"<svg/>", "type de fichier"),
        ("sans-extension", PDF, "type de fichier"),
        ("", PDF, "type de fichier"),
        ("vide.pdf", b"", "vide"),
        ("faux.pdf", EXE, "contenu"),
        ("faux.pdf", b"bonjour", "contenu"),
        ("faux.png", JPEG, "contenu"),
        ("faux.docx", zipped(mimetype=b"x"), "contenu"),
        ("faux.docx", XLSX, "contenu"),
        ("faux.docx", b"PK\x03\x04" + bytes(100), "contenu"),
        ("macros.docx", MACROS, "contenu"),
        ("faux.odt", DOCX, "contenu"),
        ("faux.csv", PDF, "contenu"),
        ("faux.txt", b"abc\x00def", "contenu"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_with_a_sentence(name, content, sentence):
    upload = SimpleUploadedFile("x.pdf", content)
    upload._name = name  # as a client that is not a browser may send it
    with pytest.raises(Refused, match=sentence):
        files.store(upload, actor=None)
    assert PrivateFile.objects.count() == 0


def test_a_file_too_big_says_the_limit(settings):
    settings.PRIVATE_FILE_MAX_BYTES = 1000
    with pytest.raises(Refused, match="\\(2 ko\\). La limite est de 1 ko"):
        store("gros.pdf", PDF + bytes(2000))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\devis.pdf", "devis.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("x" * 400 + ".pdf", "x" * 180 + ".pdf"),
        ("..", ""),
        (None, ""),
    ],
)
def test_names_lose_their_tricks(given, kept):
    assert files.clean_name(given) == kept


def test_a_file_is_sent_as_a_download_never_shown():
    kept = store("Devis été.pdf", PDF)
    response = files.send(kept)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]
    response.close()


@pytest.mark.parametrize("state", ["pending", "refused"])
def test_a_file_stays_closed_until_it_is_clean(state):
    kept = store("devis.pdf", PDF)
    kept.scan = state
    with pytest.raises(PermissionDenied):
        files.send(kept)


# -- The virus check, against a daemon of twenty lines -------------------------------------------------


class FakeClamd(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        self.received = []
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(length)
        self.server.received.append(content)
        if b"EICAR" in content:
            self.wfile.write(b"stream: Eicar-Signature FOUND\0")
        elif b"TOO BIG" in content:
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
        else:
            self.wfile.write(b"stream: OK\0")


@pytest.fixture
def clamd(settings):
    with FakeClamd() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_SOCKET = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def test_a_clean_file_opens_after_the_check(clamd):
    content = PDF + bytes(200_000)
    kept = store("devis.pdf", content)
    assert kept.scan == "pending"
    jobs.sweep()
    kept.refresh_from_db()
    assert kept.scan == "clean"
    assert clamd.received == [content]
    files.send(kept).close()


def test_an_infected_file_is_refused_and_journaled(clamd):
    kept = store("devis.pdf", PDF + b"EICAR")
    jobs.sweep()
    kept.refresh_from_db()
    assert kept.scan == "refused"
    entry = JournalEntry.objects.get(verb="core.file_refused")
    assert (entry.actor, entry.data) == (None, {"virus": "Eicar-Signature"})
    scan.check(kept.pk)  # once is enough
    assert len(clamd.received) == 1


def test_a_daemon_that_cannot_tell_leaves_the_file_closed_and_the_job_waiting(clamd):
    kept = store("devis.pdf", PDF + b"TOO BIG")
    jobs.sweep()
    kept.refresh_from_db()
    job = Job.objects.get()
    assert (kept.scan, job.state) == ("pending", "queued")
    assert "size limit exceeded" in job.error


def test_a_daemon_that_is_away_leaves_the_file_closed(settings, tmp_path):
    settings.CLAMD_SOCKET = str(tmp_path / "nobody.ctl")
    kept = store("devis.pdf", PDF)
    jobs.sweep()
    kept.refresh_from_db()
    assert (kept.scan, Job.objects.get().state) == ("pending", "queued")
