// cuRAND as far as numfuse uses it, on the streams of cuda.cpp: generators of all names, which draw other numbers than
// the real ones do, but as many, of the same distributions, and the same again from the same seed.
#include "library.h"
#include <math.h>

enum Status { SUCCESS = 0, TYPE_ERROR = 103, OUT_OF_RANGE = 104, LENGTH_NOT_MULTIPLE = 105, LAUNCH_FAILURE = 201 };
enum Type { SOBOL32 = 201, SOBOL64 = 203 };
enum Kind { UNIFORM, NORMAL, BITS };

struct Generator {
    int type;
    uint64_t seed, place;
    void* stream;
};

// So many numbers of so many bytes, from a place of a sequence on.
struct Job {
    Generator from;
    Kind kind;
    char* to;
    size_t count;
    int bytes;
    double mean, deviation;
};

static bool is_quasi(int type) { return type >= 200; }

static uint64_t word(const Generator& generator, uint64_t place) {
    uint64_t x = generator.seed + (uint64_t)generator.type * 0x9e3779b97f4a7c15u + place * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

// Above 0, up to 1.
static double unit(const Generator& generator, uint64_t place) {
    return ((double)(word(generator, place) >> 11) + 1) / 9007199254740992.0;
}

static void put_float(char* at, int bytes, double value) {
    if (bytes == 4) return put(at, (float)value);
    put(at, value);
}

static void run(void* data) {
    Job* job = (Job*)data;
    for (size_t k = 0; k < job->count; k++) {
        char* at = job->to + k * job->bytes;
        const uint64_t place = job->from.place + k;
        if (job->kind == BITS) {
            const uint64_t bits = word(job->from, place);
            memcpy(at, &bits, job->bytes);
        } else if (job->kind == UNIFORM) {
            put_float(at, job->bytes, unit(job->from, place));
        } else {
            const double u = unit(job->from, place - k % 2), v = unit(job->from, place - k % 2 + 1);
            const double radius = sqrt(-2 * log(u)), angle = 2 * M_PI * v;
            const double x = radius * (k % 2 ? sin(angle) : cos(angle));
            put_float(at, job->bytes, job->mean + job->deviation * x);
        }
    }
    free(job);
}

EXPORTED int curandCreateGenerator(Generator** generator, int type) {
    *generator = (Generator*)calloc(1, sizeof(Generator));
    (*generator)->type = type;
    return SUCCESS;
}

EXPORTED int curandDestroyGenerator(Generator* generator) {
    free(generator);
    return SUCCESS;
}

EXPORTED int curandSetStream(Generator* generator, void* stream) {
    generator->stream = stream;
    return SUCCESS;
}

EXPORTED int curandSetPseudoRandomGeneratorSeed(Generator* generator, unsigned long long seed) {
    if (is_quasi(generator->type)) return TYPE_ERROR;
    generator->seed = seed;
    return SUCCESS;
}

EXPORTED int curandSetGeneratorOffset(Generator* generator, unsigned long long offset) {
    generator->place = offset;
    return SUCCESS;
}

static int draw(Generator* generator, Kind kind, void* to, size_t count, int bytes, double mean = 0, double deviation = 0) {
    if (!lies_there(to, count * bytes)) return LAUNCH_FAILURE;
    if (kind == NORMAL && count % 2 != 0) return LENGTH_NOT_MULTIPLE;
    enqueue(generator->stream, run, Job{*generator, kind, (char*)to, count, bytes, mean, deviation});
    generator->place += count;
    return SUCCESS;
}

EXPORTED int curandGenerate(Generator* generator, void* to, size_t count) {
    return generator->type == SOBOL64 ? TYPE_ERROR : draw(generator, BITS, to, count, 4);
}
EXPORTED int curandGenerateLongLong(Generator* generator, void* to, size_t count) {
    return generator->type != SOBOL64 ? TYPE_ERROR : draw(generator, BITS, to, count, 8);
}
EXPORTED int curandGenerateUniform(Generator* generator, void* to, size_t count) {
    return draw(generator, UNIFORM, to, count, 4);
}
EXPORTED int curandGenerateUniformDouble(Generator* generator, void* to, size_t count) {
    return draw(generator, UNIFORM, to, count, 8);
}
EXPORTED int curandGenerateNormal(Generator* generator, void* to, size_t count, float mean, float deviation) {
    return draw(generator, NORMAL, to, count, 4, mean, deviation);
}
EXPORTED int curandGenerateNormalDouble(Generator* generator, void* to, size_t count, double mean, double deviation) {
    return draw(generator, NORMAL, to, count, 8, mean, deviation);
}
