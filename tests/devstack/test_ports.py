import socket

from config.devstack import ports


def test_a_free_port_is_used_as_wished() -> None:
    wished = ports.free_port()
    with ports.listen(wished) as listener:
        assert listener.getsockname() == ("127.0.0.1", wished)


def test_a_taken_port_is_left_to_its_owner() -> None:
    with ports.listen(ports.free_port()) as first, ports.listen(first.getsockname()[1]) as second:
        assert second.getsockname()[1] > first.getsockname()[1]


def test_a_port_taken_on_all_interfaces_is_taken_here_too() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other, ports.listen(other.getsockname()[1]) as ours:
        assert ours.getsockname()[1] != other.getsockname()[1]


def test_a_port_can_be_used_again_right_after_its_last_connection() -> None:
    wished = ports.free_port()
    for _ in range(2):
        with ports.listen(wished) as listener, socket.create_connection(("127.0.0.1", wished)):
            accepted, _ = listener.accept()
            accepted.close()
            assert listener.getsockname()[1] == wished
