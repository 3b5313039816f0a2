# bide::libuv, an imported target for libuv 1.x, where its header and library are found. Used by the
# build and, installed, by bide's package.
if(NOT TARGET bide::libuv)
    find_path(BIDE_LIBUV_INCLUDE uv.h)
    find_library(BIDE_LIBUV_LIBRARY NAMES uv uv_a libuv)
    mark_as_advanced(BIDE_LIBUV_INCLUDE BIDE_LIBUV_LIBRARY)
    if(BIDE_LIBUV_INCLUDE AND BIDE_LIBUV_LIBRARY)
        add_library(bide::libuv INTERFACE IMPORTED)
        set_target_properties(bide::libuv PROPERTIES
            INTERFACE_INCLUDE_DIRECTORIES "${BIDE_LIBUV_INCLUDE}"
            INTERFACE_LINK_LIBRARIES "${BIDE_LIBUV_LIBRARY};Threads::Threads;${CMAKE_DL_LIBS}")
    endif()
endif()
