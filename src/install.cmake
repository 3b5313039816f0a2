# Install rules: libraries, headers, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bide)

# One export a target: a package without mimalloc must load, and one with it must load where
# mimalloc is missing, as long as nobody asks for that component.
foreach(part bide bide_static ffi testing mimalloc bidec uv glib)
    set(target bide_${part})
    if(part MATCHES "^bide")
        set(target ${part})
    endif()
    if(TARGET ${target})
        install(TARGETS ${target} EXPORT bide-${part}
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
            RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
        install(EXPORT bide-${part} NAMESPACE bide:: DESTINATION ${package_dir}
            FILE bide-${part}-targets.cmake)
    endif()
endforeach()

# For `source` in GDB: await trees of processes and core files.
install(FILES ${PROJECT_SOURCE_DIR}/src/gdb/bide-gdb.py DESTINATION ${CMAKE_INSTALL_DATADIR}/bide)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/bide DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

configure_package_config_file(${PROJECT_SOURCE_DIR}/src/bide-config.cmake.in
    ${PROJECT_BINARY_DIR}/bide-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bide-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bide-config.cmake ${PROJECT_BINARY_DIR}/bide-config-version.cmake
    ${PROJECT_SOURCE_DIR}/gen/bide_async_sources.cmake
    DESTINATION ${package_dir})

# pkg-config: paths relative to the prefix, so that an installed tree can be moved, unless the user
# asked for directories outside of it. bide is whichever bide::bide is; bide-static always the static
# one, also for those who have both.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
foreach(kind LIBDIR INCLUDEDIR)
    set(pc_${kind} "\${prefix}/${CMAKE_INSTALL_${kind}}")
    if(IS_ABSOLUTE "${CMAKE_INSTALL_${kind}}")
        set(pc_${kind} "${CMAKE_INSTALL_${kind}}")
    endif()
endforeach()

# bide_pkg_config(<package> <description> <cflags> <requires> <libs> <private libs>)
function(bide_pkg_config package description cflags requires libs private)
    configure_file(${PROJECT_SOURCE_DIR}/src/bide.pc.in ${PROJECT_BINARY_DIR}/${package}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${package}.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
set(pc_static "\${libdir}/${CMAKE_STATIC_LIBRARY_PREFIX}bide${CMAKE_STATIC_LIBRARY_SUFFIX}")
if(BUILD_SHARED_LIBS)
    bide_pkg_config(bide "${PROJECT_DESCRIPTION}" " -DBIDE_SHARED=1" "" "-L\${libdir} -lbide" "-pthread")
else()
    bide_pkg_config(bide "${PROJECT_DESCRIPTION}" "" "" "-L\${libdir} -lbide -pthread" "")
endif()
bide_pkg_config(bide-static "${PROJECT_DESCRIPTION} (static)" "" "" "${pc_static} -pthread" "")
if(TARGET bide_uv)
    bide_pkg_config(bide-uv "bide's tasks on a libuv loop" "" "bide, libuv" "-L\${libdir} -lbide_uv" "")
    install(FILES ${PROJECT_SOURCE_DIR}/src/find_libuv.cmake DESTINATION ${package_dir})
endif()
if(TARGET bide_glib)
    bide_pkg_config(bide-glib "bide's tasks on a GLib main context" "" "bide, glib-2.0"
        "-L\${libdir} -lbide_glib" "")
    install(FILES ${PROJECT_SOURCE_DIR}/src/find_glib.cmake DESTINATION ${package_dir})
endif()
bide_pkg_config(bide-ffi "bide's inline functions as symbols" "" "bide" "-L\${libdir} -lbide_ffi" "")
