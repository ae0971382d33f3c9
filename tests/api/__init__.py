"""The imitation, without a socket."""
