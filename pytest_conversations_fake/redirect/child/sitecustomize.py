"""Read by a child Python at its start: takes the parent's route to the fake.

A child that cannot take the route refuses Twilio's hosts and says so on stderr. The syntax here is
that of every Python since 2.7: `site` swallows a SyntaxError, and the child would reach Twilio.
"""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))


def take_route():  # type: () -> None
    if sys.version_info < (3, 10):
        raise RuntimeError(
            "the fake supports Python 3.10 and newer, not %d.%d" % sys.version_info[:2]
        )
    if "FAKE_CONVERSATIONS_ROUTE" not in os.environ:
        raise RuntimeError("the environment variable FAKE_CONVERSATIONS_ROUTE is missing")
    sys.path.insert(0, ROOT)  # the child's environment may be one without this package
    try:
        from pytest_conversations_fake.redirect import Redirection, take_charge
    finally:
        sys.path.remove(ROOT)

    class ChildRoute(Redirection):
        def refuse(self, *what):  # type: ignore[no-untyped-def]
            refused = Redirection.refuse(self, *what)
            write_line(refused.strerror)
            return refused

    take_charge(ChildRoute(**json.loads(os.environ["FAKE_CONVERSATIONS_ROUTE"])))


def refuse_twilio(reason):  # type: (str) -> None
    """Refuse every host of Twilio, for that *reason*, wherever a name is used."""
    import socket

    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        refuse_names(socket, name, reason)
    for name in ("connect", "connect_ex"):
        refuse_names(socket.socket, name, reason)
    try:
        import ssl
    except ImportError:  # a Python without TLS
        return
    for name in ("wrap_socket", "wrap_bio"):  # through a proxy, only TLS is told the name
        refuse_names(ssl.SSLContext, name, reason)


def refuse_names(holder, name, reason):  # type: (object, str, str) -> None
    import socket

    original = getattr(holder, name, None)
    if not original:  # `wrap_bio` is missing in Python 2.7
        return

    def hooked(*arguments, **keywords):  # type: (object, object) -> object
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

    setattr(holder, name, hooked)


def twilio_name(value):  # type: (object) -> str | None
    text = value.decode("ascii", "replace") if isinstance(value, (bytes, bytearray)) else value
    if not hasattr(text, "lower"):
        return None
    name = str(text.lower().rstrip("."))
    return name if name.endswith(".twilio.com") or name == "twilio.com" else None


def write_line(text):  # type: (str | None) -> None
    if sys.stderr:  # there is none below `pythonw`
        sys.stderr.write("%s\n" % text)
        sys.stderr.flush()


def follow():  # type: () -> None
    """Run the `sitecustomize` that Python would have found without us, if there is one.

    The ImportError, if there is none, is what `site` expects.
    """
    sys.path[:] = [
        place for place in sys.path if not os.path.isfile(os.path.join(place, "hook.cjs"))
    ]
    sys.modules["fake_conversations_child"] = sys.modules.pop("sitecustomize")
    __import__("sitecustomize")


try:
    take_route()
except RuntimeError as error:  # one of those above
    refuse_twilio(str(error))
except Exception as error:
    refuse_twilio("%s: %s" % (type(error).__name__, error))
follow()
