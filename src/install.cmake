# Install rules: libraries, headers, CMake package, pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bide)

# One export a target: a package without mimalloc must load, and one with it must load where
# mimalloc is missing, as long as nobody asks for that component.
foreach(part bide testing mimalloc bidec)
    set(target bide_${part})
    if(part MATCHES "^(bide|bidec)$")
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

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/bide DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

configure_package_config_file(${PROJECT_SOURCE_DIR}/src/bide-config.cmake.in
    ${PROJECT_BINARY_DIR}/bide-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/bide-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/bide-config.cmake ${PROJECT_BINARY_DIR}/bide-config-version.cmake
    ${PROJECT_SOURCE_DIR}/gen/bide_async_sources.cmake
    DESTINATION ${package_dir})

# pkg-config: paths relative to the prefix, so that an installed tree can be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
set(pc_cflags "")
if(BUILD_SHARED_LIBS)
    set(pc_cflags " -DBIDE_SHARED=1")
endif()
configure_file(${PROJECT_SOURCE_DIR}/src/bide.pc.in ${PROJECT_BINARY_DIR}/bide.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/bide.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
