/*
 * gen/libclang.h: the part of libclang's C API that bidec uses, bound when it runs.
 *
 * The declarations are our own: the library's ABI is stable, so that one build of bidec works with
 * every version from 14 on, and needs none of its headers. tests/gen/reader/abi_check.c compares
 * them with the real ones.
 */
#ifndef BIDEC_LIBCLANG_H
#define BIDEC_LIBCLANG_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "diag.h"

/* ---- structures --------------------------------------------------------------------------- */

typedef void *cx_index;
typedef struct cx_unit_impl *cx_unit;
typedef void *cx_file;
typedef void *cx_diagnostic;
typedef void *cx_diagnostics;

typedef struct {
    const void *data;
    unsigned private_flags;
} cx_string;

typedef struct {
    int kind;
    int xdata;
    const void *data[3];
} cx_cursor;

typedef struct {
    int kind;
    void *data[2];
} cx_type;

typedef struct {
    const void *ptr_data[2];
    unsigned int_data;
} cx_location;

typedef struct {
    const void *ptr_data[2];
    unsigned begin_int_data, end_int_data;
} cx_range;

typedef struct {
    unsigned count;
    cx_range *ranges;
} cx_range_list;

typedef struct {
    unsigned long long data[3];
} cx_file_id;

struct cx_unsaved {
    const char *name;
    const char *contents;
    unsigned long length;
};

/* Enumerations of theirs. */
typedef int cx_error, cx_severity, cx_storage, cx_operator, cx_unary_operator;

typedef int (*cx_visitor)(cx_cursor cursor, cx_cursor parent, void *data);
typedef int (*cx_field_visitor)(cx_cursor cursor, void *data);
typedef void (*cx_inclusion_visitor)(cx_file file, cx_location *stack, unsigned length, void *data);

/* ---- constants ---------------------------------------------------------------------------- */

