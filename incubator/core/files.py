"""Private files: what people attach to their work. Checked by name and by content, sent by permission views only."""

import hashlib
import unicodedata
import zipfile
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.http import FileResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from incubator.core import jobs, words
from incubator.core.models import PrivateFile, Refused

_OFFICE = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

# What may come in: the extension, and what its content must then be.
ALLOWED = {
    "pdf": "application/pdf",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_ODF}text",
    "ods": f"{_ODF}spreadsheet",
    "odp": f"{_ODF}presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "heic": "image/heic",  # photographs of iPhones
    "csv": "text/csv",
    "txt": "text/plain",
}
# Zipped documents are known by what they hold: the order of their entries varies with the program that wrote them.
_INSIDE_ZIP = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
ACCEPT = ",".join(f".{extension}" for extension in ALLOWED)  # for <input accept>


def store(upload, *, actor) -> PrivateFile:
    """Check and keep an uploaded file. Raises Refused with a sentence that says what to do.

    With ``CLAMD_SOCKET`` the file stays closed until the virus check has passed.
    """
    name = clean_name(upload.name)
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in ALLOWED:
        raise Refused(
            _("This kind of file cannot be taken. You can send: %(kinds)s.") % {"kinds": ", ".join(ALLOWED)}
        )
    if not upload.size:
        raise Refused(_("This file is empty. Choose another one."))
    if upload.size > settings.PRIVATE_FILE_MAX_BYTES:
        raise Refused(
            _("This file is too big (%(size)s). The limit is %(limit)s.")
            % {
                "size": weight(upload.size),
                "limit": weight(settings.PRIVATE_FILE_MAX_BYTES),
            }
        )
    if not _content_matches(upload, extension):
        raise Refused(
            _(
                "The content of this file is not what its name says (.%(extension)s). Save it again, then send it."
            )
            % {"extension": extension}
        )
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    kept = PrivateFile(
        name=name,
        content_type=ALLOWED[extension],
        size=upload.size,
        sha256=digest.hexdigest(),
        uploaded_by=actor if actor is not None and actor.pk else None,
        scan=PrivateFile.Scan.PENDING if settings.CLAMD_SOCKET else PrivateFile.Scan.NOT_CONFIGURED,
    )
    kept.file.save(name, upload, save=False)
    with transaction.atomic():
        kept.save()
        if settings.CLAMD_SOCKET:
            jobs.enqueue("core.scan_file", {"file": kept.pk}, max_attempts=20)
    return kept


def keep_made(content, *, name: str, content_type: str, actor) -> PrivateFile:
    """Keep a file that the site itself has made (an open binary file), as private as those that people send."""
    content.seek(0)
    digest = hashlib.sha256()
    while chunk := content.read(1_000_000):
        digest.update(chunk)
    size = content.tell()
    content.seek(0)
    kept = PrivateFile(
        name=clean_name(name),
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        uploaded_by=actor,
    )
    kept.file.save(kept.name, File(content), save=False)
    kept.save()
    return kept


def forget(private_file: PrivateFile) -> None:
    """Delete a file that nothing points to any more, row and content; the content goes when that is sure."""
    stored, name = private_file.file.storage, private_file.file.name
    private_file.delete()
    transaction.on_commit(lambda: stored.delete(name))


def send(private_file: PrivateFile) -> FileResponse:
    """The file as a download. The caller has checked that this reader may have it."""
    if private_file.scan == PrivateFile.Scan.PENDING:
        raise PermissionDenied(_("This file is still being checked. Come back in a few minutes."))
    if private_file.scan == PrivateFile.Scan.REFUSED:
        raise PermissionDenied(_("The virus check refused this file: it cannot be opened."))
    response = FileResponse(
        private_file.file.open("rb"),
        as_attachment=True,
        filename=private_file.name,
        content_type=private_file.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response


def weight(size: int) -> str:
    """« 10 Mo », « 120 ko »: decimal units, as telephones and browsers show them."""
    if size >= 1_000_000:
        return gettext("%(count)s MB") % {"count": words.number(round(size / 1_000_000, 1))}
    return gettext("%(count)s kB") % {"count": words.number(max(1, round(size / 1000)))}


def clean_name(name: str | None) -> str:
    """The name as it may be kept and shown: no folder, no control character, at most 200 characters."""
    name = PurePosixPath((name or "").replace("\\", "/")).name
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip(" .")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:180]}{dot}{extension[:15]}" if dot else name[:200]


def _content_matches(upload, extension: str) -> bool:
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    if extension in ("csv", "txt"):
        return filetype.guess(head) is None and _is_text(head)
    if extension in _INSIDE_ZIP or extension in ("odt", "ods", "odp"):
        return _is_office_document(upload, extension)
    kind = filetype.guess(head)
    return kind is not None and kind.mime == ALLOWED[extension]


def _is_text(head: bytes) -> bool:
    """Text in UTF-8, or in what French spreadsheets still write (Windows-1252)."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # UTF-16, as Excel writes "Unicode text"
    return b"\x00" not in head


def _is_office_document(upload, extension: str) -> bool:
    try:
        with zipfile.ZipFile(upload) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return False  # macros
            if extension in _INSIDE_ZIP:
                return "[Content_Types].xml" in names and _INSIDE_ZIP[extension] in names
            with archive.open("mimetype") as declared:
                return declared.read(100).decode("ascii", "replace").strip() == ALLOWED[extension]
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError, ValueError):
        return False
    finally:
        upload.seek(0)
