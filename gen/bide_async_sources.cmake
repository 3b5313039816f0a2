# bide_async_sources(<target> X.async.c...
#     [OUTPUT_DIRECTORY dir]  where X.gen.c and X.gen.h go (default: <target>.gen in the build)
#     [CHECKED_IN dir]        where copies of them are kept under version control
#     [BUDGET bytes]          a frame that is larger stops the build
#     [OPTIONS ...])          more options of bidec
#
# Compiles async C into the target. Call it in the directory that made the target.
#
# Copies beside the source, or in CHECKED_IN, are what is compiled where libclang is missing. Where
# it is there, the test <target>_generated_is_current compares them with what bidec writes now, and
# the target <target>_update_generated brings them up to date. Copies beside the source hide other
# ones from #include, so they are compiled everywhere, and the build stops if they are out of date.
#
# Cache variables: BIDE_BIDEC_EXECUTABLE is the bidec to run (cross builds need one of the build
# machine); BIDE_LIBCLANG the library that it loads.

# This file is also included by packages, in projects with settings of their own.
cmake_policy(VERSION 3.22)

set(BIDE_BIDEC_EXECUTABLE "" CACHE FILEPATH
    "bidec of the machine that builds (empty: the one of this bide)")
set(BIDE_LIBCLANG "$ENV{BIDEC_LIBCLANG}" CACHE FILEPATH "libclang for bidec (empty: look for it)")

# ---- the generator -------------------------------------------------------------------------

# A bidec that is yet to be built cannot be asked whether it will find libclang; its loader can.
function(bide_priv_build_probe program)
    set(directory ${CMAKE_BINARY_DIR}/CMakeFiles/bidec_probe)
    set(${program} ${directory}/probe PARENT_SCOPE)
    set(source ${CMAKE_CURRENT_FUNCTION_LIST_DIR})
    set(sources ${source}/probe/probe.c ${source}/libclang.c ${source}/arena.c ${source}/diag.c)
    file(TIMESTAMP ${directory}/probe built "%s")
    set(newest 0)
    foreach(file IN LISTS sources)
        file(TIMESTAMP ${file} changed "%s")
        if(changed GREATER newest)
            set(newest ${changed})
        endif()
    endforeach()
    if(built AND NOT built LESS newest)
        return()
    endif()
    try_compile(compiled ${directory} SOURCES ${sources}
        CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${source}
        LINK_LIBRARIES ${CMAKE_DL_LIBS}
        OUTPUT_VARIABLE log COPY_FILE ${directory}/probe
        C_STANDARD 11)
    if(NOT compiled)
        message(FATAL_ERROR "The probe for libclang cannot be built:\n${log}")
    endif()
endfunction()

