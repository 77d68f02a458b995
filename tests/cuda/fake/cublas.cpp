// cuBLAS as far as numfuse uses it, on the streams of cuda.cpp: products of matrices by plain loops, in double
// precision. It takes what the real one takes and refuses what that refuses.
#include "library.h"

enum Status { SUCCESS = 0, INVALID_VALUE = 7, EXECUTION_FAILED = 13, NOT_SUPPORTED = 15 };
enum Type { R_32F = 0, R_64F = 1, R_16F = 2, C_32F = 4, C_64F = 5, R_16BF = 14 };

struct Handle {
    void* stream;
};

// Products of equal shape, of matrices that lie along their columns.
struct Job {
    int type, m, n, k, batches;
    bool is_a_transposed, is_b_transposed;
    const char *a, *b;
    char* c;
    int64_t down_a, down_b, down_c, along_a, along_b, along_c;
};

static int bytes_of(int type) {
    switch (type) {
        case R_16F:
        case R_16BF: return 2;
        case R_32F: return 4;
        case R_64F:
        case C_32F: return 8;
        case C_64F: return 16;
        default: return 0;
    }
}

static Complex load(int type, const char* from, int64_t place) {
    const char* at = from + place * bytes_of(type);
    switch (type) {
        case R_16F: return {(double)as<_Float16>(at), 0};
        case R_16BF: return {(double)__builtin_bit_cast(float, (uint32_t)as<uint16_t>(at) << 16), 0};
        case R_32F: return {as<float>(at), 0};
        case R_64F: return {as<double>(at), 0};
        case C_32F: return {as<float>(at), as<float>(at + 4)};
        default: return {as<double>(at), as<double>(at + 8)};
    }
}

static void store(int type, char* to, int64_t place, Complex value) {
    char* at = to + place * bytes_of(type);
    switch (type) {
        case R_16F: return put(at, (_Float16)value.re);
        case R_16BF: return put(at, (uint16_t)((__builtin_bit_cast(uint32_t, (float)value.re) + 0x8000) >> 16));
        case R_32F: return put(at, (float)value.re);
        case R_64F: return put(at, value.re);
        case C_32F: return put(at, (float)value.re), put(at + 4, (float)value.im);
        default: return put(at, value.re), put(at + 8, value.im);
    }
}

static void run(void* data) {
    Job* job = (Job*)data;
    for (int64_t z = 0; z < job->batches; z++)
        for (int64_t j = 0; j < job->n; j++)
            for (int64_t i = 0; i < job->m; i++) {
                Complex sum = {0, 0};
                for (int64_t l = 0; l < job->k; l++) {
                    const int64_t at_a = job->is_a_transposed ? i * job->down_a + l : l * job->down_a + i;
                    const int64_t at_b = job->is_b_transposed ? l * job->down_b + j : j * job->down_b + l;
                    const Complex a = load(job->type, job->a, z * job->along_a + at_a);
                    const Complex b = load(job->type, job->b, z * job->along_b + at_b);
                    sum.re += a.re * b.re - a.im * b.im;
                    sum.im += a.re * b.im + a.im * b.re;
                }
                store(job->type, job->c, z * job->along_c + j * job->down_c + i, sum);
            }
    free(job);
}

// Whether a matrix of each batch lies in memory of the device.
static bool lies_there(const void* start, int type, int64_t columns, int64_t rows, int64_t down, int64_t along, int batches) {
    return lies_there(start, ((batches - 1) * along + (columns - 1) * down + rows) * bytes_of(type));
}

EXPORTED int cublasCreate_v2(Handle** handle) {
    *handle = (Handle*)calloc(1, sizeof(Handle));
    return SUCCESS;
}

EXPORTED int cublasSetStream_v2(Handle* handle, void* stream) {
    handle->stream = stream;
    return SUCCESS;
}

EXPORTED int cublasGemmStridedBatchedEx(Handle* handle, int operation_a, int operation_b, int m, int n, int k,
                                        const void* alpha, const void* a, int type_a, int lda, long long along_a,
                                        const void* b, int type_b, int ldb, long long along_b, const void* beta,
                                        void* c, int type_c, int ldc, long long along_c, int batches, int compute, int) {
    const bool is_double = type_c == R_64F || type_c == C_64F;
    if (type_a != type_b || type_b != type_c || !bytes_of(type_c) || compute != (is_double ? 70 : 68)) return NOT_SUPPORTED;
    if (operation_a > 1 || operation_b > 1) return NOT_SUPPORTED;
    const bool is_a_transposed = operation_a == 1, is_b_transposed = operation_b == 1;
    const int scalar = type_c == R_16F || type_c == R_16BF ? R_32F : type_c;
    const Complex one = load(scalar, (const char*)alpha, 0), zero = load(scalar, (const char*)beta, 0);
    if (one.re != 1 || one.im != 0 || zero.re != 0 || zero.im != 0) return NOT_SUPPORTED;
    if (m < 1 || n < 1 || k < 1 || batches < 1) return INVALID_VALUE;
    if (lda < (is_a_transposed ? k : m) || ldb < (is_b_transposed ? n : k) || ldc < m) return INVALID_VALUE;
    if (!lies_there(a, type_a, is_a_transposed ? m : k, is_a_transposed ? k : m, lda, along_a, batches)) return EXECUTION_FAILED;
    if (!lies_there(b, type_b, is_b_transposed ? k : n, is_b_transposed ? n : k, ldb, along_b, batches)) return EXECUTION_FAILED;
    if (!lies_there(c, type_c, n, m, ldc, along_c, batches)) return EXECUTION_FAILED;
    enqueue(handle->stream, run,
            Job{type_c, m, n, k, batches, is_a_transposed, is_b_transposed, (const char*)a, (const char*)b, (char*)c,
                lda, ldb, ldc, along_a, along_b, along_c});
    return SUCCESS;
}
