"""What the world says back: polls and probes that eat a target list and emit readings; knows no database."""