# What runs bidec here; or an empty command, and why.
function(bide_priv_generator command reason)
    set(${command} "" PARENT_SCOPE)
    set(${reason} "" PARENT_SCOPE)
    set(probe "")
    if(BIDE_BIDEC_EXECUTABLE)
        set(bidec ${BIDE_BIDEC_EXECUTABLE})
        set(probe ${bidec} --probe)
    elseif(CMAKE_CROSSCOMPILING)
        set(${reason} "This is a cross build, and bidec must run on the machine that builds. Build \
or install bide there, and set BIDE_BIDEC_EXECUTABLE to its bidec." PARENT_SCOPE)
        return()
    elseif(NOT TARGET bide::bidec)
        set(${reason} "This bide has no bidec (it was built with BIDE_BIDEC=OFF). Build it with \
BIDE_BIDEC=ON, or set BIDE_BIDEC_EXECUTABLE." PARENT_SCOPE)
        return()
    else()
        set(bidec $<TARGET_FILE:bide::bidec>)
        get_target_property(imported bide::bidec IMPORTED)
        if(imported)
            get_target_property(location bide::bidec LOCATION)
            set(probe ${location} --probe)
        else()
            bide_priv_build_probe(probe)
        endif()
    endif()
    if(BIDE_LIBCLANG)
        list(APPEND bidec --libclang ${BIDE_LIBCLANG})
        if("--probe" IN_LIST probe)
            list(APPEND probe --libclang)
        endif()
        list(APPEND probe ${BIDE_LIBCLANG})
    endif()
    execute_process(COMMAND ${probe} RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
    string(STRIP "${said}" said)
    if(failed)
        set(${reason} "bidec does not work here (${failed}): ${said}" PARENT_SCOPE)
        return()
    endif()
    get_property(told GLOBAL PROPERTY BIDE_PRIV_PROBE)
    if(NOT told STREQUAL said)
        message(STATUS "bidec: ${said}")
        set_property(GLOBAL PROPERTY BIDE_PRIV_PROBE "${said}")
    endif()
    set(${command} ${bidec} PARENT_SCOPE)
endfunction()

# ---- how the target is compiled ------------------------------------------------------------

# Writes the target's options to a file, one a line, and gives its name. A file of its own brings
# them through any quoting, and is written anew only when they change. The options of build types
# stay out: what is generated must not depend on them.
function(bide_priv_options_file target result)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen/options)
    get_target_property(done ${target} BIDE_PRIV_OPTIONS)
    set(${result} ${file}-$<CONFIG>-C PARENT_SCOPE)
    if(done)
        return()
    endif()
    set_target_properties(${target} PROPERTIES BIDE_PRIV_OPTIONS ON)
    set(extensions $<TARGET_PROPERTY:C_EXTENSIONS>)
    set(standard $<TARGET_PROPERTY:C_STANDARD>)
    set(includes $<REMOVE_DUPLICATES:$<TARGET_PROPERTY:INCLUDE_DIRECTORIES>>)
    set(definitions $<REMOVE_DUPLICATES:$<TARGET_PROPERTY:COMPILE_DEFINITIONS>>)
    set(options $<TARGET_PROPERTY:COMPILE_OPTIONS>)
    set(lines "SHELL:${CMAKE_C_FLAGS}")
    if(CMAKE_C_COMPILER_TARGET)
        list(APPEND lines "--target=${CMAKE_C_COMPILER_TARGET}")
    elseif(CMAKE_CROSSCOMPILING)
        execute_process(COMMAND ${CMAKE_C_COMPILER} -dumpmachine OUTPUT_VARIABLE machine
            OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
        if(NOT failed AND machine)
            list(APPEND lines "--target=${machine}")
        endif()
    endif()
    if(CMAKE_SYSROOT)
        list(APPEND lines "--sysroot=${CMAKE_SYSROOT}")
    endif()
    list(APPEND lines
        "$<$<BOOL:${standard}>:-std=$<IF:$<STREQUAL:$<UPPER_CASE:${extensions}>,OFF>,c,gnu>${standard}>"
        "$<JOIN:${options},\n>"
        "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>>"
        "$<$<BOOL:${includes}>:-I$<JOIN:${includes},\n-I>>")
    if(CMAKE_CROSSCOMPILING)
        foreach(directory IN LISTS CMAKE_C_IMPLICIT_INCLUDE_DIRECTORIES)
            # The compiler's own headers are not clang's.
            if(NOT directory MATCHES "/lib[0-9]*/(gcc|gcc-cross|clang)/")
                list(APPEND lines "-idirafter${directory}")
            endif()
        endforeach()
    endif()
    list(JOIN lines "\n" lines)
    file(GENERATE OUTPUT ${file}-$<CONFIG>-$<COMPILE_LANGUAGE> CONTENT "${lines}\n" TARGET ${target})
endfunction()

# ---- one file ------------------------------------------------------------------------------

# X.gen.c and X.gen.h of `directory` become sources of the target, seen by all that link it. What
# they include is found as it is from the source: beside it.
function(bide_priv_add_generated target directory beside stem)
    target_sources(${target} PRIVATE ${directory}/${stem}.gen.c ${directory}/${stem}.gen.h)
    set_property(TARGET ${target} APPEND PROPERTY BIDE_GENERATED_HEADERS ${directory}/${stem}.gen.h)
    foreach(path IN ITEMS ${directory} ${beside})
        get_property(known TARGET ${target} PROPERTY BIDE_PRIV_DIRECTORIES)
        if(NOT path IN_LIST known)
            target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${path}>)
            set_property(TARGET ${target} APPEND PROPERTY BIDE_PRIV_DIRECTORIES ${path})
        endif()
    endforeach()
endfunction()

