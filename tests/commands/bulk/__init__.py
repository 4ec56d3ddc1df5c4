"""The commands for many bins."""
