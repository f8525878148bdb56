"""The running processes: API, console, workers, the command line, and the only code that knows HTTP."""
