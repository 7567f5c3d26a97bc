#!/bin/sh
# What the container does: pages, background jobs, or what a release needs before either.
set -eu
case ${1:-web} in
  web) exec python -m config.behind 0.0.0.0:8000 ;;
  worker) exec python manage.py run_jobs ;;
  set-up) exec python -m config.run --set-up-only ;;
  healthy)
    exec python -c 'import urllib.request as r; r.urlopen("http://127.0.0.1:8000/health/ready", timeout=8)' ;;
  manage) shift; exec python manage.py "$@" ;;
  *) echo "canbao web | worker | set-up | manage COMMAND" >&2; exit 2 ;;
esac
