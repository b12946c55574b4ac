# A private PostgreSQL: finds or installs the programs, makes the cluster, says how to start it and how to reach it.
# To be sourced, after shell.sh and processes.sh. In this order:
#   postgres_programs DATA_DIR   the programs, of the version of the cluster there, if there is one     sets pg_bin
#   postgres_place DATA_DIR      where the cluster is and who runs it                sets pg_user pg_as pg_home pg_data pg_socket pg_command
#   postgres_create DATA_DIR     the cluster, if there is none yet
#   postgres_clear               ends a server that a killed script left
# "${pg_command[@]}" then is the server in the foreground: SIGINT ends it in order, SIGQUIT at once.

source "$root/Silo/Support/postgres-programs.sh"

# Settings meant for another server (PGHOST, PGOPTIONS, ...) must reach neither the programs nor the clients.
unset "${!PG@}"

pg_port=5432 # a part of the socket's name; nothing listens on TCP

postgres_place() {
  pg_user=$(id -un)
  pg_as=()
  if (( EUID == 0 )); then postgres_leave_root; fi
  pg_home=$1
  if [[ -L $1/postgres ]] || ! postgres_folder "$1/postgres"; then postgres_place_elsewhere "$1"; fi
  pg_data=$pg_home/postgres
  postgres_place_socket
  pg_command=("${pg_as[@]}" "$pg_bin/postgres" -D "$pg_data" -k "$pg_socket" -p "$pg_port")
}

# PostgreSQL refuses to run as root.
postgres_leave_root() {
  pg_user=postgres
  id postgres &>/dev/null || pg_user=nobody
  command -v setpriv >/dev/null || fail "as root, setpriv (package util-linux) is needed to run PostgreSQL as $pg_user; or run this as another user."
  pg_as=(setpriv --reuid="$pg_user" --regid="$(id -g "$pg_user")" --init-groups --)
}

# Makes a folder that only the server's user may enter; false when that user cannot get there.
postgres_folder() {
  mkdir -p "$1" && chown "$pg_user" "$1" && chmod 700 "$1" && (cd / && "${pg_as[@]}" test -w "$1")
}

# For a data folder under, say, /root, which other users cannot enter.
postgres_place_elsewhere() {
  if [[ -L $1/postgres ]]; then
    pg_home=$(dirname "$(readlink "$1/postgres")")
  else
    rmdir "$1/postgres" || fail "user $pg_user cannot reach the cluster in $1/postgres: let others enter the folders above it (chmod o+x)."
    pg_home=/var/lib/granero/$(printf %s "$1" | sha256sum | cut -c 1-12)
    postgres_set_aside "$pg_home"
    ln -s "$pg_home/postgres" "$1/postgres"
    say "User $pg_user cannot enter $1: PostgreSQL's files are in $pg_home/postgres"
  fi
  postgres_folder "$pg_home/postgres" || fail "user $pg_user cannot write to $pg_home/postgres."
}

# The data folder was deleted, so its data is not wanted back; but only its owner may delete it for good.
postgres_set_aside() {
  local aside
  [[ -d $1 ]] || return 0
  aside=$1.old-$(date +%Y%m%dT%H%M%S)
  mv "$1" "$aside"
  say "The data of an earlier data folder of that name was kept in $aside; delete it when you do not need it"
}

# A socket's path has at most 107 bytes; commas, colons and quotes in it have a meaning to clients.
postgres_place_socket() {
  pg_socket=$pg_home/socket
  if [[ -L $pg_socket ]]; then pg_socket=$(readlink "$pg_socket"); fi
  if ! postgres_socket_fits "$pg_socket"; then
    pg_socket=$(mktemp -d /tmp/granero-XXXXXX)
    rm -rf "$pg_home/socket"
    ln -s "$pg_socket" "$pg_home/socket"
  fi
  # In /tmp anybody could have made a folder of that name since.
  [[ ! -e $pg_socket || -n $(find "$pg_socket" -maxdepth 0 -type d \( -user "$pg_user" -o -user "$EUID" \)) ]] ||
    fail "$pg_socket is not a folder of $pg_user; delete it or $pg_home/socket."
  postgres_folder "$pg_socket" || fail "user $pg_user cannot write to $pg_socket."
}

