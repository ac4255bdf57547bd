"""Merchants' systems are told what happens: every event at least once, in the order of each subject, signed."""

import json
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from standardwebhooks import Webhook, WebhookVerificationError

from fulfillment.models import Delivery, DeliveryState, EndpointState, Message
from fulfillment.services.webhooks import attempts
from fulfillment.services.webhooks.attempts import Outcome, claim_attempts, settle_attempt
from fulfillment.services.webhooks.endpoints import (
    BOTH_SECRETS,
    EndpointDisabled,
    change_endpoint,
    replay_delivery,
    replay_since,
    rotate_secret,
    send_test,
)
from fulfillment.services.webhooks.fan_out import fan_out
from fulfillment.services.webhooks.schedule import WAITS
from fulfillment.services.webhooks.sending import send_due
from referrals.models import Event
from referrals.services.staff import Role, ensure_roles, make_staff
from tests.concurrency.together import at_once
from tests.factories.credits import AccountFactory, TierFactory
from tests.factories.fulfillment import DeliveryFactory
from tests.factories.referrals import (
    NOON,
    CustomerFactory,
    EventFactory,
    MerchantFactory,
    ReferralFactory,
    UserFactory,
)
from tests.fulfillment.receivers import changes_its_mind, says

pytestmark = pytest.mark.django_db(transaction=True)
SOON = NOON + timedelta(seconds=1)


@pytest.fixture
def merchant():
    return MerchantFactory()


def send(now=SOON):
    return send_due(clock=lambda: now, seconds=5)


def happen(merchant, *types, subject=1):
    """Events of one subject, one after the other."""
    first = Event.objects.filter(subject_id=subject).count() + 1
    return [
        EventFactory(merchant=merchant, type=type_, subject_id=subject, sequence=number)
        for number, type_ in enumerate(types, first)
    ]


def test_an_endpoint_is_told_of_what_it_selected_and_of_nothing_else(merchant, listening, relay):
    server, _ = listening(merchant, events=["points.*", "tier.changed"])
    wanted = [happen(merchant, "points.earned"), happen(merchant, "tier.changed")]
    happen(merchant, "tier.kept")
    happen(MerchantFactory(), "points.earned", subject=2)
    relay()

    assert send() == 2

    assert [each.headers["webhook-id"] for each in server.requests] == [str(event.uuid) for (event,) in wanted]
    assert not fan_out(now=NOON)
    assert Delivery.objects.count() == 2


