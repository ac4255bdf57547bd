"""What we post goes to public addresses only, and nobody who answers badly keeps us."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config.lib import outbound
from config.lib.outbound import Unreachable, is_postable, is_public, post
from tests.fulfillment.receivers import Receiver, babbles, drips, hangs, pours, says

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.1", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254",
    "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "2002:a9fe:a9fe::",
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "100::1", "3fff::1", "fec0::1", "5f00::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_our_own_network_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example.com/", "ftp://shop.example.com/", "https://", "https:///x", "//shop.example.com",
        "https://shop.example.com:8443/", "https://shop.example.com:99999/", "https://user@shop.example.com/",
        "https://shop.example.com@10.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://shop.example.com/#x", "https://shop.example.com/a b", "https://shop.example.com/\r\nHost: x",
        "https://shop.example.com\\@10.0.0.1/", "https://exämple.com/", "https://shop.example.com/" + "x" * 500,
        "file:///etc/passwd", "https://169.254.169.254/latest/meta-data",
    ],
)  # fmt: skip
def test_a_url_that_may_not_be_posted_to(url):
    assert not is_postable(url)


@pytest.mark.parametrize("url", ["https://shop.example.com", "https://shop.example.com:443/hooks?shop=1&x=%20"])
def test_a_url_that_may_be_posted_to(url):
    assert is_postable(url)


@pytest.fixture
def never_called(monkeypatch):
    """No connection is made, to whatever address."""
    made = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: made.append(address))
    yield
    assert made == []


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "ip6-localhost"])
def test_a_name_for_this_machine_is_not_connected_to(host, never_called):
    with pytest.raises(Unreachable, match=r"forbidden_address|unresolved"):
        post(f"https://{host}/", body=b"{}", headers={})


@pytest.mark.parametrize("address", PRIVATE)
@pytest.mark.parametrize("beside", [[], ["1.1.1.1"]])
def test_a_name_that_also_stands_for_an_address_of_ours_is_not_connected_to(monkeypatch, never_called, address, beside):
    """The answers of the name service are the outside world: here somebody hostile gives them."""
    found = [(0, 0, 0, "", (each, 443)) for each in [*beside, address]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    with pytest.raises(Unreachable, match="forbidden_address"):
        post("https://rebind.example.com/", body=b"{}", headers={})


def test_it_goes_to_the_address_that_was_checked_even_if_the_name_stands_for_another_by_now(monkeypatch):
    answers = iter(["1.1.1.1", "127.0.0.1"])
    asked, connected = [], []

    def resolve(host, port, *args, **kwargs):
        asked.append(host)
        literal = host.replace(".", "").isdigit()
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", (host if literal else next(answers), port))]

    def connect(_, address):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(Unreachable, match="connection"):
        post("https://rebind.example.com/", body=b"{}", headers={})
    assert asked.count("rebind.example.com") == 1
    assert connected == [("1.1.1.1", 443)]


@pytest.mark.parametrize("hostile", [hangs, drips, lambda *_: None, babbles])
def test_who_does_not_answer_is_left_at_the_deadline(receiver, hostile):
    server = receiver(hostile)
    started = time.monotonic()
    with pytest.raises(Unreachable, match=r"deadline|connection"):
        post(server.url, body=b"{}", headers={}, deadline_seconds=0.5)
    assert time.monotonic() - started < 10, "without the deadline it would be for ever"


def test_a_server_that_never_begins_its_handshake_is_left_at_the_deadline(loopback_allowed):
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(Unreachable, match="deadline"):
        post(f"https://127.0.0.1:{mute.getsockname()[1]}/", body=b"{}", headers={}, deadline_seconds=0.5)


def test_of_a_gigabyte_hardly_anything_is_taken(receiver):
    server = receiver(pours)
    assert post(server.url, body=b"{}", headers={}).status == 200
    until = time.monotonic() + 10
    while not hasattr(server, "poured") and time.monotonic() < until:
        time.sleep(0.01)
    assert server.poured < 50_000_000, "what lay in the buffers of the network"


def test_a_redirect_is_an_answer_and_not_followed(receiver):
    elsewhere = receiver()
    server = receiver(says(302, f"Location: {elsewhere.url}"))
    assert post(server.url, body=b"{}", headers={}).status == 302
    assert elsewhere.connections == 0


@pytest.fixture
def secure(tmp_path, monkeypatch, loopback_allowed):
    """A server with a certificate for `receiver.test`, whose issuer is trusted; the names that it was asked for."""
    key, names = ec.generate_private_key(ec.SECP256R1()), []
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.test")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    (tmp_path / "trusted.pem").write_bytes(certificate)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "server.pem").write_bytes(private + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    context.sni_callback = lambda _socket, asked, _context: names.append(asked)
    server = Receiver(says(204), tls=context)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "trusted.pem"))
    address = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", server.port))
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_, **__: [address])
    yield server, names
    server.close()


def test_certificate_name_and_host_are_those_of_the_url(secure):
    server, names = secure
    assert post(f"https://receiver.test:{server.port}/x", body=b"{}", headers={}).status == 204
    assert names == ["receiver.test"]
    assert server.requests[0].headers["host"] == f"receiver.test:{server.port}"


def test_a_certificate_for_another_name_is_refused(secure):
    server, _ = secure
    with pytest.raises(Unreachable, match="certificate"):
        post(f"https://other.test:{server.port}/", body=b"{}", headers={})
    assert server.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(secure, monkeypatch):
    server, _ = secure
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Unreachable, match="certificate"):
        post(f"https://receiver.test:{server.port}/", body=b"{}", headers={})
