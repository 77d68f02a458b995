// What printed kernels use besides the language: no header is included, so it is said here.
//
// Each piece starts with "//# name" and is printed in front of a kernel whose text names it;
// "types" always is. The meaning of every function is that of the machine operation it serves.

//# types
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long long i64;
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

//# WARP
// All threads of a warp take part in each exchange: control flow never parts them.
#define WARP 0xffffffffu

//# int_div
// Truncated; by 0 it is 0, and the least number by -1 wraps. 32 bits divide faster than 64.
template <class T> __device__ __forceinline__ T int_div(T a, T b) {
    if (b == 0) return 0;
    if (sizeof(T) == 8 && (u64)(a | b) >> 32 == 0) return (u32)a / (u32)b;
    if ((T)-1 < (T)0 && b == (T)-1) return (T)(0 - (u64)a);
    return a / b;
}

//# int_rem
// With the sign of a; by 0 it is 0.
template <class T> __device__ __forceinline__ T int_rem(T a, T b) {
    if (b == 0) return 0;
    if (sizeof(T) == 8 && (u64)(a | b) >> 32 == 0) return (u32)a % (u32)b;
    if ((T)-1 < (T)0 && b == (T)-1) return 0;
    return a % b;
}

//# index_div
// Of numbers that are not negative; a divisor of 0 counts as 1.
__device__ __forceinline__ i64 index_div(i64 a, i64 b) {
    if (b == 0) return a;
    return (u64)(a | b) >> 32 == 0 ? (u32)a / (u32)b : (u64)a / (u64)b;
}

//# index_rem
// Of numbers that are not negative; a divisor of 0 counts as 1.
__device__ __forceinline__ i64 index_rem(i64 a, i64 b) {
    if (b == 0) return 0;
    return (u64)(a | b) >> 32 == 0 ? (u32)a % (u32)b : (u64)a % (u64)b;
}

//# index_fault
// Keeps the least position of an index out of range. The index beside it is that of the position
// once a launch has begun with it.
__device__ __forceinline__ void index_fault(u64* cell, i64 position, i64 index) {
    atomicMin(cell, (u64)position);
    if (*(volatile u64*)cell == (u64)position) *(volatile i64*)(cell + 1) = index;
}

//# saturate
// From float to integer: towards zero, to the nearest end of the range beyond it, NaN to 0.
// The first number beyond is a power of two, so both float types hold it exactly.
template <class T, class F> __device__ __forceinline__ T saturate(F x) {
    const bool is_signed = (T)-1 < (T)0;
    const int bits = 8 * sizeof(T) - is_signed;
    const T most = (T)(~0ull >> (64 - bits)), least = is_signed ? (T)(-most - 1) : (T)0;
    const F beyond = (F)(1ull << (bits - 1)) * 2, low = is_signed ? -beyond : (F)0;
    return x >= beyond ? most : x > low ? (T)x : x <= low ? least : (T)0;
}

//# exact_
// The compiler knows `x < 0 ? x : 0` as its own minimum, in which -0 is below +0 while here they
// are equal; it does not once it cannot see where the operands come from.
#ifdef CUDA_ON_CPU
template <class T> T unseen(T x) { return x; }
#else
__device__ __forceinline__ float unseen(float x) { asm("" : "+f"(x)); return x; }
__device__ __forceinline__ double unseen(double x) { asm("" : "+d"(x)); return x; }
#endif
template <class T> __device__ __forceinline__ T exact_select(bool c, T a, T b) {
    a = unseen(a), b = unseen(b);
    return c ? a : b;
}
template <class T> __device__ __forceinline__ T exact_min(T a, T b) {
    a = unseen(a), b = unseen(b);
    return a < b ? a : b;
}
template <class T> __device__ __forceinline__ T exact_max(T a, T b) {
    a = unseen(a), b = unseen(b);
    return a > b ? a : b;
}
