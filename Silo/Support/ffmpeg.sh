# ffmpeg and ffprobe: found in PATH, else installed, else what to install is said. To be sourced, after shell.sh.

ffmpeg_programs() {
  ffmpeg_found || { ffmpeg_install && ffmpeg_found; } || ffmpeg_missing
}

# Granero's command needs these two encoders, which some packages leave out.
ffmpeg_found() {
  local encoders
  command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || return 1
  encoders=$(ffmpeg -hide_banner -loglevel error -encoders) && [[ $encoders == *" libx264 "* && $encoders == *" aac "* ]]
}

ffmpeg_install() {
  (( EUID == 0 )) && command -v apt-get >/dev/null || return 1
  say "ffmpeg was not found: installing it with apt-get"
  ffmpeg_apt update && ffmpeg_apt install ffmpeg
}

ffmpeg_apt() {
  local options=(-y -qq)
  if [[ $1 == install ]]; then options+=(--no-install-recommends); fi
  DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes interruptible apt-get "${options[@]}" "$@" >/dev/null
}

ffmpeg_missing() {
  fail "ffmpeg and ffprobe with libx264 and aac are needed to process videos and were not found in PATH. Install them:
  Debian, Ubuntu   sudo apt-get install ffmpeg
  Fedora, RHEL     sudo dnf install ffmpeg   (from RPM Fusion)
  Arch             sudo pacman -S ffmpeg
  macOS            brew install ffmpeg
  others           https://ffmpeg.org/download.html
Or set Videos__Encoders=0: then videos can be uploaded by nobody, and the rest works."
}
