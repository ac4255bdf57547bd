"""Staff put the codes of gift cards into a pool, by pasting them or by a file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from rewards.models import Coupon, CouponPool
from rewards.services.coupons import import_coupons, take_coupons
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.rewards import RewardOptionFactory

ADD = reverse("admin:rewards_couponpool_add")


@pytest.fixture
def card(own):
    return RewardOptionFactory(reward_type__merchant=own, name="Gift card", needs_coupon=True)


def test_codes_are_pasted_and_come_by_file_and_count_once(staff, card):
    file = SimpleUploadedFile("codes.csv", b"GIFT-2,10.00\nGIFT-3,10.00\n")
    said = {"option": card.pk, "low_at": 5, "codes": "GIFT-1\n GIFT-2 \n\n", "file": file}
    assert staff.post(ADD, said, follow=True).text.count("3 new codes; 0 were known.") == 1
    pool = CouponPool.objects.get()
    assert (pool.option, pool.free, pool.low_at, pool.merchant) == (card, 3, 5, card.merchant)
    assert sorted(coupon.code for coupon in Coupon.objects.all()) == ["GIFT-1", "GIFT-2", "GIFT-3"]


def test_more_are_put_in_while_some_are_taken_and_none_is_lost(staff, own, card):
    import_coupons(option=card, codes=["GIFT-1", "GIFT-2"], now=NOON)
    change = reverse("admin:rewards_couponpool_change", args=[CouponPool.objects.get().pk])
    assert "GIFT-1" not in staff.get(change).text
    take_coupons(option=card, customer_id=CustomerFactory(merchant=own).pk, quantity=1, key="purpose:1", now=NOON)
    staff.post(change, {"low_at": 1, "codes": "GIFT-2\nGIFT-3", "expires_at_0": "2027-01-31", "expires_at_1": "00:00"})
    assert (CouponPool.objects.get().free, CouponPool.objects.get().low_at) == (2, 1)
    assert Coupon.objects.filter(expires_at__isnull=False).count() == 1


def test_what_is_no_code_is_refused_with_a_sentence(staff, card):
    answer = staff.post(ADD, {"option": card.pk, "low_at": 5, "codes": "GIFT-1\n" + "X" * 201})
    assert (answer.status_code, CouponPool.objects.exists()) == (200, False)
    assert "at most 200 characters" in answer.text


def test_only_options_that_hand_out_codes_are_offered_and_only_ones_own(staff, own, foreign, card):
    RewardOptionFactory(reward_type__merchant=own, name="Mug")
    RewardOptionFactory(reward_type__merchant=foreign, name="Their card", needs_coupon=True)
    page = staff.get(ADD).text
    assert [name in page for name in ("Gift card", "Mug", "Their card")] == [True, False, False]
