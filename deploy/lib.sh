# What install.sh, upgrade.sh and rollback.sh share. Sourced, not run.
# shellcheck shell=bash disable=SC2034

HOME_DIR=/opt/canbao
RELEASES=$HOME_DIR/releases
CURRENT=$HOME_DIR/current
STATE=/var/lib/canbao
BACKUPS=/var/backups/canbao
ETC=/etc/canbao
ACCOUNT=canbao
SOCKET=/run/canbao/web.sock
SYSTEMD=1
KEPT_RELEASES=3

say() { printf '%s\n' "canbao: $*"; }
die() { printf '%s\n' "canbao: $*" >&2; exit 1; }

need_root() { [ "$(id -u)" = 0 ] || die "run this as root"; }

# One at a time: two of these scripts at once would switch links under each other.
lock() {
  mkdir -p "$HOME_DIR"
  exec 9>"$HOME_DIR/.lock"
  flock -n 9 || die "another of these scripts is at work"
}

# A command of the application as its own user, with the settings of the server and the owner's login to the database.
as_canbao() {
  local release=$1
  shift
  (
    set -a
    # shellcheck source=/dev/null
    . "$ETC/canbao.env"
    # shellcheck source=/dev/null
    . "$ETC/owner.env"
    set +a
    export CANBAO_STATIC="$release/collected" HOME=$STATE
    cd "$release" || exit 1
    umask 0077
    setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --init-groups -- "$@"
  )
}

python_of() { printf '%s' "$1/venv/bin/python"; }

# Copy the source that lies around this script into a release of its own and give it its libraries.
make_release() {
  local source=$1 release=$2
  [ -e "$release/.complete" ] && { say "release $release is there already"; return; }
  rm -rf "$release"
  mkdir -p "$release"
  say "copying the application to $release"
  tar -C "$source" --exclude=./.git --exclude=./.venv --exclude=./.canbao --exclude=./test-results \
    --exclude=__pycache__ -cf - . | tar -C "$release" --no-same-owner -xf -
  say "installing the pinned libraries"
  python3 -m venv "$release/venv"
  "$release/venv/bin/python" -m pip --disable-pip-version-check --no-input -qq install --require-hashes \
    -r "$release/requirements.txt"
  "$release/venv/bin/python" -m compileall -q "$release" -x '/(tests|bench)/' >/dev/null || true
  install -d -o "$ACCOUNT" -g "$ACCOUNT" -m 0755 "$release/collected"
  chmod -R go-w "$release"
  touch "$release/.complete"
}

# Tables, rule sets, fonts and static files of a release. Migrations wait no longer for a lock than the counter may.
set_up() {
  as_canbao "$1" env CANBAO_OFFICE_CLOSED="${CANBAO_OFFICE_CLOSED:-0}" "$(python_of "$1")" -m config.run --set-up-only
}

point_to() {
  ln -sfn "$1" "$CURRENT.new"
  mv -T "$CURRENT.new" "$CURRENT"
}

release_now() { readlink -f "$CURRENT" 2>/dev/null || true; }

# Fails where the new server does not even start. One that failed often before is tried again all the same.
restart_all() {
  if [ "$SYSTEMD" = 1 ]; then
    systemctl reset-failed canbao-web.socket canbao-web.service 2>/dev/null || true
    systemctl restart canbao-web.service 'canbao-worker@*.service'
  else
    say "no systemd: start the units' ExecStart by hand"
  fi
}

stop_workers() {
  if [ "$SYSTEMD" = 1 ]; then systemctl stop 'canbao-worker@*.service'; fi
}

# As many as were enabled, whether two or nine.
start_workers() {
  local each
  [ "$SYSTEMD" = 1 ] || return 0
  for each in /etc/systemd/system/multi-user.target.wants/canbao-worker@*.service; do
    [ ! -L "$each" ] || systemctl start "${each##*/}"
  done
}

# Whether the application behind the socket is ready, within a minute.
is_ready() {
  local until=$((SECONDS + 60))
  while [ "$SECONDS" -lt "$until" ]; do
    if [ "$(curl --silent --max-time 5 --unix-socket "$SOCKET" -H 'X-Forwarded-Proto: https' \
            http://localhost/health/ready)" = ok ]; then return 0; fi
    sleep 1
  done
  return 1
}

# The newest few, and never the one in use or the one before it.
prune_releases() {
  local now before each
  now=$(release_now)
  before=$(readlink -f "$HOME_DIR/previous" 2>/dev/null || true)
  for each in $(find "$RELEASES" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %p\n' | sort -rn | cut -d' ' -f2- |
                tail -n +$((KEPT_RELEASES + 1))); do
    if [ "$each" != "$now" ] && [ "$each" != "$before" ]; then
      say "removing the old release $each"
      rm -rf "$each"
    fi
  done
}
