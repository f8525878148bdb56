"""Schema migrations, run by `yunwang db upgrade` and at the start of `yunwang serve`."""
