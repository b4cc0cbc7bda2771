# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# Sourced by stages.sh: where other versions of Boost come from. They are unpacked into the build folder,
# from wherever this machine gets its own Debian packages; nothing is installed.

# debian_sources SUITE: an apt source line for that suite for each one this machine has for its own Debian.
debian_sources() {
  local codename file
  codename=$(. /etc/os-release && printf '%s' "$VERSION_CODENAME")
  {
    # Paragraphs end with an empty line, files need not.
    for file in /etc/apt/sources.list.d/*.sources; do
      [[ ! -e $file ]] || { cat "$file" && echo; }
    done |
      awk -v RS= -v codename="$codename" -v suite="$1" '
        {
          uris = suites = signed = components = ""
          n = split($0, lines, "\n")
          for (i = 1; i <= n; ++i) {
            if (lines[i] ~ /^URIs:/) { uris = lines[i]; sub(/^URIs: */, "", uris) }
            if (lines[i] ~ /^Suites:/) { suites = lines[i]; sub(/^Suites: */, "", suites) }
            if (lines[i] ~ /^Signed-By: *\//) { signed = lines[i]; sub(/^Signed-By: */, "", signed) }
            if (lines[i] ~ /^Components:/) components = lines[i] " "
            if (lines[i] ~ /^Enabled: *no/) next
          }
          if (" " suites " " ~ " " codename " " && components ~ / main /) {
            split(uris, uri, " ")
            print "deb " (signed == "" ? "" : "[signed-by=" signed "] ") uri[1] " " suite " main"
          }
        }'
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
      sed -nE "s/^deb +((\[[^]]*\] +)?[^ ]+) +$codename +.*\bmain\b.*/deb \1 $1 main/p"
  } | sort -u
}

# is_recent FILE: it was made in the last seven days.
is_recent() { [[ $(find "$1" -mtime -7 2>/dev/null) ]]; }

# The following are called in conditions, where "set -e" has no effect.

# apt_of SUITE COMMAND [ARGUMENT...]: apt-COMMAND with package lists of that suite; sid-sources are the
# sources of sid.
apt_of() {
  local work=$fanout_root/build/debian/$1 command=$2
  local options=(
    -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User="
    -o "Acquire::Check-Valid-Until=false"
  )
  if ! is_recent "$work/updated"; then
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    debian_sources "${1%-sources}" >"$work/sources.list"
    [[ $1 != *-sources ]] || sed -i 's/^deb /deb-src /' "$work/sources.list"
    if [[ ! -s $work/sources.list ]]; then
      say "There is no Debian mirror in this machine's apt configuration." >&2
      return 1
    fi
    run_logged "$(log_file "apt-$1")" \
      apt-get "${options[@]}" -o APT::Update::Error-Mode=any update >&2 || return
    touch "$work/updated"
  fi
  "apt-$command" "${options[@]}" "${@:3}"
}

# boost_headers VERSION [SUITE]: the include folder of libboostVERSION-dev of Debian 13, or of that suite.
boost_headers() {
  local folder=$fanout_root/build/boost-headers/$1
  if [[ ! -d $folder/usr/include/boost ]]; then
    mkdir -p "$folder"
    (cd "$folder" && run_logged "$(log_file "boost-download-$1")" \
      apt_of "${2:-trixie}" get download "libboost$1-dev") >&2 || return
    dpkg-deb -x "$folder/libboost$1-dev_"*.deb "$folder" || return
  fi
  printf '%s' "$folder/usr/include"
}

# ---------------------------------------------------------------------------------------------------
# The newest Boost, for example/farm
# ---------------------------------------------------------------------------------------------------

farm_boost_at_least=1.90 # of 1.88 the client of Redis does not come back after a restart of the server

# newest_boost: "1.92", the newest version that sid has.
newest_boost() {
  apt_of sid cache pkgnames libboost1. |
    sed -nE 's/^libboost(1\.[0-9]+)-dev$/\1/p' | sort -V | tail -n 1 | grep .
}

# farm_boost: a folder with boost/, and with libs/ that have to be compiled, as an unpacked Boost has them.
# Fails, and says why, where the mirror has none that is new enough.
farm_boost() {
  local version headers folder
  if ! version=$(newest_boost) || ! dpkg --compare-versions "$version" ge "$farm_boost_at_least"; then
    say "The Debian mirror of this machine has no Boost $farm_boost_at_least or newer: the newest is" \
      "${version:-not known}." >&2
    return 1
  fi
  headers=$(boost_headers "$version" sid) || return
  folder=$fanout_root/build/farm-boost/$version
  if [[ ! -e $folder/complete ]]; then
    rm -rf "$folder"
    mkdir -p "$folder"
    # apt checks the archive by the hash in the signed list.
    (cd "$folder" && run_logged "$(log_file farm-boost)" \
      apt_of sid-sources get source --download-only --tar-only "boost$version") >&2 || return
    tar -x -f "$folder"/*.orig.tar.* -C "$folder" --strip-components=1 --wildcards \
      '*/libs/url/src' '*/libs/iostreams/src' || return
    rm "$folder"/*.orig.tar.*
    ln -s "$headers/boost" "$folder/boost"
    touch "$folder/complete"
  fi
  printf '%s' "$folder"
}

# ---------------------------------------------------------------------------------------------------
# A whole Debian sid, with the newest Boost and the newest g++
# ---------------------------------------------------------------------------------------------------

newest=$fanout_root/build/newest

# make_newest: makes the folder; with Cobalt, a peer in bench/. Fails with a note where that is not
# possible.
make_newest() {
  local boost names
  if is_recent "$newest/made"; then return 0; fi
  if ! unshare --mount --pid --fork mount -t proc proc /proc 2>/dev/null; then
    say "note: there is no Debian sid: only root can make one, where it may mount file systems"
    return 1
  fi
  rm -rf "$newest"
  mkdir -p "$newest"
  if boost=$(newest_boost) &&
    names=("${packages_build[@]}" "${packages_test[@]}" "${packages_servers[@]}") &&
    run_logged "$(log_file newest)" mmdebstrap --variant=apt \
      --aptopt='Acquire::Check-Valid-Until "false"' \
      --include="$(IFS=, && printf '%s' "${names[*]//1.81-dev/$boost-dev},libboost-cobalt$boost-dev")" \
      sid "$newest/root" "$(debian_sources sid)"; then
    touch "$newest/made"
  else
    say "note: there is no Debian sid: it could not be made, see build/logs"
    return 1
  fi
}

# in_newest FUNCTION [ARGUMENT...]: calls a function of stages.sh in the folder, in a copy of this
# checkout. The mounts that the tests need are its own and end with it.
in_newest() {
  local copy=$newest/root/fanout
  make_newest || return "$skipped"
  mkdir -p "$copy"
  find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  tar -c --exclude=./build --exclude=./.git . | tar -x -C "$copy"
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    mount -t proc proc "$0/proc"
    mount -t devpts devpts "$0/dev/pts"
    exec chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
      FANOUT_SKIP_SETUP=1 FANOUT_JOBS="$1" bash -c "
        set -euo pipefail
        cd /fanout
        source tools/setup.sh
        source .ci/stages.sh
        \"\$@\"
      " - "${@:2}"
  ' "$newest/root" "$fanout_jobs" "$@"
}
