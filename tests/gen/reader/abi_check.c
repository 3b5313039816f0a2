/*
 * Compiled against the real headers of libclang: bidec's own declarations say the same. Nothing
 * runs; a difference does not compile.
 */
#include <stddef.h>

#include <clang-c/Index.h>

#include "libclang.h"

#define SAME_VALUE(name, value)                                                                    \
    _Static_assert((int)CX##name == (value), "CX" #name " has another value");
LIBCLANG_CONSTANTS(SAME_VALUE)
_Static_assert((int)CX_SC_Extern == CX_SC_EXTERN, "storage class");
_Static_assert((int)CX_SC_Static == CX_SC_STATIC, "storage class");
_Static_assert((int)CX_SC_Register == CX_SC_REGISTER, "storage class");

#if CINDEX_VERSION_MINOR >= 64
_Static_assert((int)CXBinaryOperator_LAnd == BINARY_LAND, "operator");
_Static_assert((int)CXBinaryOperator_LOr == BINARY_LOR, "operator");
_Static_assert((int)CXBinaryOperator_Assign == BINARY_ASSIGN, "operator");
_Static_assert((int)CXBinaryOperator_Comma == BINARY_COMMA, "operator");
_Static_assert((int)CXUnaryOperator_PostInc == UNARY_POST_INC, "operator");
_Static_assert((int)CXUnaryOperator_PreDec == UNARY_PRE_DEC, "operator");
_Static_assert((int)CXUnaryOperator_AddrOf == UNARY_ADDRESS, "operator");
_Static_assert((int)CXUnaryOperator_Deref == UNARY_DEREF, "operator");
#endif

#define SAME_SIZE(ours, real)                                                                      \
    _Static_assert(sizeof(ours) == sizeof(real), #real " has another size")
#define SAME_MEMBER(ours, real, a, b)                                                              \
    _Static_assert(offsetof(ours, a) == offsetof(real, b), #real "." #b " is elsewhere")
SAME_SIZE(cx_string, CXString);
SAME_SIZE(cx_cursor, CXCursor);
SAME_SIZE(cx_type, CXType);
SAME_SIZE(cx_location, CXSourceLocation);
SAME_SIZE(cx_range, CXSourceRange);
SAME_SIZE(cx_range_list, CXSourceRangeList);
SAME_SIZE(cx_file_id, CXFileUniqueID);
SAME_SIZE(struct cx_unsaved, struct CXUnsavedFile);
SAME_MEMBER(cx_cursor, CXCursor, kind, kind);
SAME_MEMBER(cx_cursor, CXCursor, xdata, xdata);
SAME_MEMBER(cx_cursor, CXCursor, data, data);
SAME_MEMBER(cx_type, CXType, kind, kind);
SAME_MEMBER(cx_type, CXType, data, data);
SAME_MEMBER(cx_range_list, CXSourceRangeList, ranges, ranges);
SAME_MEMBER(struct cx_unsaved, struct CXUnsavedFile, name, Filename);
SAME_MEMBER(struct cx_unsaved, struct CXUnsavedFile, contents, Contents);
SAME_MEMBER(struct cx_unsaved, struct CXUnsavedFile, length, Length);

/* Our prototypes with the real types must be the real functions'. */
#define cx_index CXIndex
#define cx_unit CXTranslationUnit
#define cx_file CXFile
#define cx_diagnostic CXDiagnostic
#define cx_diagnostics CXDiagnosticSet
#define cx_string CXString
#define cx_cursor CXCursor
#define cx_type CXType
#define cx_location CXSourceLocation
#define cx_range CXSourceRange
#define cx_range_list CXSourceRangeList
#define cx_file_id CXFileUniqueID
#define cx_unsaved CXUnsavedFile
#define cx_visitor CXCursorVisitor
#define cx_field_visitor CXFieldVisitor
#define cx_inclusion_visitor CXInclusionVisitor
#define cx_error enum CXErrorCode
#define cx_severity enum CXDiagnosticSeverity
#define cx_storage enum CX_StorageClass
#define cx_operator enum CXBinaryOperatorKind
#define cx_unary_operator enum CXUnaryOperatorKind

#define SAME_FUNCTION(result, name, parameters)                                                    \
    _Static_assert(_Generic(&clang_##name, result(*) parameters : 1, default : 0),                 \
                   "clang_" #name " has another type");
LIBCLANG_FUNCTIONS(SAME_FUNCTION)
#if CINDEX_VERSION_MINOR >= 64
LIBCLANG_NEWER_FUNCTIONS(SAME_FUNCTION)
#endif