/* X(name, value): CX_name here, CXname there. */
#define LIBCLANG_CONSTANTS(X)                                                                      \
    X(Cursor_StructDecl, 2)                                                                        \
    X(Cursor_UnionDecl, 3)                                                                         \
    X(Cursor_EnumDecl, 5)                                                                          \
    X(Cursor_FieldDecl, 6)                                                                         \
    X(Cursor_EnumConstantDecl, 7)                                                                  \
    X(Cursor_FunctionDecl, 8)                                                                      \
    X(Cursor_VarDecl, 9)                                                                           \
    X(Cursor_ParmDecl, 10)                                                                         \
    X(Cursor_TypedefDecl, 20)                                                                      \
    X(Cursor_TypeRef, 43)                                                                          \
    X(Cursor_MemberRef, 47)                                                                        \
    X(Cursor_LabelRef, 48)                                                                         \
    X(Cursor_UnexposedExpr, 100)                                                                   \
    X(Cursor_DeclRefExpr, 101)                                                                     \
    X(Cursor_MemberRefExpr, 102)                                                                   \
    X(Cursor_CallExpr, 103)                                                                        \
    X(Cursor_IntegerLiteral, 106)                                                                  \
    X(Cursor_CharacterLiteral, 110)                                                                \
    X(Cursor_ParenExpr, 111)                                                                       \
    X(Cursor_UnaryOperator, 112)                                                                   \
    X(Cursor_ArraySubscriptExpr, 113)                                                              \
    X(Cursor_BinaryOperator, 114)                                                                  \
    X(Cursor_CompoundAssignOperator, 115)                                                          \
    X(Cursor_ConditionalOperator, 116)                                                             \
    X(Cursor_CStyleCastExpr, 117)                                                                  \
    X(Cursor_CompoundLiteralExpr, 118)                                                             \
    X(Cursor_InitListExpr, 119)                                                                    \
    X(Cursor_StmtExpr, 121)                                                                        \
    X(Cursor_GenericSelectionExpr, 122)                                                            \
    X(Cursor_UnaryExpr, 136)                                                                       \
    X(Cursor_LabelStmt, 201)                                                                       \
    X(Cursor_CompoundStmt, 202)                                                                    \
    X(Cursor_CaseStmt, 203)                                                                        \
    X(Cursor_DefaultStmt, 204)                                                                     \
    X(Cursor_IfStmt, 205)                                                                          \
    X(Cursor_SwitchStmt, 206)                                                                      \
    X(Cursor_WhileStmt, 207)                                                                       \
    X(Cursor_DoStmt, 208)                                                                          \
    X(Cursor_ForStmt, 209)                                                                         \
    X(Cursor_GotoStmt, 210)                                                                        \
    X(Cursor_IndirectGotoStmt, 211)                                                                \
    X(Cursor_ContinueStmt, 212)                                                                    \
    X(Cursor_BreakStmt, 213)                                                                       \
    X(Cursor_ReturnStmt, 214)                                                                      \
    X(Cursor_GCCAsmStmt, 215)                                                                      \
    X(Cursor_MSAsmStmt, 229)                                                                       \
    X(Cursor_NullStmt, 230)                                                                        \
    X(Cursor_DeclStmt, 231)                                                                        \
    X(Cursor_UnexposedAttr, 400)                                                                   \
    X(Cursor_AnnotateAttr, 406)                                                                    \
    X(Cursor_AlignedAttr, 441)                                                                     \
    X(Cursor_MacroDefinition, 501)                                                                 \
    X(Cursor_MacroExpansion, 502)                                                                  \
    X(Cursor_InclusionDirective, 503)                                                              \
    X(Type_Invalid, 0)                                                                             \
    X(Type_Unexposed, 1)                                                                           \
    X(Type_Void, 2)                                                                                \
    X(Type_Bool, 3)                                                                                \
    X(Type_Char_U, 4)                                                                              \
    X(Type_UInt128, 12)                                                                            \
    X(Type_Char_S, 13)                                                                             \
    X(Type_Int128, 20)                                                                             \
    X(Type_Float, 21)                                                                              \
    X(Type_LongDouble, 23)                                                                         \
    X(Type_Float128, 30)                                                                           \
    X(Type_Half, 31)                                                                               \
    X(Type_Float16, 32)                                                                            \
    X(Type_Complex, 100)                                                                           \
    X(Type_Pointer, 101)                                                                           \
    X(Type_BlockPointer, 102)                                                                      \
    X(Type_Record, 105)                                                                            \
    X(Type_Enum, 106)                                                                              \
    X(Type_Typedef, 107)                                                                           \
    X(Type_FunctionNoProto, 110)                                                                   \
    X(Type_FunctionProto, 111)                                                                     \
    X(Type_ConstantArray, 112)                                                                     \
    X(Type_IncompleteArray, 114)                                                                   \
    X(Type_VariableArray, 115)                                                                     \
    X(Type_Auto, 118)                                                                              \
    X(Type_Elaborated, 119)                                                                        \
    X(Type_Attributed, 163)                                                                        \
    X(Type_Atomic, 177)                                                                            \
    X(ChildVisit_Break, 0)                                                                         \
    X(ChildVisit_Continue, 1)                                                                      \
    X(ChildVisit_Recurse, 2)                                                                       \
    X(Visit_Break, 0)                                                                              \
    X(Visit_Continue, 1)                                                                           \
    X(Diagnostic_Note, 1)                                                                          \
    X(Diagnostic_Error, 3)                                                                         \
    X(Diagnostic_Fatal, 4)                                                                         \
    X(TranslationUnit_DetailedPreprocessingRecord, 1)

#define LIBCLANG_ENUM(name, value) CX_##name = value,
enum { LIBCLANG_CONSTANTS(LIBCLANG_ENUM) };
#undef LIBCLANG_ENUM

enum { CX_SC_EXTERN = 2, CX_SC_STATIC = 3, CX_SC_REGISTER = 7 };

