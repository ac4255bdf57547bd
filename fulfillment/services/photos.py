"""Photos of jobs: of what a technician sends a picture is made anew, without what a phone writes into it."""

import struct
from datetime import datetime
from io import BytesIO
from uuid import UUID

from django.db import transaction
from PIL import Image, ImageOps

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError, Invalid
from fulfillment.models.photos import Photo
from fulfillment.models.technicians import Technician
from fulfillment.services.fulfilment import redemption_of_job

PHOTOS_MAX = 6
BYTES_MAX = 10 * 1024 * 1024
PIXELS_MAX = 50_000_000
SIDE_MAX = 1600
QUALITY = 80
FORMATS = ("JPEG", "PNG", "WEBP")
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, struct.error,
    Image.DecompressionBombError, Image.DecompressionBombWarning,
)  # fmt: skip
"""What the library raises of files that are none, or were made to harm."""


class NoPicture(Invalid):
    """This cannot be read as a picture: send a JPEG, PNG or WebP of at most 10 MB."""

    code = "no_picture"


class TooManyPhotos(DomainError):
    """A job has at most six photos."""

    code = "too_many_photos"


def add_photo(*, job: UUID, technician: Technician, content: bytes, now: datetime) -> Photo:
    """Keep a photo of a job that a technician has, or has done; the same again changes nothing.

    :param content: the file as it was sent.
    :raises NoPicture: if it is none, or too large.
    :raises NotFound: if the technician does not have this job.
    :raises TooManyPhotos: if there are enough.
    """
    picture = _made_anew(content)
    digest = keyed_hash(picture)
    with transaction.atomic():
        redemption = redemption_of_job(job, technician)
        known = redemption.photos.filter(digest=digest).defer("content").first()
        if known is not None:
            return known
        if redemption.photos.count() >= PHOTOS_MAX:
            raise TooManyPhotos
        return Photo.objects.create(
            redemption=redemption, content=picture, digest=digest, actor=f"user:{technician.user_id}", taken_at=now
        )


def _made_anew(content: bytes) -> bytes:
    """A JPEG of what is to be seen, of the size of a screen, the right way up, and nothing else."""
    if len(content) > BYTES_MAX:
        raise NoPicture
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as sent:
            if sent.width * sent.height > PIXELS_MAX:
                raise NoPicture
            sent.draft("RGB", (SIDE_MAX, SIDE_MAX))
            seen = ImageOps.exif_transpose(sent).convert("RGB")
        seen.thumbnail((SIDE_MAX, SIDE_MAX))
        seen.info = {}  # Comments and the like would go along otherwise.
        made = BytesIO()
        seen.save(made, "JPEG", quality=QUALITY)
    except _BROKEN as error:
        raise NoPicture from error
    return made.getvalue()
