"""The product's own settings, with an empty view beside the product's URLs."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
