"""gRPC over the wire: a server process, and a client as another system has one."""

import subprocess
import sys

import grpc
import pytest
from django.conf import settings
from django.db import connection, transaction
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from referrals.models import Scope
from referrals.services.api_keys import issue_api_key
from tests.concurrency.processes import environment
from tests.factories.referrals import CustomerFactory, CustomerRfmFactory, MerchantFactory, ReferralFactory
from tests.referrals.grpc_server import GrpcCaller, serving

pytestmark = pytest.mark.django_db(transaction=True)
NOBODYS = "01990000-0000-7000-8000-000000000000"
WIRE = settings.BASE_DIR / "referrals/grpc/wire"


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        env = environment()
    with serving(env) as (_, address):
        yield address


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server) as channel:
        yield channel


@pytest.fixture
def referral():
    return ReferralFactory()


@pytest.fixture
def merchant(referral):
    return referral.merchant


@pytest.fixture
def call(channel):
    """Another system of a merchant's, with a key."""

    def make(merchant, scopes=(Scope.REFERRALS,)):
        return GrpcCaller(channel, issue_api_key(merchant=merchant, name="Tests", scopes=scopes)[1])

    return make


def test_a_merchant_learns_how_far_a_referral_has_come(call, referral, merchant):
    caller = call(merchant)
    assert caller.status(referral.uuid, merchant.slug) == "joined"
    assert caller.status(referral.uuid, str(merchant.uuid)) == "joined"


def test_what_belongs_to_another_looks_absent(call, referral, merchant):
    other = ReferralFactory()
    caller = call(merchant)
    assert caller.status(NOBODYS, merchant.slug) == "NOT_FOUND"
    assert caller.status(other.uuid, merchant.slug) == "NOT_FOUND"
    assert caller.status(other.uuid, other.merchant.slug) == "NOT_FOUND"
    assert caller.status(referral.uuid, other.merchant.slug) == "NOT_FOUND"


def test_a_call_needs_a_key_with_the_scope(channel, call, referral, merchant):
    for stranger in (GrpcCaller(channel), GrpcCaller(channel, "gv_00000000_nobodys")):
        assert stranger.status(referral.uuid, merchant.slug) == "UNAUTHENTICATED"
        assert stranger.validate(merchant.slug) == "UNAUTHENTICATED"
    buyer = call(merchant, scopes=[Scope.PURCHASES])
    assert buyer.status(referral.uuid, merchant.slug) == "PERMISSION_DENIED"
    assert buyer.validate(merchant.slug) == "PERMISSION_DENIED"


@pytest.mark.parametrize("wrong", ["", "7", "nobody", "\x00", "x" * 10_000])
def test_what_is_no_id_is_said_to_be_none(call, wrong, merchant):
    assert call(merchant).status(wrong, merchant.slug) == "INVALID_ARGUMENT"


def test_a_merchant_must_be_named(call, referral, merchant):
    assert call(merchant).status(referral.uuid, "") == "INVALID_ARGUMENT"
    assert call(merchant).validate("") == "INVALID_ARGUMENT"


def test_a_key_is_valid_for_its_own_merchant_and_for_no_other(call, merchant):
    caller = call(merchant)
    assert caller.validate(merchant.slug) is caller.validate(str(merchant.uuid)) is True
    for other in (MerchantFactory().slug, str(MerchantFactory().uuid), "nobody", NOBODYS, "\x00"):
        assert caller.validate(other) is False


def test_a_merchant_learns_how_its_customers_buy(call, merchant):
    rfm = CustomerRfmFactory(customer__merchant=merchant)
    caller = call(merchant, scopes=[Scope.PURCHASES])
    answer = caller.rfm(rfm.customer.external_id, merchant.slug)
    assert {field.name for field, _ in answer.ListFields()} == set(answer.DESCRIPTOR.fields_by_name)
    for name in {*answer.DESCRIPTOR.fields_by_name} - {"computed_at"}:
        assert getattr(answer, name) == getattr(rfm, name)
    assert answer.computed_at == rfm.computed_at.isoformat()
    assert caller.rfm(CustomerFactory(merchant=merchant).external_id, merchant.slug).ListFields() == []
    assert caller.rfm(rfm.customer.external_id, MerchantFactory().slug) == "NOT_FOUND"
    assert caller.rfm(str(CustomerFactory().uuid), merchant.slug) == "NOT_FOUND"
    assert caller.rfm("", merchant.slug) == caller.rfm("\x00", merchant.slug) == "INVALID_ARGUMENT"
    assert call(merchant).rfm(rfm.customer.external_id, merchant.slug) == "PERMISSION_DENIED"


def test_a_deadline_is_kept_while_the_database_is_slow(call, referral, merchant):
    caller = call(merchant)
    assert caller.validate(merchant.slug) is True
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE referrals IN ACCESS EXCLUSIVE MODE")
        assert caller.status(referral.uuid, merchant.slug, timeout=0.3) == "DEADLINE_EXCEEDED"
    assert caller.status(referral.uuid, merchant.slug) == "joined"


def test_its_health_and_its_services_can_be_asked_for_without_a_key(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "referrals.v1", "auth.v1", "core.v1"):
        answer = health.Check(health_pb2.HealthCheckRequest(service=service), timeout=10)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    services = ProtoReflectionDescriptorDatabase(channel).get_services()
    assert {"referrals.v1", "auth.v1", "core.v1", "grpc.health.v1.Health"} <= set(services)


def test_asked_to_end_it_finishes_what_has_begun(referral, merchant):
    _, token = issue_api_key(merchant=merchant, name="Tests", scopes=[Scope.REFERRALS])
    with serving(environment()) as (process, address), grpc.insecure_channel(address) as channel:
        caller = GrpcCaller(channel, token)
        assert caller.validate(merchant.slug) is True
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE referrals IN ACCESS EXCLUSIVE MODE")
            answer = caller.begin_status(referral.uuid, merchant.slug)
            while not waiting_for_a_lock():
                pass
            process.terminate()
        assert answer.result().status == "joined"
        assert process.wait(10) == 0


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'referrals'::regclass")
        return cursor.fetchone()[0]


def test_the_generated_code_is_that_of_the_protocol(tmp_path):
    protos = [path.relative_to(settings.BASE_DIR) for path in WIRE.glob("*.proto")]
    outputs = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    words = [sys.executable, "-m", "grpc_tools.protoc", "-I.", *outputs, *map(str, protos)]
    subprocess.run(words, cwd=settings.BASE_DIR, check=True)
    generated = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*_pb2*"))
    assert len(generated) == 3 * len(protos) > 0
    for path in generated:
        assert (settings.BASE_DIR / path).read_text() == (tmp_path / path).read_text(), f"{path}: run `make protos`"
