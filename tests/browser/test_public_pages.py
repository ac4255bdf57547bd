"""Pages that need no sign-in, as people meet them."""

import pytest

from tests.browser.visitor import DESKTOP, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ["/", "/accounts/login/", "/accounts/password/reset/", "/styleguide/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_pages_for_everybody_keep_nobody_out(visit, size, scheme):
    visitor = visit(size=size, scheme=scheme)

    for path in PAGES:
        visitor.open(path)
        assert visitor.barriers() == []
        assert not visitor.overflows()