/* clang_getCursorBinaryOperatorKind and -UnaryOperatorKind, from version 17 on. */
enum {
    BINARY_LAND = 20,
    BINARY_LOR = 21,
    BINARY_ASSIGN = 22,
    BINARY_COMMA = 33,
    UNARY_POST_INC = 1,
    UNARY_PRE_DEC = 4,
    UNARY_ADDRESS = 5,
    UNARY_DEREF = 6
};

/* ---- functions ---------------------------------------------------------------------------- */

/* X(result, name without clang_, parameters) */
#define LIBCLANG_FUNCTIONS(X)                                                                      \
    X(const char *, getCString, (cx_string))                                                       \
    X(void, disposeString, (cx_string))                                                            \
    X(cx_string, getClangVersion, (void))                                                          \
    X(cx_index, createIndex, (int, int))                                                           \
    X(void, disposeIndex, (cx_index))                                                              \
    X(cx_error, parseTranslationUnit2,                                                             \
      (cx_index, const char *, const char *const *, int, struct cx_unsaved *, unsigned, unsigned,  \
       cx_unit *))                                                                                 \
    X(void, disposeTranslationUnit, (cx_unit))                                                     \
    X(cx_cursor, getTranslationUnitCursor, (cx_unit))                                              \
    X(void, getInclusions, (cx_unit, cx_inclusion_visitor, void *))                                \
    X(cx_file, getFile, (cx_unit, const char *))                                                   \
    X(cx_string, getFileName, (cx_file))                                                           \
    X(int, getFileUniqueID, (cx_file, cx_file_id *))                                               \
    X(const char *, getFileContents, (cx_unit, cx_file, size_t *))                                 \
    X(void, getFileLocation, (cx_location, cx_file *, unsigned *, unsigned *, unsigned *))         \
    X(void, getExpansionLocation, (cx_location, cx_file *, unsigned *, unsigned *, unsigned *))    \
    X(void, getPresumedLocation, (cx_location, cx_string *, unsigned *, unsigned *))               \
    X(int, Location_isInSystemHeader, (cx_location))                                               \
    X(cx_location, getRangeStart, (cx_range))                                                      \
    X(cx_location, getRangeEnd, (cx_range))                                                        \
    X(cx_range_list *, getSkippedRanges, (cx_unit, cx_file))                                       \
    X(void, disposeSourceRangeList, (cx_range_list *))                                             \
    X(unsigned, getNumDiagnostics, (cx_unit))                                                      \
    X(cx_diagnostic, getDiagnostic, (cx_unit, unsigned))                                           \
    X(cx_diagnostics, getChildDiagnostics, (cx_diagnostic))                                        \
    X(unsigned, getNumDiagnosticsInSet, (cx_diagnostics))                                          \
    X(cx_diagnostic, getDiagnosticInSet, (cx_diagnostics, unsigned))                               \
    X(void, disposeDiagnostic, (cx_diagnostic))                                                    \
    X(cx_severity, getDiagnosticSeverity, (cx_diagnostic))                                         \
    X(cx_location, getDiagnosticLocation, (cx_diagnostic))                                         \
    X(cx_string, getDiagnosticOption, (cx_diagnostic, cx_string *))                                \
    X(cx_string, getDiagnosticSpelling, (cx_diagnostic))                                           \
    X(unsigned, visitChildren, (cx_cursor, cx_visitor, void *))                                    \
    X(int, Cursor_isNull, (cx_cursor))                                                             \
    X(unsigned, equalCursors, (cx_cursor, cx_cursor))                                              \
    X(unsigned, hashCursor, (cx_cursor))                                                           \
    X(cx_string, getCursorSpelling, (cx_cursor))                                                   \
    X(cx_location, getCursorLocation, (cx_cursor))                                                 \
    X(cx_range, getCursorExtent, (cx_cursor))                                                      \
    X(cx_cursor, getCursorReferenced, (cx_cursor))                                                 \
    X(cx_cursor, getCursorDefinition, (cx_cursor))                                                 \
    X(cx_cursor, getCursorSemanticParent, (cx_cursor))                                             \
    X(unsigned, isCursorDefinition, (cx_cursor))                                                   \
    X(unsigned, Cursor_isMacroFunctionLike, (cx_cursor))                                           \
    X(unsigned, Cursor_isFunctionInlined, (cx_cursor))                                             \
    X(unsigned, Cursor_isAnonymous, (cx_cursor))                                                   \
    X(unsigned, Cursor_isVariadic, (cx_cursor))                                                    \
    X(int, Cursor_getNumArguments, (cx_cursor))                                                    \
    X(cx_cursor, Cursor_getArgument, (cx_cursor, unsigned))                                        \
    X(cx_storage, Cursor_getStorageClass, (cx_cursor))                                             \
    X(cx_cursor, Cursor_getVarDeclInitializer, (cx_cursor))                                        \
    X(long long, getEnumConstantDeclValue, (cx_cursor))                                            \
    X(cx_type, getEnumDeclIntegerType, (cx_cursor))                                                \
    X(cx_type, getCursorType, (cx_cursor))                                                         \
    X(cx_type, getCursorResultType, (cx_cursor))                                                   \
    X(cx_type, getTypedefDeclUnderlyingType, (cx_cursor))                                          \
    X(cx_type, getCanonicalType, (cx_type))                                                        \
    X(cx_type, getPointeeType, (cx_type))                                                          \
    X(cx_type, getArrayElementType, (cx_type))                                                     \
    X(cx_type, getResultType, (cx_type))                                                           \
    X(int, getNumArgTypes, (cx_type))                                                              \
    X(cx_type, getArgType, (cx_type, unsigned))                                                    \
    X(cx_type, Type_getModifiedType, (cx_type))                                                    \
    X(cx_type, Type_getValueType, (cx_type))                                                       \
    X(cx_cursor, getTypeDeclaration, (cx_type))                                                    \
    X(cx_string, getTypeSpelling, (cx_type))                                                       \
    X(unsigned, isConstQualifiedType, (cx_type))                                                   \
    X(unsigned, isVolatileQualifiedType, (cx_type))                                                \
    X(long long, Type_getSizeOf, (cx_type))                                                        \
    X(long long, Type_getAlignOf, (cx_type))                                                       \
    X(unsigned, Type_visitFields, (cx_type, cx_field_visitor, void *))                             \
    X(long long, Cursor_getOffsetOfField, (cx_cursor))                                             \
    X(unsigned, Cursor_isBitField, (cx_cursor))

