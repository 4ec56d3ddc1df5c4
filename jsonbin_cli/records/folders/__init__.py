"""A folder of records: one file for each bin, and what was last applied of them."""
