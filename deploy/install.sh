#!/usr/bin/env bash
# Install Canbao on one Debian 12 server: PostgreSQL, the application, nginx with TLS, units, timers. Run it again at any
# time: it changes only what differs and never a password, a key or a certificate. docs/deploy.md says what it does.
#
#   deploy/install.sh --name canbao.example [--self-signed] [--workers N] [--monitor ADDRESS]… [--version NAME]
#
#   --name NAME        the name under which browsers reach the server (needed the first time)
#   --self-signed      a certificate of its own, for trying out; else one is made for the time being, and a request for
#                      the office's certificate authority in /etc/canbao/tls/server.csr
#   --workers N        how many processes do background jobs (2)
#   --monitor ADDRESS  an address or network that may ask /metrics and /health/ready; more than once if need be
#   --version NAME     what to call this release (its commit, else the moment)
#   --no-packages      do not call apt-get: what is needed was installed before
#   --no-systemd       no service manager here (a container, a chroot): everything but enabling and starting units
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=$(dirname "$HERE")
# shellcheck source=deploy/lib.sh
. "$HERE/lib.sh"

NAME="" SELF_SIGNED=0 WORKERS=2 VERSION="" PACKAGES=1
MONITORS=()
while [ $# -gt 0 ]; do
  case $1 in
    --name) NAME=$2; shift ;;
    --self-signed) SELF_SIGNED=1 ;;
    --workers) WORKERS=$2; shift ;;
    --monitor) MONITORS+=("$2"); shift ;;
    --version) VERSION=$2; shift ;;
    --no-packages) PACKAGES=0 ;;
    --no-systemd) SYSTEMD=0 ;;
    -h|--help) sed -n '2,17s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
  shift
done

main() {
  need_root
  lock
  look_first
  [ "$PACKAGES" = 0 ] || install_packages
  make_account
  tune_postgresql
  make_database
  write_environment
  first_release
  make_certificate
  set_up_nginx
  set_up_units
  set_up_rotation
  say "done. $(farewell)"
}

