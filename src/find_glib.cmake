# bide::libglib, an imported target for GLib 2.x, where its headers and library are found. Used by
# the build and, installed, by bide's package.
if(NOT TARGET bide::libglib)
    find_path(BIDE_GLIB_INCLUDE glib.h PATH_SUFFIXES glib-2.0)
    find_library(BIDE_GLIB_LIBRARY NAMES glib-2.0)
    # What depends on the architecture lies beside the library.
    get_filename_component(bide_glib_beside "${BIDE_GLIB_LIBRARY}" DIRECTORY)
    find_path(BIDE_GLIB_CONFIG_INCLUDE glibconfig.h
        HINTS ${bide_glib_beside}/glib-2.0/include PATH_SUFFIXES glib-2.0/include)
    mark_as_advanced(BIDE_GLIB_INCLUDE BIDE_GLIB_LIBRARY BIDE_GLIB_CONFIG_INCLUDE)
    if(BIDE_GLIB_INCLUDE AND BIDE_GLIB_LIBRARY AND BIDE_GLIB_CONFIG_INCLUDE)
        add_library(bide::libglib INTERFACE IMPORTED)
        set_target_properties(bide::libglib PROPERTIES
            INTERFACE_INCLUDE_DIRECTORIES "${BIDE_GLIB_INCLUDE};${BIDE_GLIB_CONFIG_INCLUDE}"
            INTERFACE_LINK_LIBRARIES "${BIDE_GLIB_LIBRARY};Threads::Threads")
    endif()
endif()