def test_a_receiver_verifies_it_with_the_public_library_and_with_either_secret(merchant, listening, relay, monkeypatch):
    server, endpoint = listening(merchant)
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", _At(SOON))
    old = endpoint.secret
    new = rotate_secret(endpoint=endpoint, now=NOON).secret
    happen(merchant, "points.earned")
    relay()
    send()

    (told,) = server.requests
    for secret in (old, new):
        assert Webhook(secret).verify(told.body, told.headers)["type"] == "points.earned"
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(told.body + b" ", told.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(told.body, {**told.headers, "webhook-id": "another"})

    later = NOON + BOTH_SECRETS + timedelta(seconds=1)
    happen(merchant, "points.earned")
    relay(later)
    send(later)
    assert len(server.requests[-1].headers["webhook-signature"].split()) == 1


class _At:
    """The library's clock, at the time of the test."""

    def __init__(self, now):
        self.now_ = now

    def now(self, tz):
        return self.now_

    def __getattr__(self, name):
        import datetime

        return getattr(datetime.datetime, name)


def test_what_is_told_names_nobody_and_none_of_our_inner_ids(merchant, listening, relay):
    server, _ = listening(merchant)
    account = AccountFactory(customer=CustomerFactory(merchant=merchant, external_id="C-77"))
    gold = TierFactory(wallet=account.wallet, code="gold")
    referral = ReferralFactory(referral_link__customer=account.customer)
    EventFactory(merchant=merchant, type="tier.changed", subject_id=account.pk, payload={"from": None, "to": gold.pk})
    people = {"referrer": referral.referrer_id, "referee": referral.referee_id}
    EventFactory(
        merchant=merchant, type="referral.joined", subject_type="referral", subject_id=referral.pk, payload=people
    )
    relay()
    send()

    told = {each["type"]: each["data"] for each in (json.loads(request.body) for request in server.requests)}
    assert told["tier.changed"] == {"from": None, "to": "gold", "customer": "C-77", "sequence": 1}
    assert told["referral.joined"] == {
        "referrer": "C-77",
        "referee": referral.referee.external_id,
        "referral": str(referral.uuid),
        "sequence": 1,
    }


def test_nothing_is_overtaken_by_what_happened_later_to_the_same_subject(merchant, listening, relay):
    server, _ = listening(merchant, changes_its_mind(says(500), says(500), says(204)))
    happen(merchant, "points.earned", "points.redeemed", "points.expired")
    happen(merchant, "points.adjusted", subject=2)
    relay()

    send()
    assert sorted(type_of(each) for each in server.requests) == ["points.adjusted", "points.earned"]
    send(SOON + WAITS[0] * 2)
    told = [type_of(each) for each in server.requests[2:]]
    assert [each for each in told if each != "points.adjusted"] == [
        "points.earned",
        "points.redeemed",
        "points.expired",
    ]


def type_of(request):
    return json.loads(request.body)["type"]


def test_it_is_tried_for_three_days_under_one_id_and_then_given_up(merchant, listening, relay):
    server, _ = listening(merchant, says(500))
    happen(merchant, "points.earned", "points.redeemed")
    relay()
    now, times = SOON, []
    while (delivery := Delivery.objects.order_by("pk")[0]).state == DeliveryState.PENDING:
        send(now)
        times.append(now)
        delivery.refresh_from_db()
        now = delivery.due_at

    waited = [later - earlier for earlier, later in pairwise(times)]
    assert all(wait <= waits <= wait * 1.1 for wait, waits in zip(WAITS, waited, strict=True))
    assert timedelta(hours=75) < sum(WAITS, timedelta()) < timedelta(hours=76)
    assert len({each.headers["webhook-id"] for each in server.requests}) == 1
    assert len({each.headers["webhook-timestamp"] for each in server.requests}) == 10
    assert [each["status"] for each in delivery.log] == [500] * 10


@pytest.mark.parametrize(("asked", "given"), [(3600, timedelta(hours=1)), (999_999, timedelta(days=1))])
def test_a_receiver_that_asks_for_time_gets_it_up_to_a_day(merchant, listening, relay, asked, given):
    listening(merchant, says(429, f"Retry-After: {asked}"))
    happen(merchant, "points.earned")
    relay()
    send()
    assert Delivery.objects.get().due_at == SOON + given


def test_an_endpoint_that_fails_for_days_is_disabled_and_goes_on_when_it_is_enabled(merchant, listening, relay):
    server, endpoint = listening(merchant, changes_its_mind(says(500), says(500), says(204)))
    ensure_roles()
    paula = UserFactory()
    make_staff(user=paula, role=Role.PROGRAMME_MANAGER, merchants=[merchant])
    make_staff(user=UserFactory(is_active=False), role=Role.PROGRAMME_MANAGER, merchants=[merchant])
    happen(merchant, "points.earned")
    relay()
    send()
    send(SOON + attempts.FAILING_MAX)
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.FAILING
    assert (Message.objects.get().notification.user, Message.objects.get().channel) == (paula, "email")
    assert send(SOON + timedelta(days=30)) == 0
    with pytest.raises(EndpointDisabled):
        send_test(endpoint=endpoint, now=SOON)
    enabled = change_endpoint(endpoint=endpoint, is_enabled=True, now=SOON)
    send()
    assert (enabled.state, enabled.failing_since) == (EndpointState.ENABLED, None)
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert len({each.headers["webhook-id"] for each in server.requests}) == 1


def test_an_endpoint_that_is_gone_is_left_alone(merchant, listening, relay):
    _, endpoint = listening(merchant, says(410))
    happen(merchant, "points.earned", "points.earned")
    relay()
    send()
    endpoint.refresh_from_db()
    assert endpoint.state == EndpointState.GONE
    assert send(SOON + timedelta(days=1)) == 0


def test_what_was_sent_and_not_written_down_is_sent_again_under_the_same_id(merchant, listening, relay):
    server, endpoint = listening(merchant)
    happen(merchant, "points.earned")
    relay()
    (lost,) = claim_attempts(endpoint_id=endpoint.pk, limit=9, now=SOON)
    assert send() == 0, "it is leased"

    later = SOON + attempts.LEASE
    assert send(later) == 1
    settle_attempt(attempt=lost, outcome=Outcome(500), now=later)

    assert server.requests[0].headers["webhook-id"] == lost.headers["webhook-id"]
    assert Delivery.objects.get().state == DeliveryState.DELIVERED, "who comes late changes nothing"


def test_workers_together_send_each_once(merchant, listening, relay):
    server, _ = listening(merchant)
    for subject in range(40):
        happen(merchant, "points.earned", subject=subject + 1)
    at_once(relay, relay, relay)
    assert Delivery.objects.count() == 40

    at_once(send, send, send)
    assert len({each.headers["webhook-id"] for each in server.requests}) == len(server.requests) == 40


def test_an_event_whose_transaction_ends_late_is_not_passed_by(merchant, listening, relay):
    """Its id is lower than that of one that was read; nobody reads past it while it may still come."""
    listening(merchant)
    with connection.cursor() as cursor, transaction.atomic():
        happen(merchant, "points.earned", subject=1)

        def meanwhile():
            happen(merchant, "points.earned", subject=2)
            list(iter(lambda: fan_out(now=NOON), False))
            return Delivery.objects.count()

        assert at_once(meanwhile) == [0]
        cursor.execute("SELECT 1")
    relay()
    assert list(Delivery.objects.order_by("pk").values_list("subject_id", flat=True)) == [1, 2]


def test_a_delivery_and_all_since_a_moment_can_be_had_again(merchant, listening, relay):
    server, endpoint = listening(merchant)
    happen(merchant, "points.earned", "points.redeemed")
    relay()
    send()
    first = Delivery.objects.order_by("pk")[0]

    replay_delivery(delivery=first, now=SOON)
    send()
    change_endpoint(endpoint=endpoint, is_enabled=False, now=SOON)
    happen(merchant, "points.expired")
    relay()
    endpoint = change_endpoint(endpoint=endpoint, is_enabled=True, now=SOON)
    assert replay_since(endpoint=endpoint, since=NOON, now=SOON) == 3
    send()

    assert replay_since(endpoint=endpoint, since=NOON + timedelta(seconds=1), now=SOON) == 0
    types = [type_of(each) for each in server.requests]
    told = ["points.earned", "points.redeemed"]
    assert types == [*told, "points.earned", *told, "points.expired"]


def test_a_test_arrives(merchant, listening):
    server, endpoint = listening(merchant)
    send_test(endpoint=endpoint, now=NOON)
    send()
    assert json.loads(server.requests[0].body) == {
        "type": "webhook.test",
        "timestamp": "2026-11-20T12:00:00Z",
        "data": {},
    }
    assert server.requests[0].path == "/hook?from=grapevine"


def test_a_delivery_of_another_endpoint_stays_where_it_is(merchant):
    other = DeliveryFactory()
    assert claim_attempts(endpoint_id=other.endpoint_id + 1, limit=9, now=SOON) == []
