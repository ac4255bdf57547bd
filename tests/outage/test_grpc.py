"""What gRPC answers while PostgreSQL is away, and that it comes back by itself."""

import grpc
import pytest

from tests.concurrency.processes import wait_until
from tests.outage.product import crowded, frozen, stopped
from tests.referrals.grpc_server import GrpcCaller, serving

NOBODYS = "01990000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def caller(running_product):
    with serving(running_product.env) as (_, address), grpc.insecure_channel(address) as channel:
        yield GrpcCaller(channel, running_product.merchant["api_key"])


@pytest.mark.parametrize("away", [stopped, frozen, crowded])
def test_without_postgresql_callers_are_told_to_try_again(product, caller, away):
    merchant = product.merchant["slug"]
    assert caller.status(NOBODYS, merchant) == "NOT_FOUND"
    with away(product.postgres):
        assert caller.status(NOBODYS, merchant) == "UNAVAILABLE"
        assert caller.validate(merchant) is True
    assert wait_until(lambda: caller.status(NOBODYS, merchant) == "NOT_FOUND")
