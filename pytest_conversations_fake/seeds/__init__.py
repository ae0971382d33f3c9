"""Seeds: state that a test starts with, from a file (`load`, `dump`) or invented (`populate`)."""
