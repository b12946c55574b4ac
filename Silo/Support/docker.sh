# The container engine, and the image task_service in it. To be sourced, after shell.sh and processes.sh.
#   docker_find                    is an engine there? sets docker_up to yes or nothing
#   docker_private DATA_DIR        one of our own, in DATA_DIR/docker, if there is none; needs root  sets docker_up, docker_command
#   docker_task_service DATA_DIR   the image task_service:latest, unless it is there and up to date

docker_up=
docker_image=task_service:latest

docker_find() {
  docker_up=
  command -v docker >/dev/null || return 0
  # Not the first one that answers: the one that Granero will ask.
  if DOCKER_HOST=${DOCKER_HOST:-unix:///var/run/docker.sock} docker_quiet version; then docker_up=yes; fi
}

docker_quiet() { timeout 20 docker "$@" &>/dev/null; }

# Fast and alone: its own data, its own sockets. Containers, images and networks are gone with it.
docker_private() {
  docker_find
  [[ -z $docker_up ]] && (( EUID == 0 )) || return 0
  docker_programs || { say "No container engine was found, and none could be installed"; return 0; }
  mkdir -p "$1/docker"
  export DOCKER_HOST=unix://$1/docker/docker.sock
  docker_try "$1" || docker_try "$1" --storage-driver=vfs || docker_try "$1" --storage-driver=vfs --iptables=false ||
    { say "The container engine does not start here; see $1/logs/docker.log"; unset DOCKER_HOST; }
}

docker_programs() {
  if command -v dockerd >/dev/null && command -v docker >/dev/null; then return; fi
  command -v apt-get >/dev/null || return 1
  say "No container engine was found: installing docker.io with apt-get"
  # Debian would start the engine with the package, which nobody asked for.
  local policy=/usr/sbin/policy-rc.d made=
  if [[ ! -e $policy ]]; then printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy" && made=yes; fi
  docker_apt update && docker_apt install docker.io && { command -v docker >/dev/null || docker_apt install docker-cli; } || true
  [[ -z $made ]] || rm -f "$policy"
  command -v dockerd >/dev/null && command -v docker >/dev/null
}

docker_apt() {
  local options=(-y -qq)
  if [[ $1 == install ]]; then options+=(--no-install-recommends); fi
  DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes interruptible apt-get "${options[@]}" "$@" >/dev/null
}

# docker_try DATA_DIR OPTION...: sets docker_command, and starts it by `start docker`.
docker_try() {
  local data_dir=$1 deadline=$((SECONDS + 40))
  shift
  docker_command=(dockerd --data-root "$data_dir/docker/data" --exec-root "$data_dir/docker/exec" --pidfile "$data_dir/docker/docker.pid"
    --host "$DOCKER_HOST" "$@")
  start docker
  until docker_quiet version; do
    process_alive "${process_pid[docker]}" && (( SECONDS < deadline )) || { docker_end "$data_dir"; return 1; }
    pause 0.2
  done
  docker_up=yes
}

# Also called by the guard, which knows of the engine only what is in the data folder. Its containers and mounts go with it.
docker_end() {
  local pid container deadline=$((SECONDS + 20))
  [[ -d $1/docker ]] || return 0
  export DOCKER_HOST=unix://$1/docker/docker.sock
  if pid=$(process_ours "$1/run/docker.pid"); then
    while read -r container; do docker_quiet rm --force "$container" || true; done < <(timeout 10 docker ps --all --quiet 2>/dev/null)
    kill -TERM "$pid" 2>/dev/null || true
    while process_alive "$pid"; do
      if (( SECONDS >= deadline )); then kill -KILL "$pid" 2>/dev/null || true; fi
      sleep 0.1
    done
  fi
  awk -v root="$1/docker/" 'index($5, root) == 1 { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount --lazy
  rm -rf "$1/docker" "$1/run/docker.pid"
}

# The image says of which sources it is. One that does not say so is the user's own, and stays.
docker_task_service() {
  local sources built
  sources=$(docker_sources)
  if built=$(docker inspect --type image --format '{{index .Config.Labels "granero.sources"}}' "$docker_image" 2>/dev/null); then
    if [[ -z $built ]]; then say "The image $docker_image is not of Granero's making, and is used as it is"; return; fi
    [[ $built != "$sources" ]] || return 0
  fi
  say "Building the image $docker_image; the first time takes a minute"
  docker_build "$1" "$sources" || say "The image $docker_image could not be built; see $1/logs/task-service.log"
}

docker_sources() {
  (cd "$root/docker/task-service" && cat Dockerfile ./*.cs ./*.csproj) | sha256sum | cut -c 1-16
}

# Compiled natively: here if this machine has what that needs, else in a container. Without either (no compiler, no registry) it is
# the same program with the trimmed .NET runtime beside it, which is larger and takes a little longer to start.
docker_build() {
  local out=$1/task-service log=$1/logs/task-service.log
  rm -rf "$out"
  {
    if docker_publish "$out" -p:PublishAot=true -p:StaticExecutable=true -p:LinkerFlavor=lld; then
      docker_import "$out" "$2"
    elif timeout 600 docker build --label "granero.sources=$2" --tag "$docker_image" "$root/docker/task-service" </dev/null; then
      :
    elif docker_publish "$out" --self-contained -p:PublishTrimmed=true -p:TrimMode=full -p:DebugType=none; then
      docker_libraries "$out/image" && docker_import "$out" "$2"
    else
      false
    fi
  } &>"$log" || return 1
  rm -rf "$out"
}

# docker_publish FOLDER OPTION...: into FOLDER/image, the root of what is to be the image. Linux makes programs for Linux only.
docker_publish() {
  local out=$1
  shift
  [[ $(uname) == Linux ]] || return 1
  rm -rf "$out"
  mkdir -p "$out/image/app/logs"
  interruptible "$dotnet" publish "$root/docker/task-service/TaskService.csproj" --configuration Release --use-current-runtime -nodeReuse:false \
    --artifacts-path "$out/build" --output "$out/published" "$@" || return 1
  rm -f "$out/published/"*.dbg "$out/published/createdump" "$out/published/"libmscord* "$out/published/"libclrgc* "$out/published/"*traceptprovider* "$out/published/"*.json.gz
  cp -R "$out/published/." "$out/image/app"
  mv "$out/image/app/Granero.TaskService" "$out/image/app/task_service"
}

# What the runtime's libraries need of this machine's.
docker_libraries() {
  local library
  ldd "$1/app/task_service" "$1/app/"*.so | grep -o '/[^ ]*' | grep -v ':$' | sort -u | while read -r library; do
    [[ $library != "$1"/* && -e $library ]] || continue
    mkdir -p "$1$(dirname "$library")"
    cp -L "$library" "$1$library"
  done
}

# docker_import FOLDER SOURCES. The runtime, where there is one, must not double-map its code by a sparse file of gigabytes.
docker_import() {
  tar --directory "$1/image" --owner=65532 --group=65532 --numeric-owner --create . |
    docker import --change 'ENTRYPOINT ["/app/task_service"]' --change 'WORKDIR /app' --change 'USER 65532:65532' --change 'EXPOSE 5000' \
      --change 'ENV DOTNET_EnableWriteXorExecute=0 DOTNET_EnableDiagnostics=0' --change "LABEL granero.sources=$2" - "$docker_image"
}
