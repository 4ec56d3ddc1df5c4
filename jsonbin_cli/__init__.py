"""The command line for updating JSONBin.io bins."""

__version__ = "0.1.0"
