"""Records: JSON text in and out, compared, merged, patched, kept."""
