"""The one command table, from which every platform makes its own commands and help."""
