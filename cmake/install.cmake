# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# Two export sets, so that a user without fmt gets fanout::fanout all the same.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(fanout_config_dir "${CMAKE_INSTALL_LIBDIR}/cmake/fanout")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE_1_0.txt"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/fanout")

install(PROGRAMS "${PROJECT_SOURCE_DIR}/tools/check-shapes"
  DESTINATION "${CMAKE_INSTALL_BINDIR}" RENAME fanout-check-shapes)

install(TARGETS fanout EXPORT fanout-targets)
install(EXPORT fanout-targets NAMESPACE fanout:: DESTINATION "${fanout_config_dir}")

if(TARGET fanout_text)
  install(TARGETS fanout_text EXPORT fanout-text-targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT fanout-text-targets NAMESPACE fanout:: DESTINATION "${fanout_config_dir}")
endif()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/fanout-config.cmake.in"
  "${PROJECT_BINARY_DIR}/fanout-config.cmake"
  INSTALL_DESTINATION "${fanout_config_dir}")
# Before 1.0 a new minor version may break; headers do not depend on the word size.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/fanout-config-version.cmake"
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  "${PROJECT_BINARY_DIR}/fanout-config.cmake"
  "${PROJECT_BINARY_DIR}/fanout-config-version.cmake"
  DESTINATION "${fanout_config_dir}")
