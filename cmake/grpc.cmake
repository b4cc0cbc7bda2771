# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# gRPC, for the tests of <fanout/grpc.hpp> and for the examples that use it. FANOUT_HAS_GRPC says whether
# all of it is there. The library itself needs none of it.

set(FANOUT_HAS_GRPC OFF)
# gRPC's own configuration ends with an error where its plugin is missing, and does not see that its headers
# are: so these are asked for first.
find_program(FANOUT_GRPC_PLUGIN grpc_cpp_plugin)
find_program(FANOUT_PROTOC protoc)
find_path(FANOUT_GRPC_HEADERS grpcpp/grpcpp.h)
if(FANOUT_GRPC_PLUGIN AND FANOUT_PROTOC AND FANOUT_GRPC_HEADERS)
  find_package(gRPC CONFIG QUIET)
  if(TARGET gRPC::grpc++ AND TARGET protobuf::libprotobuf)
    set(FANOUT_HAS_GRPC ON)
  endif()
endif()
if(NOT FANOUT_HAS_GRPC)
  message(STATUS "fanout: no gRPC found (libgrpc++-dev, libprotobuf-dev, protobuf-compiler and "
    "protobuf-compiler-grpc of Debian 12), so no test of fanout/grpc.hpp, no example quotes, and a gateway "
    "without upstreams of kind grpc")
endif()

# fanout_proto_library(NAME FILE): a library of what protoc makes of FILE.
function(fanout_proto_library name file)
  get_filename_component(file "${file}" ABSOLUTE)
  get_filename_component(folder "${file}" DIRECTORY)
  get_filename_component(stem "${file}" NAME_WE)
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  file(MAKE_DIRECTORY "${out}")
  set(made "${out}/${stem}")
  add_custom_command(
    OUTPUT "${made}.pb.cc" "${made}.pb.h" "${made}.grpc.pb.cc" "${made}.grpc.pb.h"
    COMMAND "${FANOUT_PROTOC}" "--proto_path=${folder}" "--cpp_out=${out}" "--grpc_out=${out}"
      "--plugin=protoc-gen-grpc=${FANOUT_GRPC_PLUGIN}" "${file}"
    DEPENDS "${file}"
    VERBATIM)
  add_library(${name} STATIC "${made}.pb.cc" "${made}.grpc.pb.cc")
  # Generated code is not held to our warnings.
  target_include_directories(${name} SYSTEM PUBLIC "${out}")
  target_compile_features(${name} PUBLIC cxx_std_20)
  target_link_libraries(${name} PUBLIC gRPC::grpc++ protobuf::libprotobuf)
endfunction()
