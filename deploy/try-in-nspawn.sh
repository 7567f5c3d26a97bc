#!/usr/bin/env bash
# Try the installation under a systemd of its own: a fresh Debian 12 is booted in a container that has no network but its
# loopback, and this checkout's last commit is installed in it, run, killed, upgraded, taken back and booted again. Each
# step is printed with what came of it; the first that fails ends the trial with status 1. Nothing stays behind.
#
#   deploy/try-in-nspawn.sh [--folder FOLDER] [--keep]
#
#   --folder FOLDER  where the container's files go (/var/lib/canbao-trial); 3 GB, and it may not be there yet
#   --keep           leave the container running at the end; how to enter and end it is printed
#
# Needs root, git, python3-venv, debootstrap and systemd-container, Debian's packages ($MIRROR, $SECURITY) and PyPI within
# reach, and ten minutes. The machine itself need not run systemd.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=deploy/lib.sh
. "$HERE/lib.sh"
# Where this machine's own packages come from, unless told otherwise.
sources() { apt-get indextargets --format '$(REPO_URI)' | sort -u | sed 's#/$##'; }
MIRROR=${MIRROR:-$(sources | grep -m 1 'debian$')}
SECURITY=${SECURITY:-$(sources | grep -m 1 security)}
ROOT=/var/lib/canbao-trial KEEP=0 BOOTED=""
SITE=https://canbao.example
# Whom a browser of the office would trust.
AUTHORITY=/etc/canbao/tls/server.crt
while [ $# -gt 0 ]; do
  case $1 in
    --folder) ROOT=$2; shift ;;
    --keep) KEEP=1 ;;
    -h|--help) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done

main() {
  need_root
  [ ! -e "$ROOT" ] || die "$ROOT is there already"
  trap leave EXIT
  prepare
  boot
  try "installed" 'cd /srv/canbao && deploy/install.sh --name canbao.example >/var/log/canbao-install.log 2>&1'
  everything_is_up
  try "page with its token" "curl -sfL -c /run/trial-cookies --cacert $AUTHORITY \
    \"$SITE/setup/?token=\$(cat $STATE/setup-token)\" | grep -q 设立管理员"
  signed_by_the_office
  try "second run changes no file" 'touch /run/trial-before && sleep 1 && cd /srv/canbao && deploy/install.sh >/dev/null 2>&1 &&
    test -z "$(find /etc /opt/canbao/releases -newer /run/trial-before -type f)"'
  for each in backup drill audit; do try "canbao-$each" "systemctl start canbao-$each"; done
  try "the backup comes back into this server" 'cd /srv/canbao && . deploy/lib.sh && superuser() { su postgres -c "psql -qc \"$1\""; } &&
    superuser "CREATE DATABASE proof OWNER canbao ENCODING '"'UTF8'"' LOCALE '"'C.UTF-8'"' TEMPLATE template0" &&
    there=$(sed -n "s#^CANBAO_OWNER_URL=\(.*\)@.*#\1@127.0.0.1:5432/proof#p" "$ETC/owner.env") &&
    as_canbao "$CURRENT" "$(python_of "$CURRENT")" manage.py restore "$BACKUPS"/2* --into "$there" --files "$STATE/proof" >/dev/null &&
    superuser "DROP DATABASE proof"'
  try "log goes on after a rotation" "curl -so /dev/null --insecure $SITE && logrotate -f /etc/logrotate.d/canbao && sleep 1 &&
    curl -so /dev/null --insecure $SITE && test -s /var/log/canbao/access.log.1 && test -s /var/log/canbao/access.log"
  try "failure of a backup is shouted" 'chown root /var/backups/canbao && ! systemctl start canbao-backup 2>/dev/null &&
    chown canbao /var/backups/canbao && sleep 2 && systemctl reset-failed && systemctl start canbao-backup &&
    journalctl --namespace=canbao --priority=alert | grep -q "canbao-backup.service failed"'
  try "web and workers killed" 'systemctl kill --kill-whom=main --signal=KILL canbao-web "canbao-worker@*" && sleep 15'
  everything_is_up
  try "upgraded" 'systemctl enable -q --now canbao-worker@3 && cd /srv/canbao && deploy/upgrade.sh --version next >/dev/null'
  everything_is_up canbao-worker@3
  try "a release that does not start is taken back" 'cp -r /srv/canbao /srv/broken && cd /srv/broken &&
    sed -i "s/^def main/raise SystemExit(1)\n\n\n&/" config/behind.py && ! deploy/upgrade.sh --version broken >/dev/null 2>&1 &&
    test "$(readlink /opt/canbao/current)" = /opt/canbao/releases/next'
  everything_is_up canbao-worker@3
  try "rolled back" 'cd /srv/canbao && deploy/rollback.sh >/dev/null'
  everything_is_up canbao-worker@3
  try "the nightly backup missed while off" 'touch -d "3 days ago" /var/lib/systemd/timers/stamp-canbao-backup.timer'
  cut_power
  boot
  everything_is_up canbao-worker@3
  try "is made up for" 'sleep 20; test -n "$(find /var/backups/canbao -maxdepth 1 -name "2*" -newermt "-2 min")"'
  inside 'for each in web worker@1 backup audit drill; do
    systemd-analyze security --no-pager "canbao-$each.service" | tail -n 1; done'
  say "all of it held"
}

