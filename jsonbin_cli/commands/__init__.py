"""One file a command; `changing`, `by_hand`, `common` and `options` hold what they share."""