look_first() {
  grep -q '^VERSION_ID="12"' /etc/os-release || say "this is not Debian 12; going on all the same"
  if [ -z "$NAME" ] && [ -f "$ETC/canbao.env" ]; then NAME=$(sed -n 's/^CANBAO_HOSTS=\([^,]*\).*/\1/p' "$ETC/canbao.env"); fi
  [[ $NAME =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] || die "--name must be a host name, such as canbao.example"
  [[ $WORKERS =~ ^[1-9]$ ]] || die "--workers must be 1 to 9"
  local each
  for each in "${MONITORS[@]+"${MONITORS[@]}"}"; do
    [[ $each =~ ^[0-9a-fA-F.:/]+$ ]] || die "--monitor must be an address or a network, not $each"
  done
  if [ -z "$VERSION" ]; then
    VERSION=$(git -C "$SOURCE" -c safe.directory="$SOURCE" describe --always --tags 2>/dev/null || date +%Y%m%d-%H%M%S)
  fi
  [[ $VERSION =~ ^[A-Za-z0-9._-]+$ ]] || die "--version must be letters, digits, dots and dashes"
}

install_packages() {
  say "installing Debian's packages"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends python3 python3-venv postgresql postgresql-contrib nginx openssl curl \
    ca-certificates logrotate util-linux >/dev/null
}

make_account() {
  getent passwd "$ACCOUNT" >/dev/null ||
    adduser --quiet --system --group --home "$STATE" --no-create-home --shell /usr/sbin/nologin "$ACCOUNT"
  install -d -m 0755 "$HOME_DIR" "$RELEASES"
  install -d -o "$ACCOUNT" -g "$ACCOUNT" -m 0700 "$STATE" "$STATE/files" "$BACKUPS"
  install -d -g "$ACCOUNT" -m 0750 "$ETC"
  make_log_folder
}

# nginx's workers open their logs anew after each rotation, as www-data: they must get through the folder. It is root's,
# so that nobody but root puts anything there, and the logs themselves are for www-data and adm.
make_log_folder() {
  local each
  install -d -g adm -m 0751 /var/log/canbao
  for each in /var/log/canbao/access.log /var/log/canbao/error.log; do
    [ -e "$each" ] || : >"$each"
    chown www-data:adm "$each"
    chmod 0640 "$each"
  done
}

# The newest cluster of Debian's PostgreSQL.
cluster() { pg_lsclusters -h | sort -V | tail -n 1 | cut -d' ' -f1,2; }

tune_postgresql() {
  local version name folder memory changed=0
  read -r version name <<<"$(cluster)"
  [ -n "$version" ] || die "there is no PostgreSQL cluster; pg_createcluster makes one"
  folder=/etc/postgresql/$version/$name
  memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  sed -e "s/@SHARED@/$((memory / 4 < 4096 ? memory / 4 : 4096))/" -e "s/@CACHE@/$((memory * 6 / 10))/" \
    "$HERE/postgresql/canbao.conf" | write_if_new "$folder/conf.d/canbao.conf" 0644 && changed=1
  local rules="local canbao canbao,canbao_app scram-sha-256"
  if ! grep -qxF "$rules" "$folder/pg_hba.conf"; then
    { printf '%s\n' "# Canbao's two roles log in with passwords, also through the socket." "$rules"; cat "$folder/pg_hba.conf"; } \
      >"$folder/pg_hba.conf.new"
    chown --reference="$folder/pg_hba.conf" "$folder/pg_hba.conf.new"
    chmod --reference="$folder/pg_hba.conf" "$folder/pg_hba.conf.new"
    mv "$folder/pg_hba.conf.new" "$folder/pg_hba.conf"
    changed=1
  fi
  if ! pg_lsclusters -h | grep -q "^$version *$name .* online"; then
    pg_ctlcluster "$version" "$name" start 9>&-  # the server must not keep our lock
  elif [ "$changed" = 1 ]; then
    say "restarting PostgreSQL for its new settings"
    pg_ctlcluster "$version" "$name" restart 9>&-
  fi
}

# Write standard input to a file if it differs; succeeds where it did.
write_if_new() {
  local file=$1 mode=$2 fresh
  mkdir -p "$(dirname "$file")"
  fresh=$(mktemp "$file.XXXXXX")
  cat >"$fresh"
  chmod "$mode" "$fresh"
  if [ -f "$file" ] && cmp -s "$fresh" "$file"; then
    rm "$fresh"
    return 1
  fi
  mv "$fresh" "$file"
}

superuser() { (cd / && setpriv --reuid=postgres --regid=postgres --init-groups -- psql -qXAt -v ON_ERROR_STOP=1 "$@"); }

# The owner of the tables, the application's role which owns nothing, and the database. Passwords go through standard
# input: nobody sees them in the list of processes.
make_database() {
  local owner_password app_password
  if [ -f "$ETC/owner.env" ]; then
    owner_password=$(sed -n 's#^CANBAO_OWNER_URL=postgresql://canbao:\([^@]*\)@.*#\1#p' "$ETC/owner.env")
    app_password=$(cat "$ETC/app-password")
  else
    owner_password=$(openssl rand -hex 24)
    app_password=$(openssl rand -hex 24)
    (umask 0077; printf '%s\n' "$app_password" >"$ETC/app-password")
    (umask 0077; printf '%s\n' "CANBAO_OWNER_URL=postgresql://canbao:$owner_password@/canbao?host=/var/run/postgresql" \
      >"$ETC/owner.env")
  fi
  superuser <<SQL
SET client_min_messages = warning;
DO \$\$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'canbao') THEN CREATE ROLE canbao LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'canbao_app') THEN CREATE ROLE canbao_app LOGIN; END IF;
END \$\$;
ALTER ROLE canbao PASSWORD '$owner_password';
ALTER ROLE canbao_app PASSWORD '$app_password';
GRANT canbao_app TO canbao;
SQL
  if [ -z "$(superuser -c "SELECT 1 FROM pg_database WHERE datname = 'canbao'")" ]; then
    say "creating the database"
    superuser -c "CREATE DATABASE canbao OWNER canbao ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0"
  fi
}

# The application works as the role that owns nothing; set-up, upgrades and backups take owner.env besides.
application_url() {
  printf '%s' "postgresql://canbao_app:$(cat "$ETC/app-password")@/canbao?host=/var/run/postgresql"
}

# Written once; what someone changed in it stays. The office's own settings may be added below.
write_environment() {
  local file=$ETC/canbao.env
  if [ ! -f "$file" ]; then
    (
      umask 0077
      cat >"$file" <<ENV
CANBAO_HOSTS=$NAME,127.0.0.1,localhost
CANBAO_PUBLIC_URL=https://$NAME
CANBAO_DEMO=0
CANBAO_HTTPS=1
CANBAO_LOG=json
CANBAO_NIGHTLY=0
CANBAO_STATE_DIR=$STATE
CANBAO_FILES=$STATE/files
CANBAO_BACKUPS=$BACKUPS
CANBAO_STATIC=$CURRENT/collected
CANBAO_SECRET_KEY=$(openssl rand -hex 48)
CANBAO_METRICS_TOKEN=$(openssl rand -hex 24)
ENV
    )
  fi
  local url
  url="DATABASE_URL=$(application_url)"
  if ! grep -qxF "$url" "$file"; then
    sed -i '/^DATABASE_URL=/d' "$file"
    printf '%s\n' "$url" >>"$file"
  fi
  chown root:"$ACCOUNT" "$file"
  chmod 0640 "$file"
  chown root:root "$ETC/owner.env" "$ETC/app-password"
  chmod 0600 "$ETC/owner.env" "$ETC/app-password"
}