# X.gen.c and X.gen.h are made in `directory`. #line names the source as seen from `root`.
function(bide_priv_generate source directory stem root)
    set(output ${directory}/${stem}.gen.c)
    set(after "")
    if(NOT CMAKE_GENERATOR MATCHES "Ninja")
        # bidec leaves a file alone whose text is the same; make would run it again for ever.
        set(after COMMAND ${CMAKE_COMMAND} -E touch ${output})
    endif()
    add_custom_command(OUTPUT ${output} BYPRODUCTS ${directory}/${stem}.gen.h
        COMMAND ${bidec} ${options} --line-root ${root} -o ${directory}
            --depfile ${directory}/${stem}.gen.d ${source} ${passed_on}
        ${after}
        DEPENDS ${source} ${depends}
        DEPFILE ${directory}/${stem}.gen.d
        COMMENT "Compiling async C ${stem}.async.c" VERBATIM COMMAND_EXPAND_LISTS)
endfunction()

# Copies that lie beside their source are what #include finds: they are compiled, and compared with
# what bidec writes now.
function(bide_priv_verify target source directory stem)
    set(fresh ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen/fresh)
    set(stamp ${fresh}/${stem}.current)
    file(MAKE_DIRECTORY ${fresh})
    bide_priv_generate(${source} ${fresh} ${stem} ${CMAKE_CURRENT_SOURCE_DIR})
    add_custom_command(OUTPUT ${stamp}
        COMMAND ${CMAKE_COMMAND} -E compare_files ${fresh}/${stem}.gen.h ${directory}/${stem}.gen.h
        COMMAND ${CMAKE_COMMAND} -E compare_files ${fresh}/${stem}.gen.c ${directory}/${stem}.gen.c
        COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
        DEPENDS ${fresh}/${stem}.gen.c ${directory}/${stem}.gen.c ${directory}/${stem}.gen.h
        COMMENT "Comparing ${stem}.gen.c with ${stem}.async.c beside it (if they differ: build \
${target}_update_generated, or delete it)" VERBATIM)
    target_sources(${target} PRIVATE ${stamp})
endfunction()

# Where all is generated, the frames can be measured: children of other files are in their headers.
function(bide_priv_budget target source directory stem)
    set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen/${stem}.budget)
    add_custom_command(OUTPUT ${stamp}
        COMMAND ${bidec} ${options} --budget ${arg_BUDGET} --layout ${source} -I${directory}
            ${passed_on} > ${stamp}.txt
        COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
        DEPENDS ${source} ${all_outputs} ${depends}
        COMMENT "Measuring the frames of ${stem}.async.c" VERBATIM COMMAND_EXPAND_LISTS)
    target_sources(${target} PRIVATE ${stamp})
endfunction()

# ---- the function --------------------------------------------------------------------------

# One of each for a call; a further call for the same target numbers its own.
function(bide_priv_checked_in_targets target)
    set(where "")
    if(arg_CHECKED_IN)
        set(where -o ${checked_in})
    endif()
    get_property(calls TARGET ${target} PROPERTY BIDE_PRIV_CHECKED_IN)
    math(EXPR calls "0${calls} + 1")
    set_property(TARGET ${target} PROPERTY BIDE_PRIV_CHECKED_IN ${calls})
    set(number "")
    if(calls GREATER 1)
        set(number _${calls})
    endif()
    set(run ${bidec} ${options} --line-root ${CMAKE_CURRENT_SOURCE_DIR} ${where})
    add_custom_target(${target}_update_generated${number}
        COMMAND ${run} ${copied} ${passed_on}
        DEPENDS ${depends} VERBATIM COMMAND_EXPAND_LISTS
        COMMENT "Bringing the checked-in output of bidec up to date")
    if(number)
        add_dependencies(${target}_update_generated ${target}_update_generated${number})
    endif()
    add_test(NAME ${target}_generated_is_current${number}
        COMMAND ${run} --check ${copied} ${passed_on} COMMAND_EXPAND_LISTS)
endfunction()

