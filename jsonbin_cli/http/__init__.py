"""The small HTTP layer on httpx."""
