#!/usr/bin/env bash
# Bring the release that lies around this script into use: beside the old one, backup first, the counter open meanwhile.
# Where anything fails before the switch, nothing changed for the clerks; where the new release does not get ready after
# it, the old one is brought back.
#
#   deploy/upgrade.sh [--version NAME] [--closed] [--no-backup] [--no-systemd]
#
#   --version NAME   what to call the release (its commit, else the moment)
#   --closed         the office is closed: migrations may lock tables for as long as they need
#   --no-backup      a backup was made just now by other means
#   --no-systemd     no service manager here: starting the new server is up to you, within a minute
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(dirname "$HERE")
# shellcheck source=deploy/lib.sh
. "$HERE/lib.sh"

VERSION="" CLOSED=0 BACKUP=1
while [ $# -gt 0 ]; do
  case $1 in
    --version) VERSION=$2; shift ;;
    --closed) CLOSED=1 ;;
    --no-backup) BACKUP=0 ;;
    --no-systemd) SYSTEMD=0 ;;
    -h|--help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done

main() {
  need_root
  lock
  local old new
  old=$(release_now)
  [ -e "${old:-none}/.complete" ] || die "nothing is installed here; deploy/install.sh does that"
  [ -n "$VERSION" ] || VERSION=$(git -C "$SOURCE" -c safe.directory="$SOURCE" describe --always --tags 2>/dev/null ||
    date +%Y%m%d-%H%M%S)
  new=$RELEASES/$VERSION
  [ "$new" != "$old" ] || die "release $VERSION is in use already"

  make_release "$SOURCE" "$new"
  if [ "$BACKUP" = 1 ]; then
    say "a backup, by the release in use"
    as_canbao "$old" "$(python_of "$old")" manage.py backup
  fi
  # An old worker does not know new kinds of jobs; what it was at goes back to the queue.
  stop_workers
  say "tables, rule sets and static files of $VERSION; the counter goes on with $(basename "$old")"
  if ! CANBAO_OFFICE_CLOSED=$CLOSED set_up "$new"; then
    start_workers
    die "the new release could not be set up, see above; $(basename "$old") goes on"
  fi
  switch "$old" "$new"
  prune_releases
  look_at_templates
}

look_at_templates() {
  local each
  for each in "$HERE"/units/*; do
    cmp -s "$each" "/etc/systemd/system/${each##*/}" ||
      { say "this release has newer units or templates; its deploy/install.sh puts them in place"; return; }
  done
  cmp -s "$HERE/logrotate.conf" /etc/logrotate.d/canbao && cmp -s "$HERE/journald.conf" /etc/systemd/journald@canbao.conf ||
    say "this release has newer units or templates; its deploy/install.sh puts them in place"
}

switch() {
  local old=$1 new=$2
  point_to "$new"
  if restart_all && is_ready; then
    ln -sfn "$old" "$HOME_DIR/previous"
    start_workers
    say "$(basename "$new") is in use; deploy/rollback.sh brings $(basename "$old") back"
    return
  fi
  say "$(basename "$new") does not get ready; bringing $(basename "$old") back"
  point_to "$old"
  restart_all || true  # whether it serves is asked below
  start_workers
  is_ready || die "and neither does $(basename "$old"): journalctl --namespace=+canbao -u canbao-web"
  die "$(basename "$old") is in use again"
}

main
