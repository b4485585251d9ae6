"""The minutes as a tagged PDF: made on demand from the same words as the page, kept private."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import translation

from incubator.core import files, journal, pdf
from incubator.core.models import PrivateFile, Refused
from juries import rules
from juries.models import Correction, Minutes, MinutesFile
from juries.verdicts import minutes_as_read

STYLES = ("eclosion/css/minutes.css",)


@transaction.atomic
def minutes_pdf(*, actor, minutes: Minutes) -> PrivateFile:
    """The file of these minutes with the corrections there are today; made once for each number of corrections."""
    sitting = minutes.sitting
    if not rules.can_read_minutes(actor, sitting):
        raise PermissionDenied("juries.minutes_pdf")
    count = Correction.objects.filter(decision__hearing__sitting=sitting).count()
    known = MinutesFile.objects.filter(minutes=minutes, corrections=count).select_related("file").first()
    if known is not None:
        return known.file
    with translation.override(settings.LANGUAGE_CODE):
        html = render_to_string(
            "juries/minutes_pdf.html", {**minutes_as_read(minutes), "language": settings.LANGUAGE_CODE}
        )
        try:
            content = pdf.make(html, styles=STYLES)
        except pdf.Unavailable as error:
            raise Refused(str(error.args[0])) from error
    suffix = f"-rectificatif-{count}" if count else ""
    upload = SimpleUploadedFile(f"pv-{minutes.number}{suffix}.pdf", content, content_type="application/pdf")
    stored = files.store(upload, actor=actor)
    try:
        with transaction.atomic():
            MinutesFile.objects.create(minutes=minutes, corrections=count, file=stored)
    except IntegrityError:  # someone else has made the same file at the same moment: theirs serves
        return MinutesFile.objects.select_related("file").get(minutes=minutes, corrections=count).file
    journal.record(verb="juries.minutes_printed", actor=actor, target=sitting, corrections=count)
    return stored
