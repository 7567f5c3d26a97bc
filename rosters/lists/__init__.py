"""资助名单: what departments and the agency send month by month, compared, taken in, and followed up."""
