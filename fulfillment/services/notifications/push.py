"""Web push: encrypted for one browser (RFC 8291, RFC 8188), and signed by us (VAPID, RFC 8292)."""

import os
import time
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from config.lib import base64url
from fulfillment.models.notifications import PushSubscription

POINT_BYTES = 65
RECORD_SIZE = 4096
SECONDS_TO_LIVE = 24 * 3600
TOKEN_SECONDS = 12 * 3600


def public_key() -> str:
    """Our key as browsers ask for it when somebody subscribes; empty: there is no web push here."""
    return base64url.encode(_point(_signer())) if settings.VAPID_PRIVATE_KEY else ""


def is_browser_key(point: bytes) -> bool:
    """Whether something can be encrypted for a browser that gives this as its public key."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return len(point) == POINT_BYTES


def push_headers_and_body(*, subscription: PushSubscription, content: bytes) -> tuple[dict[str, str], bytes]:
    """What is posted to a browser's push service, so that only the browser can read it.

    :param content: at most 3,900 bytes.
    """
    signer = _signer()
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(SECONDS_TO_LIVE),
        "Authorization": f"vapid t={_token(signer, subscription.endpoint)}, k={base64url.encode(_point(signer))}",
    }
    return headers, _encrypted(content, bytes(subscription.p256dh), bytes(subscription.auth))


def _signer() -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(base64url.decode(settings.VAPID_PRIVATE_KEY), "big"), ec.SECP256R1())


def _encrypted(content: bytes, their_point: bytes, auth: bytes) -> bytes:
    ours, salt = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), their_point))
    point = _point(ours)
    secret = _derived(shared, auth, b"WebPush: info\0" + their_point + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, content + b"\2", None)  # The 2 says that this record is the last.
    return salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(point)]) + point + sealed


def _token(signer: ec.EllipticCurvePrivateKey, endpoint: str) -> str:
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + TOKEN_SECONDS,
        "sub": f"mailto:{settings.DEFAULT_FROM_EMAIL}",
    }
    head, body = (base64url.encode(msgspec.json.encode(part)) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(signer.sign(f"{head}.{body}".encode(), ec.ECDSA(hashes.SHA256())))
    return f"{head}.{body}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
