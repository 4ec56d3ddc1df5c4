"""One file a command; `options`, `sending` and `changing` hold what they share."""
