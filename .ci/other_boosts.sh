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
          uris = suites = signed = ""
          n = split($0, lines, "\n")
          for (i = 1; i <= n; ++i) {
            if (lines[i] ~ /^URIs:/) { uris = lines[i]; sub(/^URIs: */, "", uris) }
            if (lines[i] ~ /^Suites:/) { suites = lines[i]; sub(/^Suites: */, "", suites) }
            if (lines[i] ~ /^Signed-By: *\//) { signed = lines[i]; sub(/^Signed-By: */, "", signed) }
          }
          if (" " suites " " ~ " " codename " ") {
            split(uris, uri, " ")
            print "deb " (signed == "" ? "" : "[signed-by=" signed "] ") uri[1] " " suite " main"
          }
        }'
    { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
      sed -nE "s/^deb +((\[[^]]*\] +)?[^ ]+) +$codename +.*\bmain\b.*/deb \1 $1 main/p"
  } | sort -u
}

# apt_of SUITE COMMAND [ARGUMENT...]: apt-COMMAND with package lists of that suite, which are fetched the
# first time.
apt_of() {
  local work=$fanout_root/build/debian/$1 command=$2
  local options=(
    -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=-"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache" -o "APT::Sandbox::User="
    -o "Acquire::Check-Valid-Until=false"
  )
  if [[ ! -e $work/updated ]]; then
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    debian_sources "$1" >"$work/sources.list"
    [[ -s $work/sources.list ]] || die "no Debian mirror in this machine's apt configuration"
    run_logged "$(log_file "apt-$1")" apt-get "${options[@]}" update
    touch "$work/updated"
  fi
  "apt-$command" "${options[@]}" "${@:3}"
}

# boost_headers VERSION: the include folder of libboostVERSION-dev of Debian 13.
boost_headers() {
  local folder=$fanout_root/build/boost-headers/$1
  if [[ ! -d $folder/usr/include/boost ]]; then
    mkdir -p "$folder"
    (cd "$folder" && run_logged "$(log_file "boost-download-$1")" \
      apt_of trixie get download "libboost$1-dev") >&2
    dpkg-deb -x "$folder/libboost$1-dev_"*.deb "$folder"
    rm "$folder"/*.deb
  fi
  printf '%s' "$folder/usr/include"
}

# ---------------------------------------------------------------------------------------------------
# A whole Debian sid, with the newest Boost and the newest g++
# ---------------------------------------------------------------------------------------------------

newest=$fanout_root/build/newest

# newest_boost: "1.92", the newest version that sid has.
newest_boost() {
  apt_of sid cache pkgnames libboost1. |
    sed -nE 's/^libboost(1\.[0-9]+)-dev$/\1/p' | sort -V | tail -n 1 | grep .
}

# make_newest: makes the folder. Fails with a sentence where that is not possible.
make_newest() {
  local boost names
  [[ ! -e $newest/made ]] || return 0
  if ((EUID != 0)); then
    say "Only root can make a folder of Debian sid."
    return 1
  fi
  rm -rf "$newest"
  mkdir -p "$newest"
  if boost=$(newest_boost) &&
    names=("${packages_build[@]}" "${packages_test[@]}" "${packages_servers[@]}") &&
    run_logged "$(log_file newest)" mmdebstrap --variant=apt \
      --aptopt='Acquire::Check-Valid-Until "false"' \
      --include="$(IFS=, && printf '%s' "${names[*]//1.81-dev/$boost-dev}")" \
      sid "$newest/root" "$(debian_sources sid)"; then
    touch "$newest/made"
  else
    say "The folder of Debian sid could not be made."
    return 1
  fi
}

# in_newest FUNCTION [ARGUMENT...]: calls a function of stages.sh in the folder, in a copy of this
# checkout. The mounts that the tests need are its own and end with it.
in_newest() {
  local copy=$newest/root/fanout
  if [[ ! -e $newest/made ]]; then
    say "There is no folder of Debian sid: see stage newest."
    return 0
  fi
  mkdir -p "$copy"
  find "$copy" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  git ls-files -z --cached --others --exclude-standard |
    tar --null --files-from=- --ignore-failed-read -c 2>/dev/null | tar -x -C "$copy"
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
