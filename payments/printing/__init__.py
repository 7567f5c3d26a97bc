"""批量打印: which receipts, in runs, and onto printed stock."""
