# TCP ports: is one taken, by whom, and free ones that are kept in the data folder, so that a restart has the same addresses.
# To be sourced, after shell.sh.

declare -A ports=()

# The inode of the socket that listens on PORT, from /proc/net (fields: 2 local address, 4 state, 10 inode; 0A is LISTEN).
port_inode() {
  awk -v port="$(printf ':%04X' "$1")" '
    $4 == "0A" && substr($2, length($2) - 4) == port { print $10; found = 1; exit }
    END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

port_taken() {
  if [[ -r /proc/net/tcp ]]; then port_inode "$1" >/dev/null; else lsof -nP -iTCP:"$1" -sTCP:LISTEN &>/dev/null; fi
}

# Who listens on PORT, in words; nothing when that cannot be known.
port_holder() {
  local descriptor pid
  if [[ ! -r /proc/net/tcp ]]; then
    lsof -nP -iTCP:"$1" -sTCP:LISTEN -Fcp | sed -n 's/^p/pid /p;s/^c//p' | paste -sd ' ' -
    return
  fi
  descriptor=$(find /proc/[0-9]*/fd -lname "socket:\[$(port_inode "$1")\]" -print -quit 2>/dev/null) || true
  pid=$(cut -d / -f 3 <<<"$descriptor")
  [[ -z $pid ]] || printf '%s, pid %s\n' "$(cat "/proc/$pid/comm")" "$pid"
}

# port_require NAME PORT: PORT is a port, and free; otherwise says which setting to change.
port_require() {
  local holder
  [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] && (( $2 <= 65535 )) || fail "$1=$2 is not a port (1 to 65535)."
  port_taken "$2" || return 0
  holder=$(port_holder "$2")
  fail "port $2 ($1) is taken${holder:+ by $holder}. Stop what listens there, or set $1 to another port."
}

# Two ranges are left alone: ports below 10000 are services', above 32767 the system's own for outgoing connections.
port_free() {
  port=$((10000 + RANDOM % 20000))
  while port_taken "$port" || [[ " ${ports[*]} " == *" $port "* ]]; do port=$((10000 + RANDOM % 20000)); done
}

ports_load() {
  local key port
  [[ -e $data/ports ]] || return 0
  while read -r key port; do ports[$key]=$port; done <"$data/ports"
}

ports_save() {
  local key
  for key in "${!ports[@]}"; do printf '%s %s\n' "$key" "${ports[$key]}"; done | sort >"$data/ports.new"
  mv "$data/ports.new" "$data/ports"
}

# ports_keep KEY...: gives each KEY a port in the array ports: the one it had before, unless somebody has taken it.
ports_keep() {
  local key port kept
  for key in "$@"; do
    kept=${ports[$key]:-}
    if [[ -n $kept ]] && ! port_taken "$kept"; then continue; fi
    port_free
    [[ -z $kept ]] || say "Port $kept ($key) was taken meanwhile by $(port_holder "$kept"); $key moves to $port"
    ports[$key]=$port
  done
  ports_save
}
