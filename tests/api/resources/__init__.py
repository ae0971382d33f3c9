"""What each resource does, at both levels."""
