import pytest

from tests.outage.product import running


@pytest.fixture(scope="package")
def running_product(tmp_path_factory):
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture
def product(running_product):
    """The product, well before the test, and well again after it."""
    yield running_product
    running_product.until_well()
