"""Tests of redirection. Client and server are in this process, and no request leaves it."""
