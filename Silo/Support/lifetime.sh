# From the start of a script to its end, however it ends: one script for a data folder, and nothing of it left behind.
# To be sourced, after processes.sh. Expects: data, the data folder. Children must inherit neither descriptor, 8 nor 9.

# lifetime_lock: makes this the only ./run on the data folder; the lock goes with this process.
# The lock file names the ./run that is at work. Or the lock is held by the guard of one that was killed, which needs some seconds.
lifetime_lock() {
  exec 9>>"$data/run/lock"
  lifetime_take
  printf '%s\n' $$ >"$data/run/lock"
}

lifetime_take() {
  local pid=
  if command -v flock >/dev/null && flock --nonblock 9; then return; fi
  read -r pid <"$data/run/lock" || true
  if process_alive "$pid"; then fail "another ./run (pid $pid) is at work on $data. Stop it, or set DATA_DIR to another folder."; fi
  command -v flock >/dev/null || return 0
  flock --timeout 2 9 && return
  say "Waiting for the processes of a ./run that was killed to end"
  flock --timeout 90 9 || fail "$data is locked; to see by whom: fuser '$data/run/lock'"
}

# lifetime_guard COMMAND...: runs it when this script is gone, even by kill -9: the script's death closes the pipe that the guard reads.
# After an orderly end the command finds nothing left to do.
lifetime_guard() { exec 8> >(lifetime_watch "$@" >>"$data/logs/guard.log" 2>&1); }

lifetime_watch() {
  trap '' INT TERM HUP
  read -r || true
  "$@"
}
