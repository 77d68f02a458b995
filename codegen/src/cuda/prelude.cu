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

//# EACH
// A statement for each lane of a thread.
#define EACH(n) _Pragma("unroll") for (int k = 0; k < n; k++)

//# _all
// All lanes of a thread at once: neighbours in memory, at most 16 bytes, which begin where as many do.
template <class T, int n> struct __align__(sizeof(T) * n) Lanes { T at[n]; };
template <class V, class T, int n> __device__ __forceinline__ void load_all(V (&v)[n], const T* from) {
    const Lanes<T, n> lanes = *(const Lanes<T, n>*)from;
    EACH(n) v[k] = lanes.at[k];
}
template <class V, class T, int n> __device__ __forceinline__ void store_all(T* to, const V (&v)[n]) {
    Lanes<T, n> lanes;
    EACH(n) lanes.at[k] = v[k];
    *(Lanes<T, n>*)to = lanes;
}

//# DYNAMIC_SHARED
// The shared memory that a launch asks for.
#ifndef DYNAMIC_SHARED
#define DYNAMIC_SHARED(T, name) extern __shared__ __align__(16) T name[]
#endif

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
    // The machine converts a NaN to the least int64, and the compiler takes what it knows of x for granted.
    if (x != x) return (T)0;
    return x >= beyond ? most : x > low ? (T)x : least;
}

//# _f16
// Half precision: kept as its bits, computed as a float. The machine converts, to nearest, ties to even.
#ifdef CUDA_ON_CPU
float widen_f16(u16 x) { return (float)__builtin_bit_cast(_Float16, x); }
template <class F> u16 narrow_f16(F x) { return __builtin_bit_cast(u16, (_Float16)x); }
#else
__device__ __forceinline__ float widen_f16(u16 x) {
    float wide;
    asm("cvt.f32.f16 %0, %1;" : "=f"(wide) : "h"(x));
    return wide;
}
__device__ __forceinline__ u16 narrow_f16(float x) {
    u16 half;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(x));
    return half;
}
__device__ __forceinline__ u16 narrow_f16(double x) {
    u16 half;
    asm("cvt.rn.f16.f64 %0, %1;" : "=h"(half) : "d"(x));
    return half;
}
#endif
__device__ __forceinline__ float round_f16(float x) { return widen_f16(narrow_f16(x)); }

//# _bf16
// The upper half of a float. Rounded by adding just below half of its last place, and one more if
// that is odd; a double first goes to the float towards zero with its last bit set unless exact.
__device__ __forceinline__ float widen_bf16(u16 x) { return __uint_as_float((u32)x << 16); }
__device__ __forceinline__ u16 narrow_bf16(float x) {
    const u32 bits = __float_as_uint(x);
    if (x != x) return bits >> 16 | 0x7fc0;
    return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}
__device__ __forceinline__ u16 narrow_bf16(double x) {
    const float near = (float)x;
    u32 bits = __float_as_uint(near);
    if ((near < 0 ? -(double)near : (double)near) > (x < 0 ? -x : x)) bits -= 1;
    if ((double)near != x) bits |= 1;
    return narrow_bf16(__uint_as_float(bits));
}
__device__ __forceinline__ float round_bf16(float x) { return widen_bf16(narrow_bf16(x)); }

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

//# extremum_
// The greater and the lesser float, of which a NaN wins and -0 is below +0: one operation from sm_80 on.
#if defined(CUDA_ON_CPU) || __CUDA_ARCH__ < 800
__device__ __forceinline__ float extremum_max(float a, float b) {
    if (a != a) return a;
    if (a == b) return __uint_as_float(__float_as_uint(a) & __float_as_uint(b));
    return a > b ? a : b;
}
__device__ __forceinline__ float extremum_min(float a, float b) {
    if (a != a) return a;
    if (a == b) return __uint_as_float(__float_as_uint(a) | __float_as_uint(b));
    return a < b ? a : b;
}
#else
__device__ __forceinline__ float extremum_max(float a, float b) {
    float c;
    asm("max.NaN.f32 %0, %1, %2;" : "=f"(c) : "f"(a), "f"(b));
    return c;
}
__device__ __forceinline__ float extremum_min(float a, float b) {
    float c;
    asm("min.NaN.f32 %0, %1, %2;" : "=f"(c) : "f"(a), "f"(b));
    return c;
}
#endif
