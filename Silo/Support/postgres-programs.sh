# PostgreSQL's programs: finds them, else installs them, else says what to install. To be sourced by postgres.sh.

pg_oldest=15

# postgres_programs DATA_DIR: sets pg_bin, the folder of the programs, of the version of the cluster in DATA_DIR if there is one.
postgres_programs() {
  local wanted=
  if [[ -e $1/postgres/PG_VERSION ]]; then wanted=$(<"$1/postgres/PG_VERSION"); fi
  postgres_find "$wanted" || { postgres_install "$wanted" && postgres_find "$wanted"; } || postgres_missing "$wanted" "$1"
}

# postgres_find [MAJOR]: sets pg_bin to the first in PATH, else to the newest of the usual folders.
postgres_find() {
  local program folder version newest=0
  while read -r program; do
    pg_bin=$(dirname "$program")
    if postgres_usable "$pg_bin" "$1"; then return; fi
  done < <(type -aP initdb)
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin {/opt/homebrew,/usr/local}/opt/postgresql@*/bin /usr/local/pgsql/bin; do
    if postgres_usable "$folder" "$1" && (( version > newest )); then newest=$version pg_bin=$folder; fi
  done
  (( newest > 0 ))
}

# Sets version. A folder with the client's programs alone does not do.
postgres_usable() {
  [[ -x $1/postgres && -x $1/initdb && -x $1/pg_isready && -x $1/psql ]] || return 1
  version=$("$1/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
  (( version >= pg_oldest )) && [[ -z $2 || $2 == "$version" ]]
}

# Debian would make and start a cluster of its own with the package, which nobody asked for.
postgres_install() {
  (( EUID == 0 )) && command -v apt-get >/dev/null || return 1
  say "PostgreSQL ${1:-$pg_oldest or newer} was not found: installing it with apt-get"
  postgres_apt update && postgres_apt install postgresql-common &&
    sed -i -E 's/^#?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf &&
    postgres_apt install "postgresql${1:+-$1}"
}

postgres_apt() {
  local options=(-y -qq)
  if [[ $1 == install ]]; then options+=(--no-install-recommends); fi
  DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes interruptible apt-get "${options[@]}" "$@" >/dev/null
}

postgres_missing() {
  fail "PostgreSQL ${1:-$pg_oldest or newer} is needed${1:+ (the cluster in $2 is of that version)} and was not found in PATH or the usual folders. Install it:
  Debian, Ubuntu   sudo apt-get install postgresql${1:+-$1}
  Fedora, RHEL     sudo dnf install postgresql${1:-}-server
  Arch             sudo pacman -S postgresql
  macOS            brew install postgresql@${1:-17}
  others, newer    https://www.postgresql.org/download/"
}
