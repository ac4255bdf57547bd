"""Photos of what was done for a redemption."""

from uuid import UUID

from config.lib.errors import NotFound
from fulfillment.models.photos import Photo
from fulfillment.models.redemptions import Redemption


def photos_of(redemption: Redemption) -> list[Photo]:
    """The photos of a redemption, the first one first; the pictures themselves are not read."""
    return list(redemption.photos.defer("content").order_by("pk"))


def find_photo(*, redemption: Redemption, uuid: UUID) -> Photo:
    """One of them.

    :raises NotFound: if it is of another redemption, or of none.
    """
    photo = redemption.photos.filter(uuid=uuid).first()
    if photo is None:
        raise NotFound("There is no such photo.")
    return photo
