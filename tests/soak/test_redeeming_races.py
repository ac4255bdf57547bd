"""The last mug, and kills between any two steps of redeeming and fulfilling, for long."""

import pytest

from tests.concurrency.test_last_mug import many_rounds
from tests.concurrency.test_redeeming_kills import doomed, kill_redeemers, kill_technicians

__all__ = ["doomed"]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600), pytest.mark.django_db(transaction=True)]
ROUNDS = 200
KILLS_AT_EACH_PLACE = 25


def test_200_last_mugs_have_one_winner_each(tmp_path):
    many_rounds(ROUNDS, tmp_path)


def test_25_kills_at_each_place_of_redeeming_make_one_redemption_each(doomed):
    kill_redeemers(doomed, KILLS_AT_EACH_PLACE)


def test_25_kills_at_each_place_of_fulfilling_pay_once(doomed):
    kill_technicians(doomed, KILLS_AT_EACH_PLACE)
