# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# Sourced by .ci/run, after tools/setup.sh: what each stage does, and in other_boosts.sh what the stages
# with other versions of Boost need. A stage runs with "set -e". Its lines "note: ..." stand in the summary;
# it returns $skipped where it can do nothing.

skipped=77
source "$fanout_root/.ci/other_boosts.sh"

stage_quick_packages() {
  require_packages "${packages_build[@]}" "${packages_grpc[@]}" "${packages_test[@]}" "${packages_format[@]}"
}

stage_packages() {
  require_packages "${packages_build[@]}" "${packages_grpc[@]}" "${packages_test[@]}" "${packages_servers[@]}" \
    "${packages_clang_19[@]}" "${packages_clang_16[@]}" "${packages_b2[@]}" "${packages_format[@]}" \
    "${packages_lint[@]}" "${packages_bench[@]}" "${packages_newest[@]}" "${packages_farm[@]}"
}

# ---------------------------------------------------------------------------------------------------
# What needs no compiler
# ---------------------------------------------------------------------------------------------------

stage_formatting() { tools/format --check; }

stage_layers() { python3 tools/check-layers; }

stage_shapes() { python3 tools/check-shapes; }

# Every block of code in the manual is a region of something that is tested.
stage_docs() { python3 tools/check-docs; }

# The text that each mutant changes stands once in its header.
stage_mutant_anchors() { tools/mutants --check; }

# ---------------------------------------------------------------------------------------------------
# The oldest corner: GCC 12 and Boost 1.81
# ---------------------------------------------------------------------------------------------------

# Everything, by g++ -O0: tests, diagnostics, examples, warnings as errors.
stage_gcc_debug() {
  tools/test debug
  expect_tests debug
}

# The test cases alone.
stage_quick_tests() { build_and_test quick debug "${test_cases_only[@]}"; }

# What the optimizer of g++ could break.
stage_gcc_release() { build_and_test release release "${test_cases_only[@]}"; }

# What a child costs against the committed figures and against its peers; and whether the gates that
# say so would notice.
stage_gates() {
  configure_preset release
  build_preset release bench_children
  bench/check-gates build/release
  bench/check-gates --self-test build/release
  bench/compile_time --check
}

stage_install() { test/install/run; }

# A few of the mutants, others with each commit.
stage_mutants() {
  local parts=40
  tools/mutants --part "$((commits % parts + 1))/$parts" --no-baseline
}

# ---------------------------------------------------------------------------------------------------
# The newest corner: g++ and Boost of Debian sid
# ---------------------------------------------------------------------------------------------------

# The test cases by g++ -O0, and random programs.
stage_newest() {
  if ! make_newest; then
    say "note: Boost 1.88 and clang 19 take its place"
    stage_asan_boost_1_88
    return
  fi
  in_newest build_and_test debug debug "${test_cases_only[@]}" -DFANOUT_BUILD_FUZZ=ON
}

# All that is no test case: examples, parity, servers and clients.
stage_newest_programs() {
  in_newest build_and_test programs debug -DFANOUT_TEST_FILES=vocabulary.cpp -DFANOUT_BUILD_FUZZ=OFF \
    -DFANOUT_CHECK_DIAGNOSTICS=OFF
}

# What a child costs there, as a share of what it costs with parallel_group; and that the tests have seen
# this Asio, and find the library's own launch in it.
stage_newest_gates() {
  in_newest gate_any_boost
  in_newest build_and_test launches debug -DFANOUT_TEST_FILES=gather_launches.cpp "${test_cases_only[@]}"
  in_newest expect_own_launch launches
}

stage_newest_co_spawn() {
  in_newest build_and_test co_spawn debug -DFANOUT_LAUNCH_CO_SPAWN=ON "${test_cases_only[@]}" \
    -DFANOUT_CHECK_DIAGNOSTICS=ON
}

stage_newest_asan() {
  in_newest build_and_test asan asan -DCMAKE_CXX_COMPILER=g++ "${test_cases_only[@]}"
}

stage_newest_tsan() {
  in_newest build_and_test tsan tsan -DCMAKE_CXX_COMPILER=g++ "$(files_with_threads)" "${test_cases_only[@]}"
}

# ---------------------------------------------------------------------------------------------------
# What is between the corners
# ---------------------------------------------------------------------------------------------------

stage_boost_1_83() { other_boost 1.83 debug; }

# Both sanitizers over all test cases, random programs and trees; and over a fifth of the files once more,
# cut after every step. clang takes half the time of g++.
stage_asan_boost_1_88() {
  other_boost 1.88 asan -DFANOUT_BUILD_FUZZ=ON -DFANOUT_BUILD_STRESS=ON
  test/abandonment/run --program build/boost-1.88/test/fanout_tests --part "$((commits % 5 + 1))/5"
}

stage_tsan() {
  build_and_test tsan tsan "$(files_with_threads)" "${test_cases_only[@]}" -DFANOUT_BUILD_STRESS=ON
}

# Every header on its own, and twice.
stage_headers() {
  run_logged "$(log_file configure-headers)" cmake -S . --preset asan -B build/headers \
    -DCMAKE_CXX_FLAGS= -DFANOUT_CHECK_HEADERS=ON
  run_logged "$(log_file build-headers)" \
    cmake --build build/headers -j "$fanout_jobs" --target fanout_headers
}

