"""The commands, as their user runs them."""
