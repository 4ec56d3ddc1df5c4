"""JSONBin on this machine."""
