# Engine and samplers alone (sim/core, sim/random), with nothing linked but the standard library: fmt and Random123
# are used as headers. So they can be built by any compiler, against another standard library, or for another
# architecture, where none of our other libraries is at hand (docs/determinism.md).
#
# tests/determinism/*_digest.cpp are programs that print hashes of what engine and samplers compute. Each becomes
# one here, and tools/compare-digests.sh compares their output across builds.
include(Flags)
find_path(FMT_INCLUDE_DIR fmt/format.h REQUIRED PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED PATHS /usr/include NO_CMAKE_FIND_ROOT_PATH)

# The host's headers through links of their own: /usr/include itself must not stand before a cross-compiler's.
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/headers)
file(CREATE_LINK ${FMT_INCLUDE_DIR}/fmt ${PROJECT_BINARY_DIR}/headers/fmt SYMBOLIC)
file(CREATE_LINK ${RANDOM123_INCLUDE_DIR}/Random123 ${PROJECT_BINARY_DIR}/headers/Random123 SYMBOLIC)

file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sim/core/*.cpp ${PROJECT_SOURCE_DIR}/sim/random/*.cpp)
list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
add_library(updraft_engine STATIC ${sources})
target_link_libraries(updraft_engine PUBLIC updraft_flags)
target_compile_definitions(updraft_engine PUBLIC FMT_HEADER_ONLY)
target_include_directories(updraft_engine SYSTEM PUBLIC ${PROJECT_BINARY_DIR}/headers)

file(GLOB digests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/determinism/*_digest.cpp)
foreach(digest IN LISTS digests)
  get_filename_component(name ${digest} NAME_WE)
  add_executable(${name} ${digest})
  target_link_libraries(${name} PRIVATE updraft_engine)
endforeach()