/* Those that older versions lack: NULL there. */
#define LIBCLANG_NEWER_FUNCTIONS(X)                                                                \
    X(cx_operator, getCursorBinaryOperatorKind, (cx_cursor))                                       \
    X(cx_unary_operator, getCursorUnaryOperatorKind, (cx_cursor))

/* `clang->visitChildren(...)` is clang_visitChildren(...). */
typedef struct libclang {
    void *handle;
    const char *path;    /* of the file that was loaded */
    const char *version; /* as it calls itself: "Debian clang version 14.0.6" */
    uint32_t major;
#define LIBCLANG_MEMBER(result, name, parameters) result(*name) parameters;
    LIBCLANG_FUNCTIONS(LIBCLANG_MEMBER)
    LIBCLANG_NEWER_FUNCTIONS(LIBCLANG_MEMBER)
#undef LIBCLANG_MEMBER
} libclang;

/* Loads the library at `path`, or, if that is NULL, the one that $BIDEC_LIBCLANG names, or the
 * newest that is installed. It stays loaded. NULL: the error says what to install. */
const libclang *libclang_load(arena *a, diagnostics *d, const char *path);

/* The options that make libclang find the headers of the compiler itself (stddef.h, ...), 0 to 2
 * words. The run-time package of libclang does not hold them: those of any clang or gcc do. */
uint32_t libclang_headers(arena *a, const libclang *clang, const char *resource_dir,
                          const char *words[2]);

/* Copies a string of the library into the arena. */
const char *libclang_text(arena *a, const libclang *clang, cx_string string);

#endif
