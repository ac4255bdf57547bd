"""Photos of jobs: technicians take them, customers and staff see them, and they tell nothing but what is to be seen."""

import random
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from config.lib.uploads import BYTES_MAX as BODY_MAX
from fulfillment.models import Photo
from fulfillment.services.erasure import erase_customer
from fulfillment.services.photos import BYTES_MAX, PHOTOS_MAX, NoPicture, add_photo
from tests.factories.referrals import MerchantFactory, UserFactory
from tests.fulfillment.desk import Desk

HOST = "orchard.localhost"
SECRET = b"51.5007 N, 0.1246 W"
ORIENTATION, DESCRIPTION = 0x0112, 0x010E
NO_PICTURE = "This cannot be read as a picture"


@pytest.fixture
def desk(db):
    return Desk(now=timezone.now(), merchant=MerchantFactory(domain=HOST))


@pytest.fixture
def job(desk):
    service = desk.option("polish", "free_service", needs_technician=True)
    desk.technician()
    redemption = desk.redeem(desk.customer(points=100, user=UserFactory()), service)
    desk.dispatch()
    return desk.job(redemption)


def picture(size=(40, 20), kind="JPEG", **said):
    """A red picture, and what a phone writes into it."""
    made = BytesIO()
    Image.new("RGB", size, "red").save(made, kind, **said)
    return made.getvalue()


def of_a_phone():
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # It was held upright.
    exif[DESCRIPTION] = SECRET.decode()
    return picture(exif=exif, comment=SECRET, xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>")


def browser_of(person):
    client = Client(headers={"Host": HOST})
    client.force_login(person)
    return client


def send(job, content, name="photo.jpg", browser=None):
    path = f"/portal/jobs/{job.uuid}/photos/"
    file = SimpleUploadedFile(name, content, "image/jpeg")
    return (browser or browser_of(job.technician.user)).post(path, {"photo": file}, follow=True).text


def add(job, content):
    return add_photo(job=job.uuid, technician=job.technician, content=content, now=timezone.now())


def test_a_photo_is_seen_by_its_technician_its_customer_and_staff_and_by_nobody_else(desk, job):
    assert "The photo is here." in send(job, picture())
    photo = Photo.objects.get()
    customer = job.redemption.customer.user
    places = {
        job.technician.user: f"/portal/jobs/{job.uuid}/photos/{photo.uuid}/",
        customer: f"/redemptions/{job.redemption.uuid}/photos/{photo.uuid}/",
        UserFactory(is_staff=True, is_superuser=True): reverse("admin:fulfillment_photo_picture", args=[photo.pk]),
    }
    for person, place in places.items():
        answer = browser_of(person).get(place)
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert "private" in answer["Cache-Control"]
        assert Image.open(BytesIO(answer.content)).size == (40, 20)
    others = desk.customer("bob", user=UserFactory()).user, desk.technician().user, UserFactory(is_staff=True)
    for stranger in others:
        assert all(browser_of(stranger).get(place).status_code in (302, 403, 404) for place in places.values())
    assert f"{photo.uuid}" in browser_of(customer).get(f"/redemptions/{job.redemption.uuid}/").text


def test_of_what_a_phone_writes_into_a_picture_nothing_is_kept(job):
    sent = of_a_phone()
    assert sent.count(SECRET) == 3

    kept = add(job, sent).content

    assert SECRET not in kept
    seen = Image.open(BytesIO(kept))
    assert not seen.getexif()
    assert (seen.format, seen.size) == ("JPEG", (20, 40)), "it stands upright"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpegs_of_the_size_of_a_screen(job, kind):
    seen = Image.open(BytesIO(add(job, picture((3200, 100), kind)).content))
    assert (seen.format, seen.size) == ("JPEG", (1600, 50))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no picture",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\0" * 50,
        b"\xff\xd8\xff" + b"\0" * (BYTES_MAX + 1),
        picture((8000, 8000), "PNG"),
        picture((20_000, 10_000), "PNG"),
    ],
    ids=["nothing", "text", "svg", "gif", "too many bytes", "too many pixels", "a bomb"],
)
def test_what_is_no_picture_is_refused_with_a_message(job, content):
    told = send(job, content)
    assert NO_PICTURE in told
    assert not Photo.objects.exists()


def test_a_file_that_was_damaged_anywhere_is_a_picture_or_refused(job):
    chance = random.Random(7)
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = picture(kind=kind)
        for _ in range(60):
            damaged = bytearray(whole[: chance.randrange(1, len(whole) + 1)])
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            try:
                add(job, bytes(damaged))
            except NoPicture:
                continue
            Photo.objects.all().delete()


def test_a_body_beyond_any_size_is_not_read(job):
    browser = browser_of(job.technician.user)
    refused = browser.post(
        f"/portal/jobs/{job.uuid}/photos/", {"photo": SimpleUploadedFile("a.jpg", b"x")}, CONTENT_LENGTH=BODY_MAX + 1
    )
    assert refused.status_code in (400, 413)


def test_the_same_photo_twice_is_one_and_a_job_has_no_more_than_six(job):
    for number in range(PHOTOS_MAX):
        for _ in range(2):
            add(job, picture((40, 20 + number)))
    assert Photo.objects.count() == PHOTOS_MAX
    assert "at most six photos" in send(job, picture((40, 90)))


def test_photos_go_with_the_person(job):
    add(job, picture())
    erase_customer(customer=job.redemption.customer, now=timezone.now(), reason="customer_request")
    assert not Photo.objects.exists()
