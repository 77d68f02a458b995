// cuFFT as far as numfuse uses it, on the streams of cuda.cpp: transforms of rows by the sums that define them. Like the
// real one it overwrites what it makes real numbers of, and works in the memory that it is given for that.
#include "library.h"
#include <math.h>

enum Status { SUCCESS = 0, INVALID_PLAN = 1, INVALID_TYPE = 3, INVALID_VALUE = 4, EXEC_FAILED = 6, INVALID_SIZE = 8 };
enum Type { R2C = 0x2a, C2R = 0x2c, C2C = 0x29, D2Z = 0x6a, Z2D = 0x6c, Z2Z = 0x69 };

// Rows of equal length: how far their elements are apart, and how far they are.
struct Plan {
    int type;
    int64_t points, rows;
    int64_t step_in, apart_in, step_out, apart_out;
    void *stream, *work;
    size_t work_bytes;
};

struct Job {
    Plan plan;
    char *from, *to;
    int sign;
};

static const int MOST_PLANS = 4096;
static Plan plans[MOST_PLANS];
static int made;

static bool is_of_real(int type) { return type == R2C || type == D2Z; }
static bool is_to_real(int type) { return type == C2R || type == Z2D; }
static int bytes_of_part(int type) { return type == R2C || type == C2R || type == C2C ? 4 : 8; }

static double part(const char* at, int bytes) { return bytes == 4 ? as<float>(at) : as<double>(at); }

static void put_part(char* at, int bytes, double value) {
    if (bytes == 4) return put(at, (float)value);
    put(at, value);
}

static void run(void* data) {
    Job* job = (Job*)data;
    const Plan& plan = job->plan;
    const int bytes = bytes_of_part(plan.type);
    const bool of_real = is_of_real(plan.type), to_real = is_to_real(plan.type);
    const int64_t n = plan.points, half = n / 2 + 1, read = to_real ? half : n, written = of_real ? half : n;
    const int size_in = of_real ? bytes : 2 * bytes, size_out = to_real ? bytes : 2 * bytes;
    Complex* roots = (Complex*)malloc(n * sizeof(Complex));
    Complex* row = (Complex*)malloc(n * sizeof(Complex));
    for (int64_t k = 0; k < n; k++) {
        const double angle = job->sign * 2 * M_PI * k / n;
        roots[k] = {cos(angle), sin(angle)};
    }
    memset(plan.work, 0xff, plan.work_bytes);
    for (int64_t r = 0; r < plan.rows; r++) {
        for (int64_t j = 0; j < read; j++) {
            char* at = job->from + (r * plan.apart_in + j * plan.step_in) * size_in;
            row[j] = {part(at, bytes), of_real ? 0 : part(at + bytes, bytes)};
            if (to_real) memset(at, 0xff, size_in);
        }
        // The other half mirrors the one that is there.
        for (int64_t j = half; to_real && j < n; j++) row[j] = {row[n - j].re, -row[n - j].im};
        if (to_real) row[0].im = 0;
        if (to_real && n % 2 == 0) row[n / 2].im = 0;
        for (int64_t k = 0; k < written; k++) {
            Complex sum = {0, 0};
            for (int64_t j = 0; j < n; j++) {
                const Complex x = row[j], turn = roots[j * k % n];
                sum.re += x.re * turn.re - x.im * turn.im;
                sum.im += x.re * turn.im + x.im * turn.re;
            }
            char* at = job->to + (r * plan.apart_out + k * plan.step_out) * size_out;
            put_part(at, bytes, sum.re);
            if (!to_real) put_part(at + bytes, bytes, sum.im);
        }
    }
    free(roots), free(row), free(job);
}

EXPORTED int cufftCreate(int* plan) {
    if (made == MOST_PLANS) return INVALID_VALUE;
    *plan = made++;
    return SUCCESS;
}

EXPORTED int cufftDestroy(int plan) { return plan >= 0 && plan < made ? SUCCESS : INVALID_PLAN; }

EXPORTED int cufftSetAutoAllocation(int, int is_automatic) { return is_automatic ? INVALID_VALUE : SUCCESS; }

EXPORTED int cufftSetStream(int plan, void* stream) {
    plans[plan].stream = stream;
    return SUCCESS;
}

EXPORTED int cufftMakePlanMany64(int plan, int rank, long long* points, long long* read, long long step_in,
                                 long long apart_in, long long* written, long long step_out, long long apart_out,
                                 int type, long long rows, size_t* work_bytes) {
    if (type != C2C && type != Z2Z && !is_of_real(type) && !is_to_real(type)) return INVALID_TYPE;
    if (rank != 1 || *points < 1 || rows < 1 || !read || !written) return INVALID_SIZE;
    if (step_in < 1 || apart_in < 1 || step_out < 1 || apart_out < 1) return INVALID_SIZE;
    *work_bytes = *points * bytes_of_part(type);
    plans[plan] = Plan{type, *points, rows, step_in, apart_in, step_out, apart_out, plans[plan].stream, nullptr, *work_bytes};
    return SUCCESS;
}

EXPORTED int cufftSetWorkArea(int plan, void* work) {
    if (!lies_there(work, plans[plan].work_bytes)) return INVALID_VALUE;
    plans[plan].work = work;
    return SUCCESS;
}

static int exec(int at, int type, void* from, void* to, int sign) {
    if (at < 0 || at >= made || plans[at].type != type || !plans[at].work) return INVALID_PLAN;
    const Plan& plan = plans[at];
    const int bytes = bytes_of_part(type), size_in = is_of_real(type) ? bytes : 2 * bytes, size_out = is_to_real(type) ? bytes : 2 * bytes;
    const int64_t half = plan.points / 2 + 1;
    const int64_t read = is_to_real(type) ? half : plan.points, written = is_of_real(type) ? half : plan.points;
    const int64_t span_in = (plan.rows - 1) * plan.apart_in + (read - 1) * plan.step_in + 1;
    const int64_t span_out = (plan.rows - 1) * plan.apart_out + (written - 1) * plan.step_out + 1;
    // Real numbers are read two at a time.
    if ((uint64_t)from % (2 * bytes) || (uint64_t)to % (2 * bytes) || from == to) return INVALID_VALUE;
    if (!lies_there(from, span_in * size_in) || !lies_there(to, span_out * size_out)) return EXEC_FAILED;
    enqueue(plan.stream, run, Job{plan, (char*)from, (char*)to, sign});
    return SUCCESS;
}

EXPORTED int cufftExecC2C(int plan, void* from, void* to, int sign) { return exec(plan, C2C, from, to, sign); }
EXPORTED int cufftExecZ2Z(int plan, void* from, void* to, int sign) { return exec(plan, Z2Z, from, to, sign); }
EXPORTED int cufftExecR2C(int plan, void* from, void* to) { return exec(plan, R2C, from, to, -1); }
EXPORTED int cufftExecD2Z(int plan, void* from, void* to) { return exec(plan, D2Z, from, to, -1); }
EXPORTED int cufftExecC2R(int plan, void* from, void* to) { return exec(plan, C2R, from, to, 1); }
EXPORTED int cufftExecZ2D(int plan, void* from, void* to) { return exec(plan, Z2D, from, to, 1); }
