"""The fake on a socket."""
