"""The far end: people who text, and people who chat by an application of their own."""
