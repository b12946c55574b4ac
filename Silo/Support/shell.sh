# What ./run, ./test and ./bench have in common: words on the screen, jobs that Ctrl-C can end, the build. To be sourced.
# Expects: root, the repository's folder.

say() { printf '%s\n' "$*"; }
fail() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# set -e ends a script without a word; this says where.
set -E
trap 'printf "%s: line %s of %s failed: %s\n" "${0##*/}" "$LINENO" "${BASH_SOURCE[0]}" "$BASH_COMMAND" >&2' ERR

(( BASH_VERSINFO[0] >= 5 )) || fail "bash 5 is needed and this is bash $BASH_VERSION. On macOS: brew install bash"

# hear_interrupts "$@": a shell that starts this script in the background makes it ignore SIGINT, and what is ignored from the
# start cannot be trapped. So it starts itself again, with the signal as it should be.
hear_interrupts() {
  if [[ $(trap -p INT) == *"''"* ]] && env --default-signal=INT true 2>/dev/null; then
    exec env --default-signal=INT "$0" "$@"
  fi
}

# interruptible COMMAND...: runs it in a process group of its own and waits. A signal to this script takes effect at once
# (bash puts it off until a foreground command ends); whoever handles it calls end_interruptible. The command does not get the
# descriptors that show that this script lives (lifetime.sh): a build leaves compiler servers behind.
interruptible() {
  local status=0
  set -m
  (exec "$@") </dev/null 8>&- 9>&- &
  interruptible_pid=$!
  set +m
  wait "$interruptible_pid" || status=$?
  interruptible_pid=
  return "$status"
}

end_interruptible() {
  [[ -z ${interruptible_pid:-} ]] || kill -TERM -- "-$interruptible_pid" 2>/dev/null || true
}

# Sets dotnet: the program, with an SDK that global.json accepts.
dotnet_find() {
  local installed
  dotnet=$(command -v dotnet || command -v "${DOTNET_ROOT:-$HOME/.dotnet}/dotnet") ||
    fail "The .NET SDK 10 is needed and there is no dotnet in PATH. Install it: https://dotnet.microsoft.com/download/dotnet/10.0"
  (cd "$root" && "$dotnet" --version) &>/dev/null && return
  installed=$("$dotnet" --list-sdks | sed 's/ .*//' | paste -sd ' ' -)
  fail "The .NET SDK 10 is needed (global.json); $dotnet has ${installed:-no SDK}. Install it: https://dotnet.microsoft.com/download/dotnet/10.0"
}

# build CONFIGURATION: the whole solution, once. Two builds of one clone at the same time would write the same files, so they queue.
build() {
  local queue=()
  if command -v flock >/dev/null; then queue=(flock --close "$root/Silo/Support/shell.sh"); fi
  say "Building ($1); the first time takes a minute or two"
  interruptible "${queue[@]}" "$dotnet" msbuild "$root/Orleans.sln" -restore "-property:Configuration=$1" \
    -maxCpuCount -nodeReuse:false -verbosity:quiet -terminalLogger:off -nologo || fail "the build failed; see above."
}

# output_of PROJECT CONFIGURATION: the folder that a project such as Gateways/Tcp is built into.
output_of() { printf '%s\n' "$root/$1/bin/$2/net10.0"; }
