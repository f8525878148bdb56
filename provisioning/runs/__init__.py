"""Runs (执行): playbooks carried out step by step, with locks, fencing and evidence."""
