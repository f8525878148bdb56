"""The Ansible content of Yunwang: collection yunwang.migrate and its table of contents.

The folder `inventory/` beside this one is a Python package, not hosts: never call `ansible-playbook -i inventory`.
The hosts of a run are written from the register into a directory of that run.
"""

from playbooks.catalog import Entry, collections_path, entries, entry, revision

__all__ = ["Entry", "collections_path", "entries", "entry", "revision"]
