# The library targets, and the settings that every target of ours shares.

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

# Warnings and sanitizers for our own targets; nothing of it reaches those who link them.
function(bide_own_target target)
    set_target_properties(${target} PROPERTIES
        C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
        C_VISIBILITY_PRESET hidden)
    target_compile_definitions(${target} PRIVATE BIDE_OWN_WARNINGS)
    if(CMAKE_C_COMPILER_ID MATCHES "GNU|Clang")
        target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
            -Wstrict-prototypes)
        if(BIDE_WERROR)
            target_compile_options(${target} PRIVATE -Werror)
        endif()
    endif()
    if(BIDE_CHECKED)
        target_compile_definitions(${target} PRIVATE BIDE_CHECKED=1)
    endif()
    if(BIDE_SANITIZE)
        string(REPLACE ";" "," sanitizers "${BIDE_SANITIZE}")
        target_compile_options(${target} PRIVATE -fsanitize=${sanitizers}
            -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
        target_link_options(${target} PRIVATE -fsanitize=${sanitizers})
    endif()
endfunction()

# A library of ours: bide_library(<target> <alias> <export name> [STATIC] <sources>...)
function(bide_library target alias export)
    add_library(${target} ${ARGN})
    add_library(${alias} ALIAS ${target})
    if(BIDE_CHECKED STREQUAL "USERS")
        set(BIDE_CHECKED OFF) # in here
    endif()
    bide_own_target(${target})
    target_compile_features(${target} PUBLIC c_std_11)
    target_include_directories(${target} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_compile_definitions(${target} PRIVATE BIDE_BUILD=1)
    # 0.x promises no binary compatibility between minor versions, and the soname says so.
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${export}
        VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
        POSITION_INDEPENDENT_CODE ON)
endfunction()

# The symbols of a shared library carry the version of its soname, where the linker can do that.
function(bide_version_symbols target)
    get_target_property(type ${target} TYPE)
    if(NOT type STREQUAL "SHARED_LIBRARY" OR NOT CMAKE_SYSTEM_NAME MATCHES "Linux|FreeBSD")
        return()
    endif()
    set(map ${PROJECT_SOURCE_DIR}/src/bide.map)
    target_link_options(${target} PRIVATE LINKER:--version-script=${map})
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${map})
endfunction()

file(GLOB core_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*.c)
bide_library(bide bide::bide bide ${core_sources})
target_link_libraries(bide PUBLIC Threads::Threads)
bide_version_symbols(bide)

