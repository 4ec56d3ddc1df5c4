"""What the commands for many bins share."""
