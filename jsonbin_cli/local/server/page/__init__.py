"""The page at the root: what the server gets and answers, its bins, and its faults, in a browser."""
