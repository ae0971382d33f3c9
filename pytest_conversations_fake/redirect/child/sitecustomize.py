"""Redirects a child Python to the fake of its parent. Python imports this module at its start.

A child that cannot be redirected refuses Twilio's hosts and says so on stderr. The syntax is valid
in every Python since 2.7: `site` ignores a SyntaxError, and the child would reach the real Twilio.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


def redirect_to_parent():  # type: () -> None
    if sys.version_info < (3, 10):
        raise RuntimeError(
            "the fake supports Python 3.10 and newer, not %d.%d" % sys.version_info[:2]
        )
    if "FAKE_CONVERSATIONS_REDIRECTION" not in os.environ:
        raise RuntimeError("the environment variable FAKE_CONVERSATIONS_REDIRECTION is missing")
    sys.path.insert(0, ROOT)  # this package may not be installed for the child
    try:
        from pytest_conversations_fake.redirect import Redirection, activate_for_process
    finally:
        sys.path.remove(ROOT)

    class ChildRedirection(Redirection):
        def refuse(self, *arguments):  # type: ignore[no-untyped-def]  # Python 2.7 reads this file
            refusal = Redirection.refuse(self, *arguments)
            write_line(refusal.strerror)
            return refusal

    activate_for_process(
        ChildRedirection(**json.loads(os.environ["FAKE_CONVERSATIONS_REDIRECTION"]))
    )


def refuse_twilio(reason):  # type: (str) -> None
    """Refuse every host of Twilio for that *reason*, in name resolution, connections and TLS."""
    import socket

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        refuse_names(socket, name, reason)
    for name in ("connect", "connect_ex"):
        refuse_names(socket.socket, name, reason)
    try:
        import ssl
    except ImportError:  # a Python without TLS
        return
    for name in ("wrap_socket", "wrap_bio"):  # through a proxy, only TLS gets the name
        refuse_names(ssl.SSLContext, name, reason)


def refuse_names(holder, name, reason):  # type: (object, str, str) -> None
    import socket

    original = getattr(holder, name, None)
    if not original:  # `wrap_bio` is missing in Python 2.7
        return

    def wrapper(*arguments, **keywords):  # type: (object, object) -> object
        for value in arguments + tuple(keywords.values()):
            host = twilio_name(value[0] if isinstance(value, tuple) and value else value)
            if host:
                why = (
                    "fake_conversations refused %s in this child process, which cannot reach the "
                    "fake: %s" % (host, reason)
                )
                write_line(why)
                raise socket.gaierror(socket.EAI_FAIL, why)
        return original(*arguments, **keywords)

    setattr(holder, name, wrapper)


def twilio_name(value):  # type: (object) -> str | None
    text = value.decode("ascii", "replace") if isinstance(value, (bytes, bytearray)) else value
    if not hasattr(text, "lower"):
        return None
    name = str(text.lower().rstrip("."))
    return name if name.endswith(".twilio.com") or name == "twilio.com" else None


def write_line(text):  # type: (str | None) -> None
    if sys.stderr:  # `pythonw` has no stderr
        sys.stderr.write("%s\n" % text)
        sys.stderr.flush()


def run_other_sitecustomize():  # type: () -> None
    """Run the `sitecustomize` that Python would have found without this one, if there is one.

    If there is none, the ImportError goes to `site`, which expects it.
    """
    sys.path[:] = [
        entry for entry in sys.path if not os.path.isfile(os.path.join(entry, "hook.cjs"))
    ]
    sys.modules["fake_conversations_child"] = sys.modules.pop("sitecustomize")
    __import__("sitecustomize")


try:
    redirect_to_parent()
except RuntimeError as error:  # raised above
    refuse_twilio(str(error))
except Exception as error:
    refuse_twilio("%s: %s" % (type(error).__name__, error))
run_other_sitecustomize()
