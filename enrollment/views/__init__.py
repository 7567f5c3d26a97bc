"""Pages of the enrollment application: rule sets and clauses, individual accounts."""
