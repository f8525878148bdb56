"""The survey sheet (普查表): its columns, what its cells may hold, and how its rows enter and leave the register."""
