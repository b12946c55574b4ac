# Processes with a pid file and a log in the data folder: starts them, starts again those that die, ends them in order.
# To be sourced, after shell.sh. Expects: data, the data folder; and a function `start NAME` that calls process_start.

# bash writes a line of its own about each child that a signal killed, unless it has a trap for that signal.
trap : KILL QUIT ABRT SEGV BUS

declare -A process_pid=() process_since=() process_wait=() process_due=() process_log_at=()

# process_start NAME FOLDER COMMAND...: runs it in FOLDER, in a process group of its own, so that a terminal's Ctrl-C does not
# reach it before its turn. It writes its own pid file, so that there is no moment in which it runs and nobody knows. The marker
# in its environment tells it from a process that gets the same number later.
process_start() {
  local name=$1 folder=$2 log=$data/logs/$1.log file=$data/run/$1.pid
  shift 2
  touch "$log"
  process_log_at[$name]=$(wc -c <"$log")
  set -m
  (
    cd "$folder" || exit
    printf '%s\n' "$BASHPID" >"$file.new" && mv "$file.new" "$file"
    GRANERO_PROCESS=$data/$name exec "$@"
  ) </dev/null >>"$log" 2>&1 8>&- 9>&- &
  set +m
  process_pid[$name]=$!
  process_since[$name]=$SECONDS
}

# A zombie has ended: in a container there may be nobody to bury it.
process_alive() {
  local state
  [[ -n $1 ]] && kill -0 "$1" 2>/dev/null || return 1
  [[ -r /proc/$1/stat ]] || return 0
  state=$(sed 's/.*) //;s/ .*//' "/proc/$1/stat" 2>/dev/null) && [[ $state != Z ]]
}

# Waits for SECONDS, or until a child ends. A signal that is trapped ends it at once.
pause() {
  sleep "$1" 8>&- 9>&- &
  wait -n 2>/dev/null || true
}

# process_watch NAME...: starts again those that have died: at once after half a minute of health, else after 1, 2, 4, ... 30 s.
process_watch() {
  local name
  for name in "$@"; do
    if [[ -z ${process_pid[$name]} ]]; then
      process_revive "$name"
    elif ! process_alive "${process_pid[$name]}"; then
      process_died "$name"
      process_revive "$name"
    fi
  done
}

process_died() {
  local status=0 wait=${process_wait[$1]:-0}
  wait "${process_pid[$1]}" 2>/dev/null || status=$?
  process_pid[$1]=
  wait=$((wait == 0 ? 1 : wait * 2))
  if (( SECONDS - process_since[$1] >= 30 )); then wait=0; fi
  process_wait[$1]=$((wait > 30 ? 30 : wait))
  process_due[$1]=$((SECONDS + process_wait[$1]))
  say "$1 ended ($(process_status "$status")), see $data/logs/$1.log; starting it again in ${process_wait[$1]} s"
}

process_status() {
  if (( $1 > 128 )); then printf 'signal %s' "$(kill -l $(($1 - 128)))"; else printf 'exit code %s' "$1"; fi
}

process_revive() {
  (( SECONDS >= process_due[$1] )) || return 0
  start "$1"
  say "$1 started again, pid ${process_pid[$1]}"
}

# process_await NAME SECONDS CHECK...: until CHECK holds. A process that dies within 10 s of its start refused to serve, and said why.
# One that lived longer (a silo waits for the members that a crash left in the table) may try again.
process_await() {
  local name=$1 deadline=$((SECONDS + $2)) seconds=$2
  shift 2
  until process_alive "${process_pid[$name]}" && "$@"; do
    if [[ -n ${process_pid[$name]} ]] && ! process_alive "${process_pid[$name]}" && (( SECONDS - process_since[$name] < 10 )); then
      process_fail "$name" "$name ended during its start"
    fi
    (( SECONDS < deadline )) || process_fail "$name" "$name was not ready within $seconds s"
    process_watch "$name"
    pause 0.2
  done
}

process_fail() {
  tail -c "+$((process_log_at[$1] + 1))" "$data/logs/$1.log" | tail -n 25 >&2
  fail "$2; above are the last lines of $data/logs/$1.log."
}

# process_ours FILE: prints the pid in a pid file, if that process lives and was started for this data folder and name.
process_ours() {
  local pid name=${1##*/}
  read -r pid 2>/dev/null <"$1" && process_alive "$pid" || return 1
  if [[ -r /proc/$pid/environ ]]; then
    tr '\0' '\n' <"/proc/$pid/environ" | grep -qxF "GRANERO_PROCESS=$data/${name%.pid}" || return 1
  else
    ps eww -o command= -p "$pid" | grep -qF "GRANERO_PROCESS=$data/${name%.pid}" || return 1
  fi
  printf '%s\n' "$pid"
}

# process_end_all WORDS: everything that has a pid file here and is ours, gateways first, then silos, PostgreSQL last: a silo whose
# database is gone does not end its own stop. Serves the end of a script, its guard, and the next script after a kill -9.
process_end_all() {
  process_end_kind "$1" 'gateway-*' TERM KILL 10
  process_end_kind "$1" 'silo-*' TERM KILL 15
  process_end_kind "$1" postgres INT QUIT 60
}

# process_end_kind WORDS PATTERN SIGNAL HARDER SECONDS: asks all that match, waits, then insists.
process_end_kind() {
  local file pid pids=() deadline=$((SECONDS + $5))
  while IFS= read -r file; do
    if ! pid=$(process_ours "$data/run/$file"); then continue; fi
    say "$1 ${file%.pid} (pid $pid)"
    kill "-$3" "$pid" 2>/dev/null || true
    pids+=("$pid")
  done < <(process_files "$2")
  for pid in "${pids[@]}"; do
    while process_alive "$pid"; do
      if (( SECONDS >= deadline )); then kill "-$4" "$pid" 2>/dev/null || true; fi
      sleep 0.1
    done
  done
  while IFS= read -r file; do rm "$data/run/$file"; done < <(process_files "$2")
}

process_files() { (cd "$data/run" && compgen -G "$1.pid") || true; }

# process_guard COMMAND...: runs it when this script is gone, even by kill -9: the script's death closes the pipe that the guard reads.
# After an orderly end the command finds nothing left to do.
process_guard() { exec 8> >(process_guard_wait "$@" >>"$data/logs/guard.log" 2>&1); }

process_guard_wait() {
  trap '' INT TERM HUP
  read -r || true
  "$@"
}
