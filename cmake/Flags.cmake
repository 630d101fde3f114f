# Flags of every target. Results must not depend on compiler or optimisation level, so:
# no contraction of a*b+c, never -march, never -ffast-math (docs/determinism.md).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

add_library(updraft_flags INTERFACE)
target_compile_features(updraft_flags INTERFACE cxx_std_20)
# No vectors of neighbouring fields: an event or a request is written field by field and read a moment
# later, and a wide load over narrow stores waits until they have left the store buffer.
target_compile_options(updraft_flags INTERFACE -ffp-contract=off -fno-fast-math -fno-tree-slp-vectorize
  -Wall -Wextra -Wpedantic $<$<CXX_COMPILER_ID:GNU>:-Wshadow=local> -Wnon-virtual-dtor -Woverloaded-virtual -Wconversion
  -Wno-sign-conversion -Wno-missing-field-initializers -Wimplicit-fallthrough)
# The options of options.proto are variables of updraft::sim called param, model, value; clang takes every
# argument of such a name in that namespace for a mistake, g++ does not.
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(updraft_flags INTERFACE -Wno-shadow)
endif()
option(UPDRAFT_WERROR "Warnings are errors" ON)
if(UPDRAFT_WERROR)
  target_compile_options(updraft_flags INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # g++ 12 sees overlaps in std::string + that are not there (GCC bug 105329).
  target_compile_options(updraft_flags INTERFACE -Wno-restrict)
endif()
target_include_directories(updraft_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_include_directories(updraft_flags SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/gen)

# Generated code obeys its generator's taste, not ours.
add_library(updraft_generated_flags INTERFACE)
target_compile_features(updraft_generated_flags INTERFACE cxx_std_20)
target_compile_options(updraft_generated_flags INTERFACE -ffp-contract=off -w)
target_include_directories(updraft_generated_flags INTERFACE ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/gen)

if(UPDRAFT_SANITIZE)
  string(REPLACE ";" "," _sanitizers "${UPDRAFT_SANITIZE}")
  add_compile_options(-fsanitize=${_sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${_sanitizers})
endif()

# Coverage feedback for libFuzzer; the fuzzers themselves add its main().
if(UPDRAFT_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
