"""Migrations (上云迁移): planned, approved by a second person, carried out, accepted."""