# The first release only: a newer one comes by upgrade.sh, with a backup and a way back.
first_release() {
  local release=$RELEASES/$VERSION now
  now=$(release_now)
  if [ -n "$now" ] && [ -e "$now/.complete" ]; then
    [ "$now" = "$release" ] || say "release $(basename "$now") is in use; deploy/upgrade.sh brings $VERSION"
    return
  fi
  make_release "$SOURCE" "$release"
  say "making tables, rule sets, fonts and static files"
  set_up "$release"
  point_to "$release"
}

make_certificate() {
  local folder=$ETC/tls
  install -d -m 0700 "$folder"
  if [ ! -f "$folder/server.key" ]; then
    (umask 0077; openssl ecparam -name prime256v1 -genkey -noout -out "$folder/server.key")
  fi
  if [ ! -f "$folder/server.crt" ]; then
    openssl req -x509 -key "$folder/server.key" -days 365 -subj "/CN=$NAME" -addext "subjectAltName=DNS:$NAME" \
      -addext "extendedKeyUsage=serverAuth" -out "$folder/server.crt"
    say "made a certificate of its own; browsers will warn of it"
  fi
  if [ "$SELF_SIGNED" = 0 ] && [ ! -f "$folder/server.csr" ]; then
    openssl req -new -key "$folder/server.key" -subj "/CN=$NAME" -addext "subjectAltName=DNS:$NAME" \
      -out "$folder/server.csr"
    say "have $folder/server.csr signed, put the answer in the place of server.crt, then: systemctl reload nginx"
  fi
}

set_up_nginx() {
  local allowed="" each changed=0
  for each in "${MONITORS[@]+"${MONITORS[@]}"}"; do allowed+="allow $each; "; done
  if [ -z "$allowed" ] && [ -f /etc/nginx/sites-available/canbao ]; then
    allowed=$(sed -n 's/^ *# monitors: //p' /etc/nginx/sites-available/canbao)
  fi
  sed -e "s/@NAME@/$NAME/g" -e "s#@MONITORS@#$allowed#g" "$HERE/nginx/canbao.conf" |
    write_if_new /etc/nginx/sites-available/canbao 0644 && changed=1
  [ -e /etc/nginx/sites-enabled/canbao ] || { ln -s ../sites-available/canbao /etc/nginx/sites-enabled/canbao; changed=1; }
  nginx -q -t || die "nginx refuses its configuration; see above"
  if [ "$SYSTEMD" = 1 ]; then
    systemctl enable --quiet --now nginx
    [ "$changed" = 0 ] || systemctl reload nginx
    systemctl kill --kill-whom=main --signal=USR1 nginx  # its logs anew: it may have had none since a rotation
  fi
}

set_up_units() {
  local each changed=0
  for each in "$HERE"/units/*; do
    write_if_new "/etc/systemd/system/${each##*/}" 0644 <"$each" && changed=1
  done
  write_if_new /etc/systemd/journald@canbao.conf 0644 <"$HERE/journald.conf" && changed=1
  [ "$SYSTEMD" = 1 ] || { say "no systemd: units are in /etc/systemd/system, nothing was started"; return; }
  [ "$changed" = 0 ] || systemctl daemon-reload
  systemctl enable --quiet --now canbao-web.socket canbao-backup.timer canbao-audit.timer canbao-drill.timer
  systemctl enable --quiet canbao-web.service
  [ "$changed" = 0 ] || systemctl try-restart canbao-web.service 'canbao-worker@*.service'
  for each in $(seq "$WORKERS"); do systemctl enable --quiet --now "canbao-worker@$each.service"; done
  { systemctl start canbao-web.service && is_ready; } ||
    die "the application does not get ready; journalctl --namespace=+canbao -u canbao-web says why"
}

set_up_rotation() {
  write_if_new /etc/logrotate.d/canbao 0644 <"$HERE/logrotate.conf" || true
}

farewell() {
  printf '%s' "https://$NAME answers. The first administrator: see docs/deploy.md, \"After the first start\"."
}

main
