"""Profiles, keys and the config file."""
