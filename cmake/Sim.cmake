# sim_library(NAME [DEPENDS ...] [LIBRARIES ...] [SOURCES generated ...])  a folder of sim/, cli/ or models/ as a library
# sim_model(NAME)                                  a folder of models/ that registers resource types
# sim_test(NAME FILES ... [DEPENDS ...] [LABELS quick|slow|nightly])
#
# A folder holds *.cpp, *_test.cpp and *.proto; all three are found here, so adding a file
# touches no build file. Generated protobuf code lands in ${PROJECT_BINARY_DIR}/gen under the same path.

# Generated headers without compiling anything: what clang-tidy needs before it can read a source.
add_custom_target(updraft_generated)

function(_sim_protos out_sources)
  file(GLOB protos CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/*.proto)
  set(sources "")
  set(headers "")
  foreach(proto IN LISTS protos)
    string(REGEX REPLACE "\\.proto$" "" stem ${proto})
    set(base ${PROJECT_BINARY_DIR}/gen/${stem})
    get_filename_component(dir ${base} DIRECTORY)
    file(MAKE_DIRECTORY ${dir})
    file(GLOB imports CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sim/schema/*.proto ${PROJECT_SOURCE_DIR}/models/common/*.proto ${PROJECT_SOURCE_DIR}/models/program/*.proto)
    # The compiled .pb keeps the comments: docs, explain and JSON Schema read them at build time.
    add_custom_command(
      OUTPUT ${base}.pb.cc ${base}.pb.h
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR} --cpp_out=${PROJECT_BINARY_DIR}/gen ${proto}
      DEPENDS ${PROJECT_SOURCE_DIR}/${proto} ${imports}
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      VERBATIM)
    list(APPEND sources ${base}.pb.cc)
    list(APPEND headers ${base}.pb.h)
  endforeach()
  if(headers)
    file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    string(REPLACE "/" "_" folder ${folder})
    add_custom_target(updraft_generated_${folder} DEPENDS ${headers})
    add_dependencies(updraft_generated updraft_generated_${folder})
  endif()
  set(${out_sources} ${sources} PARENT_SCOPE)
endfunction()

# Data of a folder: FOLDER/NAME.csv becomes gen/FOLDER/NAME_csv.h with `inline constexpr std::string_view kCsv` in
# namespace updraft::data::NAME, so the library needs no file at run time and the table stays a table.
function(_sim_data)
  file(GLOB tables CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/*.csv)
  foreach(table IN LISTS tables)
    string(REGEX REPLACE "\\.csv$" "" stem ${table})
    get_filename_component(name ${stem} NAME)
    file(READ ${PROJECT_SOURCE_DIR}/${table} text)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${table})
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/gen/${stem}_csv.h @ONLY CONTENT [==[
// Generated from @table@ by cmake/Sim.cmake.
#pragma once
#include <string_view>
namespace updraft::data::@name@ {
inline constexpr std::string_view kCsv = R"csv(@text@)csv";
}
]==])
  endforeach()
endfunction()

function(sim_library name)
  _sim_data()
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;TEST_LIBRARIES;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(APPEND sources ${ARG_SOURCES})
  _sim_protos(proto_sources)

  set(target updraft_${name})
  set(public updraft_flags)
  if(proto_sources)
    add_library(${target}_proto STATIC ${proto_sources})
    # Private, or its -w would silence the warnings of everything above.
    target_link_libraries(${target}_proto PUBLIC protobuf::libprotobuf PRIVATE updraft_generated_flags)
    foreach(dep IN LISTS ARG_DEPENDS)
      if(TARGET updraft_${dep}_proto)
        target_link_libraries(${target}_proto PUBLIC updraft_${dep}_proto)
        add_dependencies(${target}_proto updraft_${dep}_proto)
      endif()
    endforeach()
    list(APPEND public ${target}_proto)
  endif()
  foreach(dep IN LISTS ARG_DEPENDS)
    list(APPEND public updraft_${dep})
  endforeach()
  list(APPEND public ${ARG_LIBRARIES} fmt::fmt)

  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC ${public})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${public})
  endif()
  if(tests)
    sim_test(${name}_test FILES ${tests} DEPENDS ${name} LIBRARIES ${ARG_TEST_LIBRARIES})
  endif()
endfunction()

function(sim_model name)
  sim_library(${name} DEPENDS model roles program ${ARGN})
  set_property(GLOBAL APPEND PROPERTY UPDRAFT_MODELS ${name})
endfunction()

function(sim_test name)
  if(NOT UPDRAFT_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "FILES;DEPENDS;LIBRARIES;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS quick)
  endif()
  if(ARG_LABELS MATCHES nightly AND NOT UPDRAFT_NIGHTLY)
    return()
  endif()
  add_executable(${name} ${ARG_FILES})
  set(libs "")
  foreach(dep IN LISTS ARG_DEPENDS)
    list(APPEND libs updraft_${dep})
  endforeach()
  target_link_libraries(${name} PRIVATE ${libs} updraft_flags ${ARG_LIBRARIES} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE UPDRAFT_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set(timeout 600)
  if(ARG_LABELS MATCHES nightly)
    set(timeout 3600)
  endif()
  gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${timeout})
endfunction()
