import os
import socket
import subprocess
import sys

from frontline.store.claims import is_owner_gone, owner_token


def owner_of(pid: int, host: str = "", nonce: str = "abcd") -> str:
    return f"{host or socket.gethostname()}:{pid}:{nonce}"


def test_we_are_not_gone() -> None:
    assert owner_token() == owner_token()
    assert not is_owner_gone(owner_token())


def test_nobody_is_gone() -> None:
    assert is_owner_gone(None)
    assert is_owner_gone("")


def test_a_predecessor_with_our_process_id_is_gone() -> None:
    """In a container every start has the same id."""
    assert is_owner_gone(owner_of(os.getpid()))


def test_a_living_process_is_not_gone_and_an_ended_one_is() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not is_owner_gone(owner_of(child.pid))
    child.communicate(b"\n")
    assert is_owner_gone(owner_of(child.pid))


def test_of_another_host_nobody_can_tell() -> None:
    assert not is_owner_gone(owner_of(1, host="elsewhere"))


def test_a_fork_has_a_token_of_its_own() -> None:
    owner_token()
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writer, owner_token().encode())
        os._exit(0)
    os.waitpid(pid, 0)
    child = os.read(reader, 200).decode()
    assert child.split(":")[1] == str(pid)
    assert child.rsplit(":", 1)[1] != owner_token().rsplit(":", 1)[1]
