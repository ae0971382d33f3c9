"""Problems that fail a test that passed."""
