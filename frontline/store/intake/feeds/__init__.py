"""The three ways in beside the command line: a folder, a database query, and a signed webhook."""
