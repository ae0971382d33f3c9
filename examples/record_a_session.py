"""Records a session with the Flask application and prints its test.

Run it with `python examples/record_a_session.py`.
"""

from __future__ import annotations

from flask_app import NUMBER, app

from pytest_conversations_fake import FakeConversations


def record() -> str:
    with FakeConversations() as fake:
        fake.webhooks.deliver_to(
            app, public_url="https://desk.example/twilio", events=["onMessageAdded"]
        )
        app.test_client().post("/tickets", data={"ticket": "ticket-66", "phone": "+15550100"})
        fake.handset("+15550100").send("Where is my order?", to=NUMBER)
        fake.settle()
        return fake.report().as_test()


if __name__ == "__main__":
    print(record())
