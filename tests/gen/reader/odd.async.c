/* clang-format off */
#include <bide/async_source.h>
async int leaf(int n) { return n; }
async int f(int n) {
#include "body.inc"
    return n;
}
#define ALL(x) async int all_##x(int n) { if (n) { await(leaf(n)); } return n; }
ALL(one)
#define BEGIN async int begun(int n) {
#define END }
BEGIN
  await(leaf(n)); return n;
END
async int kr(n) int n; { return await(leaf(n)); }
static const char *s = "unterminated? \" no";
async int pragma(int n) {
#pragma GCC diagnostic push
    _Pragma("GCC diagnostic pop")
    n = 1
#if 0
      + 2
#endif
      ;
    return u8"x"[0] + L'x' + n;
}
async void v(void) { }
async struct { int a; } anon_result(void) { return (__typeof__(anon_result())){1}; }
