"""One file per protocol, each with one function `probe` that looks once and tells what it saw."""
