"""Files that staff hand in."""

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

MEGABYTES_MAX = 10


def read_upload(file: "UploadedFile[bytes] | None") -> bytes:
    """What is in a file; nothing if there is none.

    :raises ValidationError: if it is too large to be read as a whole.
    """
    if file is None:
        return b""
    if (file.size or 0) > MEGABYTES_MAX * 1_000_000:
        raise ValidationError(_("A file may have %(megabytes)s MB at most.") % {"megabytes": MEGABYTES_MAX})
    return bytes(file.read())
