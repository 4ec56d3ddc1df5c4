"""SQLite: bins, versions, keys, collections."""
