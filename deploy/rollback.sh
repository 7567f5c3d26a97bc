#!/usr/bin/env bash
# Bring the release before this one back into use. The tables stay as the newer release has made them: migrations only add
# (config/online.py sees to it), so that the release before goes on working on them. What the newer one has written stays.
#
#   deploy/rollback.sh [--to VERSION] [--no-systemd]
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/lib.sh
. "$HERE/lib.sh"

TO=""
while [ $# -gt 0 ]; do
  case $1 in
    --to) TO=$RELEASES/$2; shift ;;
    --no-systemd) SYSTEMD=0 ;;
    -h|--help) sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done

main() {
  need_root
  lock
  local now ready=1
  now=$(release_now)
  [ -n "$TO" ] || TO=$(readlink -f "$HOME_DIR/previous" 2>/dev/null || true)
  [ -e "${TO:-none}/.complete" ] || die "there is no release to go back to; ls $RELEASES"
  [ "$TO" != "$now" ] || die "$(basename "$TO") is in use already"
  stop_workers
  ln -sfn "$now" "$HOME_DIR/previous"
  point_to "$TO"
  restart_all && is_ready || ready=0
  start_workers
  [ "$ready" = 1 ] || die "$(basename "$TO") does not get ready: journalctl --namespace=+canbao -u canbao-web"
  say "$(basename "$TO") is in use again"
}

main
