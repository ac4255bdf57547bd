"""The staff admin, in a browser that obeys our security policy."""

import pytest

from tests.browser.visitor import DESKTOP
from tests.factories.referrals import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["", "system/", "desk/", "referrals/customer/", "credits/account/", "rewards/policy/", "referrals/user/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_staff_are_kept_out_of_no_page_of_theirs(visit, scheme, shop):
    ada = UserFactory(is_staff=True, is_superuser=True)
    ada.set_password("a long password")
    ada.save()
    visitor = visit(size=DESKTOP, scheme=scheme)
    visitor.sign_in(ada.email, "a long password")

    for path in PAGES:
        visitor.open(f"/admin/{path}")
        assert visitor.barriers() == []