# A Debian with packages and libraries at hand, since what is booted cannot fetch any.
prepare() {
  local python
  say "preparing $ROOT"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,libpam-systemd,adduser,ca-certificates,git,procps \
    bookworm "$ROOT" "$MIRROR" >/dev/null
  printf 'deb %s %s main\n' "$MIRROR" bookworm "$MIRROR" bookworm-updates "$SECURITY" bookworm-security \
    >"$ROOT/etc/apt/sources.list"
  chroot "$ROOT" apt-get -qq update
  # shellcheck disable=SC2046
  chroot "$ROOT" apt-get -qq install -y --download-only --no-install-recommends \
    $(sed -n '/apt-get -qq install/,/>/{s/.*recommends//;s/[>\\].*//;p}' "$HERE/install.sh") >/dev/null
  printf '127.0.0.1 localhost canbao.example\n::1 localhost\n' >"$ROOT/etc/hosts"
  git clone -q "$(dirname "$HERE")" "$ROOT/srv/canbao"
  python3 -m venv "$ROOT/srv/pip"
  python=$ROOT/srv/pip/bin/python
  "$python" -m pip --disable-pip-version-check -qq download --require-hashes --only-binary :all: --python-version 3.11 \
    -r "$ROOT/srv/canbao/requirements.txt" -d "$ROOT/srv/wheels"
  printf '[global]\nno-index = true\nfind-links = /srv/wheels\n' >"$ROOT/etc/pip.conf"
}

boot() {
  local tries
  systemd-nspawn --quiet --directory="$ROOT" --boot --register=no --keep-unit --private-network --console=pipe \
    </dev/null >>"$ROOT.log" 2>&1 &
  BOOTED=$!
  for tries in $(seq 60); do
    sleep 1
    if inside 'systemctl is-system-running --wait' >/dev/null 2>&1; then say "booted"; return; fi
    [ "$tries" != 60 ] || die "it does not boot; see $ROOT.log"
  done
}

first_process() { pgrep -P "$BOOTED" | head -n 1; }

inside() {
  nsenter --target "$(first_process)" --mount --uts --ipc --net --pid --root --wd \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LANG=C.UTF-8 bash -c "$1"
}

try() {
  local began=$SECONDS
  inside "$2" || die "$1: failed after $((SECONDS - began)) s"
  say "$1: $((SECONDS - began)) s"
}

everything_is_up() {
  try "up, nothing failed" "test -z \"\$(systemctl --failed --no-legend)\" &&
    systemctl is-active --quiet postgresql@15-main nginx canbao-web.socket canbao-web canbao-worker@1 canbao-worker@2 ${1:-} \
      canbao-backup.timer canbao-audit.timer canbao-drill.timer &&
    test \"\$(curl -s --max-time 60 --cacert $AUTHORITY $SITE/health/ready)\" = ok"
}

# A root that browsers know and an authority below it which signs what the installation asks to have signed.
signed_by_the_office() {
  try "certificate of the office's authority" 'mkdir /srv/office && cd /srv/office &&
    authority() { openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -subj "/CN=$2" \
      -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign "${@:3}" 2>/dev/null; } &&
    authority root "Office Root" -x509 -days 3650 -out root.crt && authority below "Office Servers" -out below.csr &&
    signed() { openssl x509 -req -in "$1" -CA "$2.crt" -CAkey "$2.key" -copy_extensions copyall -days 365 2>/dev/null; } &&
    signed below.csr root >below.crt && signed /etc/canbao/tls/server.csr below >signed.crt &&
    cat signed.crt below.crt >/etc/canbao/tls/server.crt && systemctl reload nginx && sleep 1'
  AUTHORITY=/srv/office/root.crt
  everything_is_up
}

cut_power() {
  kill -KILL "$(first_process)"
  wait "$BOOTED" || true
}

leave() {
  if [ "$KEEP" = 1 ] && [ -n "$BOOTED" ]; then
    say "to enter: nsenter -t $(first_process) -m -u -i -n -p -r -w bash; to end: kill -9 $(first_process), then rm -r $ROOT"
    return
  fi
  [ -z "$BOOTED" ] || cut_power 2>/dev/null || true
  rm -rf --one-file-system "$ROOT" "$ROOT.log"
}

main
