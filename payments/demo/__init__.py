"""演示数据: two invented streets with their households, papers and payments, for trial and training only."""
