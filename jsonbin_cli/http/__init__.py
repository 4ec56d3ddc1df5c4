"""The small HTTP layer on httpcore."""
