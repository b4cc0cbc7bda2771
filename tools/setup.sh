# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# Sourced by the commands in tools/ and by .ci/run: where things are, and how what is missing gets
# installed. Silent unless something has to be installed or goes wrong.

fanout_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
fanout_jobs=${FANOUT_JOBS:-$(nproc 2>/dev/null || echo 2)}

# 'libboost-dev' of Debian 12 is 1.74, too old: the names carry the version. Where Debian has moved
# on, boost_name finds the name.
packages_build=(
  g++ cmake ninja-build python3
  libboost1.81-dev libboost-test1.81-dev
  libboost-iostreams1.81-dev libboost-json1.81-dev libboost-program-options1.81-dev libboost-url1.81-dev
  libfmt-dev libssl-dev
  prometheus-cpp-dev # what example/gateway counts with
)
# What <fanout/grpc.hpp> is tested with, what example/quotes is made of, and what the gateway needs for upstreams
# of kind grpc.
packages_grpc=(libgrpc++-dev libprotobuf-dev protobuf-compiler protobuf-compiler-grpc)
packages_test=(openssl curl wrk) # what makes the certificates; clients of the gateway
packages_servers=(nginx-light)  # real ones, for the client in example/fetch
packages_farm=(redis-server libcli11-dev zlib1g-dev xz-utils) # what example/farm needs beside packages_build
packages_clang_19=(clang-19 libclang-rt-19-dev llvm-19) # llvm: its sanitizers name functions by it
packages_clang_16=(clang-16 libclang-rt-16-dev)
packages_b2=(libboost1.81-tools-dev)
packages_format=(clang-format-19)
packages_lint=(clang-tidy-19 cppcheck)
packages_coverage=(gcovr clang-19 libclang-rt-19-dev llvm-19)
packages_bench=(valgrind)
packages_newest=(mmdebstrap) # makes a folder of Debian sid
packages_fetch_bench=(nginx-light curl python3 python3-aiohttp)

say() { printf '%s\n' "$*"; }

die() {
  printf '%s\n' "$*" >&2
  exit 1
}

is_installed() {
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# The version of the Boost that is installed, "1.92", if it is new enough.
installed_boost() {
  local version
  version=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'libboost1.*-dev' 2>/dev/null |
    sed -nE 's/^installed libboost(1\.[0-9]+)-dev$/\1/p' | sort -V | tail -n 1) || true
  [[ $version ]] && dpkg --compare-versions "$version" ge 1.81 && printf '%s' "$version"
}

# Installed under this name, or, for Boost, in another version that is new enough.
is_satisfied() {
  is_installed "$1" && return
  [[ $1 == libboost*1.81-* ]] || return 1
  local version
  version=$(installed_boost)
  [[ $version ]] && is_installed "${1/1.81/$version}"
}

# The name under which this Debian has a Boost package: in the version that is installed already, or
# in the oldest that will do, or else in the one that is this Debian's own.
boost_name() {
  local version
  if [[ $1 == libboost*1.81-* ]]; then
    for version in "$(installed_boost)" 1.81; do
      [[ $version ]] && apt-cache show "${1/1.81/$version}" >/dev/null 2>&1 &&
        printf '%s' "${1/1.81/$version}" && return
    done
    printf '%s' "${1/1.81/}"
  else
    printf '%s' "$1"
  fi
}

# require_packages NAME...: installs those that are missing, saying which.
require_packages() {
  [[ ${FANOUT_SKIP_SETUP:-} ]] && return
  if ! command -v apt-get >/dev/null; then
    say "This system has no apt-get. What Debian 12 calls" >&2
    say "    $*" >&2
    say "is needed (Boost 1.81 or newer). With all of it in place, set FANOUT_SKIP_SETUP=1." >&2
    exit 1
  fi

  local name missing=()
  for name in "$@"; do
    is_satisfied "$name" || missing+=("$name")
  done
  ((${#missing[@]})) || return 0

  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || die "Missing: ${missing[*]}. Install them as root, or install sudo."
    as_root=(sudo)
  fi

  # The name that fits can only be known once there are package lists.
  say "Looking up packages: ${missing[*]}"
  run_logged "$(log_file apt)" "${as_root[@]}" apt-get update
  local names=()
  for name in "${missing[@]}"; do
    names+=("$(boost_name "$name")")
  done
  say "Installing: ${names[*]}"
  run_logged "$(log_file apt)" "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${names[@]}" </dev/null
}

log_file() {
  mkdir -p "$fanout_root/build/logs"
  printf '%s' "$fanout_root/build/logs/$1.log"
}

# run_logged LOG COMMAND...: quiet when it works; the end of the log when it does not.
run_logged() {
  local log=$1
  shift
  if ! "$@" >"$log" 2>&1; then
    say "failed: $*" >&2
    # An error stands at the first failure, the summary at the end: show both.
    grep -n -m 5 -E '(error|Error|FAILED|undefined reference|No space)' "$log" >&2 || true
    say "--- the end of $log" >&2
    tail -n 60 "$log" >&2
    return 1
  fi
}

# configure_preset PRESET [CMAKE ARGUMENTS...]
configure_preset() {
  local preset=$1
  shift
  run_logged "$(log_file "configure-$preset")" \
    cmake -S "$fanout_root" --preset "$preset" "$@"
}

# build_preset PRESET [TARGET...]
build_preset() {
  local preset=$1
  shift
  local targets=()
  (($# == 0)) || targets=(--target "$@")
  run_logged "$(log_file "build-$preset")" \
    cmake --build "$fanout_root/build/$preset" -j "$fanout_jobs" "${targets[@]}"
}

# cases_passed BUILD_FOLDER: how many test cases of test/run passed when ctest last ran there, if it has.
cases_passed() {
  { cat "$1/Testing/Temporary/LastTest.log" 2>/dev/null || true; } |
    awk '/^ *[0-9]+ test cases? out of [0-9]+ passed$/ { n += $1 } END { print n + 0 }'
}
