"""`python -m pytest_conversations_fake` is `conversations-fake`."""

from .shell.main import main

raise SystemExit(main())