function(bide_async_sources target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "OUTPUT_DIRECTORY;CHECKED_IN;BUDGET" "OPTIONS")
    if(NOT TARGET ${target})
        message(FATAL_ERROR "bide_async_sources: there is no target ${target}")
    endif()
    get_target_property(made_in ${target} SOURCE_DIR)
    if(NOT made_in STREQUAL CMAKE_CURRENT_SOURCE_DIR)
        message(FATAL_ERROR "bide_async_sources: call it in the directory that made ${target}: \
${made_in}")
    endif()
    if(NOT arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "bide_async_sources(${target}): no X.async.c is named")
    endif()
    bide_priv_generator(bidec reason)
    set(directory ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen)
    if(arg_OUTPUT_DIRECTORY)
        get_filename_component(directory ${arg_OUTPUT_DIRECTORY} ABSOLUTE
            BASE_DIR ${CMAKE_CURRENT_BINARY_DIR})
    endif()
    file(MAKE_DIRECTORY ${directory} ${CMAKE_CURRENT_BINARY_DIR}/${target}.gen)
    bide_priv_options_file(${target} options_file)
    # What each run of bidec gets, and depends on.
    set(options --args-file ${options_file})
    set(passed_on ${arg_OPTIONS})
    set(depends ${options_file})
    if(BIDE_BIDEC_EXECUTABLE)
        list(APPEND depends ${BIDE_BIDEC_EXECUTABLE})
    elseif(bidec)
        list(APPEND depends bide::bidec)
    endif()

    set(copied "")
    set(measured "")
    set(all_outputs "")
    foreach(given IN LISTS arg_UNPARSED_ARGUMENTS)
        bide_priv_add_source()
    endforeach()
    if(arg_BUDGET AND bidec)
        foreach(source IN LISTS measured)
            get_filename_component(name ${source} NAME)
            string(REGEX REPLACE "\\.async\\.c$" "" stem ${name})
            bide_priv_budget(${target} ${source} ${directory} ${stem})
        endforeach()
    endif()
    if(copied)
        bide_priv_checked_in_targets(${target})
    endif()
endfunction()

# One file of bide_async_sources, in its scope.
macro(bide_priv_add_source)
    get_filename_component(source ${given} ABSOLUTE)
    get_filename_component(name ${source} NAME)
    get_filename_component(beside ${source} DIRECTORY)
    if(NOT name MATCHES "^.+\\.async\\.c$")
        message(FATAL_ERROR "bide_async_sources: ${given} is not named like X.async.c")
    endif()
    if(NOT EXISTS ${source})
        message(FATAL_ERROR "bide_async_sources: there is no file ${source}")
    endif()
    string(REGEX REPLACE "\\.async\\.c$" "" stem ${name})
    set(checked_in ${beside})
    if(arg_CHECKED_IN)
        get_filename_component(checked_in ${arg_CHECKED_IN} ABSOLUTE)
    endif()
    set(have_copies OFF)
    if(EXISTS ${checked_in}/${stem}.gen.c AND EXISTS ${checked_in}/${stem}.gen.h)
        set(have_copies ON)
    endif()

    if(NOT bidec AND NOT have_copies)
        message(FATAL_ERROR "bide_async_sources: ${given} cannot be compiled: ${reason}\n"
            "Install what is missing, or put ${stem}.gen.c and ${stem}.gen.h, made by bidec on another "
            "machine, into ${checked_in}.")
    elseif(NOT bidec)
        message(STATUS "bidec: ${given}: the checked-in ${stem}.gen.c is compiled. ${reason}")
        bide_priv_add_generated(${target} ${checked_in} ${beside} ${stem})
    elseif(have_copies AND checked_in STREQUAL beside AND NOT directory STREQUAL beside)
        list(APPEND copied ${source})
        list(APPEND measured ${source})
        bide_priv_verify(${target} ${source} ${beside} ${stem})
        bide_priv_add_generated(${target} ${beside} ${beside} ${stem})
    else()
        if(arg_CHECKED_IN)
            list(APPEND copied ${source})
        endif()
        if(EXISTS ${beside}/${stem}.gen.h AND NOT directory STREQUAL beside)
            message(FATAL_ERROR "bide_async_sources: ${beside}/${stem}.gen.h hides the one that is "
                "generated for ${target}. Delete it.")
        endif()
        list(APPEND measured ${source})
        list(APPEND all_outputs ${directory}/${stem}.gen.c)
        # The compiler's messages and the debugger find the source from where the compiler runs.
        # Ninja runs everything at the top.
        set(root ${CMAKE_CURRENT_BINARY_DIR})
        if(CMAKE_GENERATOR MATCHES "Ninja")
            set(root ${CMAKE_BINARY_DIR})
        endif()
        bide_priv_generate(${source} ${directory} ${stem} ${root})
        bide_priv_add_generated(${target} ${directory} ${beside} ${stem})
    endif()
endmacro()
