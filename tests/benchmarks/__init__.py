"""What a run and many runs cost, beside other ways of the same."""
