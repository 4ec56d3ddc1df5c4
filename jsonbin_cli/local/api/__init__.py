"""What JSONBin decides: request in, reply out."""
