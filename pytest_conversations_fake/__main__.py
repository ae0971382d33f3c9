"""`python -m pytest_conversations_fake` is `conversations-fake`."""

from .cli import main

raise SystemExit(main())