# bide::bide_static is the static one whichever bide::bide is. Both have one file name but for its
# suffix, as the system's own libraries do.
if(BUILD_SHARED_LIBS)
    target_compile_definitions(bide PUBLIC BIDE_SHARED=1)
    bide_library(bide_static bide::bide_static bide_static STATIC ${core_sources})
    target_link_libraries(bide_static PUBLIC Threads::Threads)
    if(NOT WIN32)
        set_target_properties(bide_static PROPERTIES OUTPUT_NAME bide)
    endif()
    if(NOT PROJECT_IS_TOP_LEVEL AND NOT BIDE_INSTALL)
        set_target_properties(bide_static PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
else()
    add_library(bide::bide_static ALIAS bide)
endif()

# bide::ffi: the functions that the headers define inline, as symbols, for callers that have a
# linker and no C compiler. C and C++ programs do not need it.
bide_library(bide_ffi bide::ffi ffi ${PROJECT_SOURCE_DIR}/src/ffi/inline.c)
target_link_libraries(bide_ffi PUBLIC bide)
bide_version_symbols(bide_ffi)
if(NOT PROJECT_IS_TOP_LEVEL AND NOT BIDE_INSTALL)
    set_target_properties(bide_ffi PROPERTIES EXCLUDE_FROM_ALL ON)
endif()

file(GLOB testing_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/testing/*.c)
if(testing_sources)
    bide_library(bide_testing bide::testing testing ${testing_sources})
    target_link_libraries(bide_testing PUBLIC bide)
    bide_version_symbols(bide_testing)
endif()

# ---- mimalloc, where it is -----------------------------------------------------------------

# Whether linking this mimalloc replaces the process's malloc (Debian's does): asked of a program
# that mallocs a block and looks where it came from.
function(bide_mimalloc_replaces_malloc library result)
    if(CMAKE_CROSSCOMPILING)
        set(${result} "may replace" PARENT_SCOPE)
        return()
    endif()
    include(CheckCSourceRuns)
    set(CMAKE_REQUIRED_LIBRARIES ${library})
    set(CMAKE_REQUIRED_QUIET ON)
    check_c_source_runs("
        #include <mimalloc.h>
        #include <stdlib.h>
        int main(void)
        {
            void *linked = mi_malloc(16), *block = malloc(100);
            return mi_is_in_heap_region(block) && linked ? 0 : 1;
        }" BIDE_MIMALLOC_REPLACES_MALLOC)
    if(BIDE_MIMALLOC_REPLACES_MALLOC)
        set(${result} "replaces" PARENT_SCOPE)
    else()
        set(${result} "does not replace" PARENT_SCOPE)
    endif()
endfunction()

file(GLOB mimalloc_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/mimalloc/*.c)
if(NOT BIDE_MIMALLOC)
    message(STATUS "bide::mimalloc: not built (BIDE_MIMALLOC is off)")
elseif(NOT mimalloc_sources)
    message(STATUS "bide::mimalloc: not built (src/mimalloc is missing)")
elseif(BIDE_SANITIZE)
    message(STATUS "bide::mimalloc: left out of sanitizer builds, which bring their own malloc")
else()
    find_package(mimalloc QUIET CONFIG)
    if(TARGET mimalloc-static)
        set(mimalloc_library mimalloc-static)
    elseif(TARGET mimalloc)
        set(mimalloc_library mimalloc)
    endif()
    if(mimalloc_library)
        bide_library(bide_mimalloc bide::mimalloc mimalloc ${mimalloc_sources})
        target_link_libraries(bide_mimalloc PUBLIC bide ${mimalloc_library})
        target_compile_definitions(bide_mimalloc INTERFACE BIDE_USE_MIMALLOC=1)
        bide_version_symbols(bide_mimalloc)
        bide_mimalloc_replaces_malloc(${mimalloc_library} replaces)
        message(STATUS "bide::mimalloc: mimalloc ${mimalloc_VERSION} as target ${mimalloc_library}; "
            "linking it ${replaces} malloc and free of the whole program")
    else()
        message(STATUS "bide::mimalloc: mimalloc not found (Debian: libmimalloc-dev); not built")
    endif()
endif()

# ---- libuv, where it is --------------------------------------------------------------------

file(GLOB uv_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/uv/*.c)
if(NOT BIDE_UV)
    message(STATUS "bide::uv: not built (BIDE_UV is off)")
else()
    include(${PROJECT_SOURCE_DIR}/src/find_libuv.cmake)
    if(TARGET bide::libuv)
        bide_library(bide_uv bide::uv uv ${uv_sources})
        target_link_libraries(bide_uv PUBLIC bide bide::libuv)
        target_compile_definitions(bide_uv PRIVATE _POSIX_C_SOURCE=200809L)
        bide_version_symbols(bide_uv)
        message(STATUS "bide::uv: ${BIDE_LIBUV_LIBRARY}")
    else()
        message(STATUS "bide::uv: libuv not found (Debian: libuv1-dev); not built")
    endif()
endif()

# ---- GLib, where it is ---------------------------------------------------------------------

file(GLOB glib_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/glib/*.c)
if(NOT BIDE_GLIB)
    message(STATUS "bide::glib: not built (BIDE_GLIB is off)")
elseif(NOT UNIX)
    message(STATUS "bide::glib: left out: its descriptors are Unix's")
else()
    include(${PROJECT_SOURCE_DIR}/src/find_glib.cmake)
    if(TARGET bide::libglib)
        bide_library(bide_glib bide::glib glib ${glib_sources})
        target_link_libraries(bide_glib PUBLIC bide bide::libglib)
        bide_version_symbols(bide_glib)
        message(STATUS "bide::glib: ${BIDE_GLIB_LIBRARY}")
    else()
        message(STATUS "bide::glib: GLib not found (Debian: libglib2.0-dev); not built")
    endif()
endif()
