"""One file a command: read, resolve, call, show."""
