"""The command line and the composition root: the one place that knows everybody."""
