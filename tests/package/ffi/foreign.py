# A caller in another language: loads bide::ffi, takes and gives back a block, and runs a future.
# Usage: foreign.py LIBRARY
import ctypes
import sys
from ctypes import POINTER, byref, c_char_p, c_int32, c_size_t, c_uint64, c_void_p

bide = ctypes.CDLL(sys.argv[1])
bide.bide_heap.restype = c_void_p
bide.bide_alloc.argtypes = [c_void_p, c_size_t, c_size_t, POINTER(c_void_p)]
bide.bide_alloc.restype = c_void_p
bide.bide_free.argtypes = [c_void_p, c_void_p, c_size_t, c_size_t]
bide.bide_free.restype = None
bide.bide_sleep_init.argtypes = [c_void_p, c_uint64]
bide.bide_sleep_init.restype = None
bide.bide_block_on.argtypes = [c_void_p, c_void_p, c_void_p, c_void_p]
bide.bide_block_on.restype = c_int32
bide.bide_strerror.argtypes = [c_int32]
bide.bide_strerror.restype = c_char_p

# The third and fourth word of a type record are the size and alignment of a frame (bide/abi.h).
record = (ctypes.c_uint32 * 4).in_dll(bide, "bide_sleep_type")
size, align = record[2], record[3]
giver = c_void_p()
frame = bide.bide_alloc(bide.bide_heap(), size, align, byref(giver))
assert frame and giver.value == bide.bide_heap()
bide.bide_sleep_init(frame, 2)
code = bide.bide_block_on(ctypes.addressof(record), frame, None, None)
bide.bide_free(giver, frame, size, align)
print("slept from Python:", bide.bide_strerror(code).decode())
sys.exit(0 if code == 1 else 1)
