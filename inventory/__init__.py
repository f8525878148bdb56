"""The register: what exists in each network domain and cloud, who answers for it, and what the policy asks of it."""
