# How everything is compiled: one place for flags, so that a module's CMakeLists.txt names only
# its sources and its libraries.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

set(RIVERRUN_ARCH "x86-64-v2" CACHE STRING "Instruction set, as -march= takes it")
set(RIVERRUN_SANITIZE "" CACHE STRING "address (with undefined), thread, or empty")
option(RIVERRUN_FUZZ "Build the fuzz targets (clang only)" OFF)

# Dev is the build type of the tests: quick to compile, readable in a debugger. Hot modules raise
# the optimisation themselves (riverrun_module(... HOT)).
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1" CACHE STRING "" FORCE)
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1 -DNDEBUG" CACHE STRING "" FORCE)
add_compile_options(-march=${RIVERRUN_ARCH} -fno-omit-frame-pointer)

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers and ccache agree only with these two; see ccache's manual, "Precompiled
  # headers". The base directory lets a clone in another folder reuse what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endif()

if(RIVERRUN_SANITIZE STREQUAL "address")
  # The four checks left out cost three times the compile time and find what ASan finds anyway.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined
                      -fno-sanitize=null,alignment,object-size,vptr)
  add_link_options(-fsanitize=address,undefined)
elseif(RIVERRUN_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(RIVERRUN_SANITIZE)
  message(FATAL_ERROR "RIVERRUN_SANITIZE is '${RIVERRUN_SANITIZE}'; use address, thread or nothing")
endif()

# Seconds that a test may take; a sanitizer makes it many times slower.
set(RIVERRUN_TEST_SECONDS 300)
if(RIVERRUN_SANITIZE)
  set(RIVERRUN_TEST_SECONDS 1800)
endif()

if(RIVERRUN_FUZZ)
  # The modules tell the fuzzer which branches an input reached; the targets link the fuzzer itself.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  # GCC 12 sees overflows inside inlined std::string operations that are not there.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds -Wno-stringop-overflow
                           -Wno-stringop-overread -Wno-restrict>
  # libstdc++'s stable_sort calls what libstdc++ has deprecated.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
# Nor does GCC 12 see through a sanitizer's checks that a variant or a string is initialised.
if(RIVERRUN_SANITIZE)
  target_compile_options(project_warnings INTERFACE
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
