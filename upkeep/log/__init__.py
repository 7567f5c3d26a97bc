"""操作日志的封存: a chain of digests over the acts log, so that nobody takes a line out of it unseen."""