postgres_socket_fits() {
  local LC_ALL=C path=$1/.s.PGSQL.$pg_port
  (( ${#path} <= 107 )) && [[ $path != *[,:\"\'\\]* ]]
}

# In a folder beside it and renamed when it is whole, so that a cluster half made is never taken for one.
postgres_create() {
  local new=$pg_home/postgres.new log=$1/logs/postgres.log
  [[ ! -e $pg_data/PG_VERSION ]] || return 0
  say "Making a PostgreSQL cluster in $pg_data"
  rmdir "$pg_data" || fail "$pg_data is not empty and not a PostgreSQL cluster."
  rm -rf "$new"
  postgres_folder "$new"
  (cd / && postgres_initialize "$new") >>"$log" 2>&1 || { tail -n 25 "$log" >&2; fail "the cluster could not be made; see $log."; }
  mv "$new" "$pg_data"
}

postgres_initialize() {
  "${pg_as[@]}" "$pg_bin/initdb" -D "$1" --username=granero --auth=trust --encoding=UTF8 --locale=C --no-instructions &&
    postgres_settings | "${pg_as[@]}" tee -a "$1/postgresql.conf" &&
    "${pg_as[@]}" "$pg_bin/postgres" --single -D "$1" postgres <<<'create database granero'
}

# An acknowledged bet is a committed one, so the first two are not up for discussion; a silo refuses to serve without them.
postgres_settings() {
  cat <<'SETTINGS'

# Granero's private server. Written once, when the cluster was made; yours to change.
fsync = on
synchronous_commit = on
listen_addresses = ''
max_connections = 200
shared_buffers = 128MB
max_wal_size = 2GB
SETTINGS
}

# After a kill -9: a server of this cluster that nobody watches, or a lock file with the number of a dead server that some other
# process has since got, which PostgreSQL takes for a server that runs.
postgres_clear() {
  local pid arguments file=$pg_data/postmaster.pid
  pid=$(head -n 1 "$file" 2>/dev/null) && process_alive "$pid" || return 0
  arguments=$(process_arguments "$pid")
  if [[ $arguments == *postgres*"$pg_data"* ]]; then
    say "Ending a PostgreSQL that was left running on $pg_data (pid $pid)"
    kill -INT "$pid"
    while process_alive "$pid"; do pause 0.1; done
  elif [[ $arguments == *postgres* ]]; then
    fail "$file names process $pid, a PostgreSQL that was not started from here: stop it, or delete the file if it serves another cluster."
  else
    rm "$file"
  fi
}

postgres_ready() { "$pg_bin/pg_isready" --quiet --host="$pg_socket" --port="$pg_port" --dbname=granero --username=granero; }

# For psql and everything else that is built on libpq.
postgres_url() { printf 'postgresql:///granero?host=%s&port=%s&user=granero\n' "$(percent_encode "$pg_socket")" "$pg_port"; }

# For Npgsql.
postgres_connection_string() { printf 'Host=%s;Port=%s;Username=granero;Database=granero\n' "$pg_socket" "$pg_port"; }

percent_encode() {
  local LC_ALL=C i character
  for ((i = 0; i < ${#1}; i++)); do
    character=${1:i:1}
    case $character in
      [A-Za-z0-9/._~-]) printf %s "$character" ;;
      *) printf '%%%02X' "'$character" ;;
    esac
  done
}

# postgres_remove DATA_DIR: what its cluster has outside of it, for those who made one for an hour and delete the folder.
postgres_remove() {
  local home=$1
  if [[ -L $1/postgres ]]; then home=$(dirname "$(readlink "$1/postgres")"); fi
  if [[ -L $home/socket ]]; then rm -rf "$(readlink "$home/socket")"; fi
  [[ $home == "$1" ]] || rm -rf "$home"
}
