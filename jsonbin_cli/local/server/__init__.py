"""JSONBin on this machine over HTTP."""
