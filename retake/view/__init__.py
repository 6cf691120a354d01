"""The terminal: what is said while something goes on and at its end, exit codes, Ctrl-C."""
