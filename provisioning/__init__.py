"""Making the world match the register: plan, approve, run, and keep the evidence."""
