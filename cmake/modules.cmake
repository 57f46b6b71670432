# riverrun_module(NAME [HOT] SOURCES a.cpp ... [LINK libs ...] [PRIVATE_LINK libs ...])
#   One library target per module folder. LINK follows the arrows of docs/architecture.md;
#   PRIVATE_LINK is for third-party libraries that no header of the module includes.
#   HOT compiles with -O2 also in the Dev build: the data path must be tested as it runs.
function(riverrun_module name)
  cmake_parse_arguments(M "HOT" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${M_SOURCES})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${M_LINK} PRIVATE ${M_PRIVATE_LINK} project_warnings)
  if(M_HOT)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Dev>:-O2>)
  endif()
  target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/std_pch.h)
endfunction()

# riverrun_test(NAME SOURCES a_test.cpp ... LINK libs ...)
#   One GoogleTest executable per module; every test case is a ctest entry.
function(riverrun_test name)
  cmake_parse_arguments(T "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${T_SOURCES})
  target_link_libraries(${name} PRIVATE ${T_LINK} GTest::gtest_main GTest::gmock project_warnings)
  target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/test_pch.h)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
                       PROPERTIES TIMEOUT ${RIVERRUN_TEST_SECONDS})
endfunction()
