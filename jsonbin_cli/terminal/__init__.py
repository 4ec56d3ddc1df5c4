"""All that is written to the user, and asked."""