# The servers and clients under both sanitizers, beside the servers that fetch has to get along with.
stage_asan_servers() {
  configure_preset asan -DFANOUT_TEST_SERVERS=ON
  build_preset asan fetch fetch_units gateway quotes fanout_grpc_tests example_server
  ctest --preset asan -R '^(fetch|gateway|grpc|quotes|server)' --no-tests=error
}

# The farm against a real Redis server: all its test cases, and 2,000 jobs with three kills. By g++, and under
# each sanitizer, in turn. The headers of that Boost tell ThreadSanitizer what their counts are.
stage_farm() {
  local boost presets=(debug asan tsan)
  local preset=${presets[commits / ${#between[@]} % ${#presets[@]}]}
  if ! boost=$(farm_boost); then
    say "note: the farm was not tested: the Debian mirror has no Boost that is new enough"
    return "$skipped"
  fi
  say "note: preset $preset"
  run_logged "$(log_file configure-farm)" cmake -S . --preset "$preset" -B "build/farm-$preset" \
    -DFANOUT_FARM_BOOST="$boost" "${test_cases_only[@]}" -DFANOUT_BUILD_EXAMPLES=ON \
    -DFANOUT_TEST_FILES=vocabulary.cpp
  run_logged "$(log_file build-farm)" cmake --build "build/farm-$preset" -j "$fanout_jobs" --target farm
  ctest --test-dir "build/farm-$preset" -R '^farm' --output-on-failure --no-tests=error
}

# Trees of operations, and what the network feeds to the servers and clients: ten seconds each.
stage_libfuzzer() { test/libfuzzer/run 10; }

# What clang-tidy and cppcheck find in the headers, in lib/ and in the larger example programs.
stage_lint() { tools/lint; }

# All tests once more by B2, with the oldest clang and with the other way to launch children, by
# co_spawn. Of g++, which is what B2 takes by itself, it builds one program.
stage_b2_clang_16() {
  local cases
  cases=$(cases_passed build/debug)
  FANOUT_EXPECTED_CASES=${cases/#0/} \
    tools/b2 --plan-examples toolset=clang-16 define=FANOUT_LAUNCH_CO_SPAWN warnings-as-errors=on
  run_logged "$(log_file b2-gcc)" b2 --ignore-site-config debug-symbols=off example//1_hello
  test/launch/run clang++-16 /usr/include build/launch-clang-16
}

# ---------------------------------------------------------------------------------------------------
# What they share
# ---------------------------------------------------------------------------------------------------

test_cases_only=(
  -DFANOUT_BUILD_EXAMPLES=OFF -DFANOUT_BUILD_BENCH=OFF -DFANOUT_BUILD_PARITY=OFF
  -DFANOUT_BUILD_EXHAUSTIVE=OFF -DFANOUT_BUILD_FUZZ=OFF -DFANOUT_BUILD_STRESS=OFF
  -DFANOUT_CHECK_DIAGNOSTICS=OFF -DFANOUT_CHECK_HEADERS=OFF
)

# As in the test presets, for folders that have none. The sanitizers of g++ name functions by themselves.
symbolizer=$(command -v llvm-symbolizer-19) || symbolizer=
symbolizer=${symbolizer:+:external_symbolizer_path=$symbolizer}
export ASAN_OPTIONS=detect_leaks=1$symbolizer UBSAN_OPTIONS=print_stacktrace=1$symbolizer
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1$symbolizer

# files_with_threads: the option that selects the tests that have more than one thread, but for the code of
# the manual.
files_with_threads() {
  local files
  files=$(grep -lE 'thread_pool|std::j?thread|support/(threads|pool_verbs)' test/run/*.cpp |
    grep -v '/manual' | xargs -n 1 basename)
  printf -- '-DFANOUT_TEST_FILES=%s' "${files//$'\n'/;}"
}

# build_and_test FOLDER PRESET [OPTION...]: builds what the preset says in build/FOLDER, and runs it.
build_and_test() {
  run_logged "$(log_file "configure-$1")" cmake -S . --preset "$2" -B "build/$1" "${@:3}"
  run_logged "$(log_file "build-$1")" cmake --build "build/$1" -j "$fanout_jobs"
  ctest --test-dir "build/$1" -j "$fanout_jobs" --output-on-failure --no-tests=error
  expect_tests "$1"
}

# expect_tests FOLDER: a build folder without test cases would pass everything.
expect_tests() {
  local cases
  cases=$(cases_passed "build/$1")
  ((cases > 0)) || die "no test case was run in build/$1"
  say "$cases test cases passed"
}

# expect_own_launch FOLDER: the tests there have seen this Asio, and have found the library's own launch.
expect_own_launch() {
  grep -x 'Asio .*: children are launched by the library' "build/$1/Testing/Temporary/LastTest.log" ||
    die "This Asio is not what include/fanout/config.hpp and detail/launch.hpp know:" \
      "$(grep '^Asio ' "build/$1/Testing/Temporary/LastTest.log")"
}

# other_boost VERSION PRESET [OPTION...]: the test cases against the headers of another Boost. Its Boost.Test
# is not there, so the tests take the header-only one.
other_boost() {
  local include
  include=$(boost_headers "$1")
  build_and_test "boost-$1" "$2" -DFANOUT_BOOST_INCLUDE_DIR="$include" \
    "${test_cases_only[@]}" "${@:3}"
}

gate_any_boost() {
  configure_preset release "${test_cases_only[@]}" -DFANOUT_BUILD_TESTS=OFF -DFANOUT_BUILD_BENCH=ON
  build_preset release bench_children
  bench/check-gates --any-boost build/release
}
