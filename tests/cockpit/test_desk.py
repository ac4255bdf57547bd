"""Customer service: who is found by what, what is shown of them, and that each look leaves a record."""

import pytest
from django.urls import reverse
from django.utils import timezone

from fulfillment.models import Message
from referrals.models import AuditRecord
from referrals.services.staff import Role
from tests.factories.credits import AccountFactory, EntryFactory
from tests.factories.fulfillment import MessageFactory, RedemptionFactory
from tests.factories.joining import CustomerAliasFactory
from tests.factories.referrals import (
    CustomerFactory,
    PurchaseFactory,
    ReferralCodeFactory,
    ReferralFactory,
)

pytestmark = pytest.mark.django_db
DESK = reverse("customer-service")


@pytest.fixture
def ann(own):
    """A customer of ours who can be known by five things."""
    customer = CustomerFactory(merchant=own, external_id="C-ann", email="ann@example.com")
    CustomerAliasFactory(customer=customer, external_id="OLD-ann")
    PurchaseFactory(customer=customer, order_id="A-77")
    ReferralCodeFactory(customer=customer, code="HARVEST1")
    return customer


def page_of(customer):
    return reverse("customer-service-customer", args=[customer.pk])


def looked_up():
    return [(each.actor, each.reason, each.subjects) for each in AuditRecord.objects.filter(action="looked_up")]


@pytest.mark.parametrize("asked", ["ann@example.com", " Ann@Example.com ", "C-ann", "OLD-ann", "A-77", "harvest1"])
def test_a_customer_is_found_by_whatever_they_have_at_hand(client, as_role, ann, asked):
    person = as_role(Role.SUPPORT)

    answer = client.post(DESK, {"asked": asked}, follow=True)

    assert answer.redirect_chain == [(page_of(ann), 302)]
    assert "ann@example.com" in answer.text
    assert looked_up() == [(f"user:{person.pk}", "customer_service", [ann.pk])]


def test_those_who_share_an_address_are_all_named_and_recorded(staff, own, ann):
    twin = CustomerFactory(merchant=own, email="ann@example.com")

    page = staff.post(DESK, {"asked": "ann@example.com"}).text

    assert page_of(ann) in page
    assert page_of(twin) in page
    ((_, _, subjects),) = looked_up()
    assert subjects == [ann.pk, twin.pk]


@pytest.mark.parametrize("known", ["email", "external_id", "uuid", "order", "code"])
def test_nobody_of_another_merchant_is_found_or_shown(staff, own, foreign, known):
    theirs = CustomerFactory(merchant=foreign, external_id="C-9", email="vic@example.com")
    order, code = PurchaseFactory(customer=theirs), ReferralCodeFactory(customer=theirs)
    asked = {"order": order.order_id, "code": code.code}.get(known) or getattr(theirs, known)

    answer = staff.post(DESK, {"asked": asked})

    assert "Nobody whom you may see" in answer.text
    assert staff.get(page_of(theirs)).status_code == 404
    assert looked_up() == []


def test_what_happened_on_every_floor_is_shown_with_the_ways_to_act(staff, ann):
    account = AccountFactory(customer=ann)
    entry = EntryFactory(account=account, points=40, evaluation_id=7)
    friend = ReferralFactory(referral_link=ann.codes.get())
    redemption = RedemptionFactory(customer=ann, hold__account=account)
    message = MessageFactory(notification__customer=ann)

    page = staff.get(page_of(ann)).text

    for row in (ann.purchases.get(), entry, friend, redemption, message, account):
        label = row._meta.label_lower.replace(".", "_")
        assert reverse(f"admin:{label}_change", args=[row.pk]) in page
    assert reverse("admin:rewards_evaluation_change", args=[7]) in page
    assert reverse("merge-customers", args=[ann.pk]) in page


def test_the_page_costs_the_same_for_a_long_history(staff, ann, django_assert_max_num_queries):
    for _ in range(15):
        PurchaseFactory(customer=ann)
        MessageFactory(notification__customer=ann)
        ReferralFactory(referral_link=ann.codes.get())

    with django_assert_max_num_queries(22):
        staff.get(page_of(ann))


def test_a_message_that_has_ended_is_sent_again_from_the_list_to_which_the_page_leads(client, as_role, ann):
    as_role(Role.SUPPORT)
    ended = {"state": "failed", "attempts": 7, "ended_at": timezone.now(), "error": "away"}
    message = MessageFactory(notification__customer=ann, **ended)
    other = MessageFactory(notification__customer__merchant=ann.merchant)
    messages = f"{reverse('admin:fulfillment_message_changelist')}?notification__customer={ann.pk}"
    assert messages in client.get(page_of(ann)).text

    listed = client.get(messages)
    client.post(messages, {"action": "send_again", "_selected_action": [message.pk]})

    assert list(listed.context["cl"].queryset) == [message]
    again = Message.objects.get(pk=message.pk)
    assert (again.state, again.attempts, again.ended_at, again.error) == ("pending", 0, None, "")
    assert Message.objects.get(pk=other.pk).due_at == other.due_at


@pytest.mark.parametrize("path", [DESK, "/admin/desk/1/"])
def test_it_is_for_those_who_may_see_customers(client, as_role, visitor, path):
    assert visitor.get(path).status_code == 302
    person = as_role(Role.SUPPORT)
    person.groups.clear()

    assert client.get(path).status_code == 403
