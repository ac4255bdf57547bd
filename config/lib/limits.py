"""Limits on trying: how often something may be done within a time, whatever is done at the very same moment.

Redis keeps the moments of the last tries under each key and decides in one script, so of any number of tries at once no
more than the limit pass, and in no stretch of time, wherever it begins, do more. While Redis is away nobody is let
through: who waits for that moment would try freely, and what processes count by themselves adds up to more.
"""

import ipaddress
import uuid
from typing import NamedTuple

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError
from config.lib.redis import ask_redis, run_script

IPV6_PREFIX = 64
"""What one subscriber is given; within it they have as many addresses as they like."""

_TAKE = """
    local t = redis.call('TIME') local now = t[1] * 1000000 + t[2]
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
    if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then
        return redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] + ARGV[2] - now
    end
    redis.call('ZADD', KEYS[1], now, ARGV[3])
    redis.call('PEXPIRE', KEYS[1], math.ceil(ARGV[2] / 1000))
    return 0
    """


class LimitReached(DomainError):
    """This was tried too often; it may be tried again later."""

    code = "too_many_requests"
    status = 429


class NobodyCounts(DomainError):
    """Redis is away, and this is not allowed uncounted."""

    code = "unavailable"
    status = 503
    retry_after_seconds = 5


class Limit(NamedTuple):
    """So many tries within so many seconds."""

    name: str
    tries: int
    seconds: int


class Try(NamedTuple):
    """A try that was let through."""

    key: str
    id: str

    def give_back(self) -> None:
        """Let it count no more: it was not what the limit is against."""
        ask_redis(lambda redis: redis.zrem(self.key, self.id))


def take(limit: Limit, *, of: str) -> Try:
    """Count a try.

    :param of: who tries; what is kept of it is a keyed hash.
    :raises LimitReached: if there were too many; it says when the next one will be let through.
    :raises NobodyCounts: while Redis is away.
    """
    key = cache.make_key(f"limit:{limit.name}:{keyed_hash(of.encode()).hex()[:32]}")
    attempt = Try(key, uuid.uuid4().hex)
    args = [limit.tries, limit.seconds * 1_000_000, attempt.id]
    wait = ask_redis(lambda redis: int(run_script(redis, _TAKE, [key], args)))
    if wait is None:
        raise NobodyCounts
    if wait > 0:
        raise _reached(wait)
    return attempt


def place_of(request: HttpRequest) -> str:
    """Whence a request comes: the address, as far as proxies of ours vouch for it; of IPv6 the network."""
    address: str = get_adapter().get_client_ip(request)
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((known, IPV6_PREFIX), strict=False)) if known.version == 6 else address


def _reached(wait_micros: int) -> LimitReached:
    error = LimitReached()
    error.retry_after_seconds = max(1, -(-wait_micros // 1_000_000))
    return error
