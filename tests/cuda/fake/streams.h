// What the driver of cuda.cpp holds: devices, memory, streams and what these are to do.
#pragma once
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXPORTED extern "C" __attribute__((visibility("default")))

enum Result {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    NOT_INITIALIZED = 3,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    INVALID_IMAGE = 200,
    INVALID_CONTEXT = 201,
    INVALID_HANDLE = 400,
    NOT_FOUND = 500,
    NOT_READY = 600,
    ILLEGAL_ADDRESS = 700,
    LAUNCH_FAILED = 719,
};

typedef uint64_t Address;

// ── What there is ──────────────────────────────────────────────────────────────────────────────────────────

struct Device {
    int ordinal;
    uint64_t live, kept;
};

// Memory that was taken, of the list of all of it.
struct Memory {
    Device* device;
    char* start;
    uint64_t bytes;
    Memory* next;
};

// Memory of the host that copies read and write when they take place, of the list of all of it.
struct Pinned {
    char* start;
    uint64_t bytes;
    Pinned* next;
};

struct Task;

struct Stream {
    Device* device;
    Task *first, **end;
};

// A place in a stream: where it was recorded last, and how many of all records were reached.
struct Event {
    Stream* stream;
    uint64_t recorded, reached;
};

struct uint3 {
    unsigned x, y, z;
};

// As on_cpu.h has it.
struct Launch {
    uint3 grid, size;
    size_t dynamic;
    uint64_t seed;
    void** arguments;
    char* stacks;
    size_t bytes_of_stack;
};

struct Module {
    void* library;
    char* number;
};

struct Function {
    void (*keep)(void** from, void** to);
    bool (*run)(const Launch&);
    unsigned most_dynamic;
};

const int MOST_ARGUMENTS = 16;

// What a stream is to do: to run a kernel or a function of the host, to copy, to fill, to free, to reach an event or to
// wait until another stream has reached it.
struct Task {
    Function* function;
    void (*call)(void* data);
    void* data;
    Launch launch;
    void *to, *from;
    uint64_t bytes;
    int byte;
    bool is_staged;
    Memory* freed;
    Event *reached, *awaited;
    uint64_t record;
    Task* next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Device devices[16];
static Memory* memories;
static Pinned* pinned;
static pid_t process;
static int lost;
static uint64_t launches;
static thread_local Device* current;

template <class T> static T* made(const T& value) {
    T* place = (T*)malloc(sizeof(T));
    memcpy(place, &value, sizeof(T));
    return place;
}

static long setting(const char* name, long usual) {
    const char* value = getenv(name);
    return value ? atol(value) : usual;
}

static int device_count() { return (int)setting("CUDA_ON_CPU_DEVICES", 1); }
static uint64_t memory_of_device() { return setting("CUDA_ON_CPU_MEMORY", 1l << 30); }

// ── Calls that are to fail ─────────────────────────────────────────────────────────────────────────────────

static char failing[64];
static long calls_before, failure;

// Lets the call of that name answer `code`, after so many that do not.
EXPORTED void on_cpu_fail(const char* call, long after, int code) {
    snprintf(failing, sizeof failing, "%s", call);
    calls_before = after, failure = code;
}

static void read_failure() {
    const char* all = getenv("CUDA_ON_CPU_FAIL");
    if (all && sscanf(all, "%63[^:]:%ld:%ld", failing, &calls_before, &failure) == 3) calls_before--;
}

static int injected(const char* call) {
    if (!failure || strcmp(call, failing) != 0 || calls_before-- > 0) return SUCCESS;
    const int code = (int)failure;
    failure = 0;
    // From 700 on nearly all are of no return.
    if (code >= ILLEGAL_ADDRESS) lost = code;
    return code;
}

struct Locked {
    Locked() { pthread_mutex_lock(&mutex); }
    ~Locked() { pthread_mutex_unlock(&mutex); }
};

static int entering(const char* call) {
    if (process != getpid()) {
        if (process) fprintf(stderr, "on_cpu: %s in a child of fork\n", call);
        return NOT_INITIALIZED;
    }
    return lost ? lost : injected(call);
}

// The beginning of every call.
#define BEGIN(name)                                \
    Locked locked;                                 \
    if (int refused = entering(#name)) return refused

// And of those that need a context.
#define BEGIN_IN_CONTEXT(name) \
    BEGIN(name);               \
    if (!current) return INVALID_CONTEXT

// ── Streams ────────────────────────────────────────────────────────────────────────────────────────────────

static void append(Stream* stream, const Task& task) {
    *stream->end = made(task);
    stream->end = &(*stream->end)->next;
}

static void release(Memory* memory) {
    memory->device->kept += memory->bytes;
    memory->device->live -= memory->bytes;
    Memory** place = &memories;
    while (*place != memory) place = &(*place)->next;
    *place = memory->next;
    free(memory->start);
    free(memory);
}

// Stacks for the threads of a block, at the end of each a page that nobody may touch: made once for all kernels,
// since the system counts such pages.
const unsigned MOST_THREADS = 1024;
const size_t GUARD = 4096, STACK = 256 << 10;
static char* stacks;

static bool make_stacks() {
    if (stacks) return true;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* start = mmap(nullptr, MOST_THREADS * STACK, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (start == MAP_FAILED) return false;
    stacks = (char*)start;
    for (unsigned t = 0; t < MOST_THREADS; t++) mprotect(stacks + t * STACK, GUARD, PROT_NONE);
    return true;
}

static void forget(void** arguments) {
    for (void** argument = arguments; *argument; argument++) free(*argument);
    free(arguments);
}

static int finish(Stream* stream, const Event* event = nullptr, uint64_t record = 0);

static int run(Task* task) {
    if (task->function) {
        int code = injected("kernel");
        if (!code && !task->function->run(task->launch)) code = lost = LAUNCH_FAILED;
        forget(task->launch.arguments);
        return code;
    }
    if (task->call) task->call(task->data);
    if (task->freed) release(task->freed);
    if (task->to && task->from) memcpy(task->to, task->from, task->bytes);
    if (task->to && !task->from) memset(task->to, task->byte, task->bytes);
    if (task->is_staged) free(task->from);
    if (task->reached) task->reached->reached = task->record;
    return task->awaited ? finish(task->awaited->stream, task->awaited, task->record) : SUCCESS;
}

// Does what a stream is to do, all of it or until it has reached a record of an event.
static int finish(Stream* stream, const Event* event, uint64_t record) {
    int code = SUCCESS;
    while (!event || event->reached < record) {
        Task* task = stream->first;
        if (!task) break;
        stream->first = task->next;
        if (!stream->first) stream->end = &stream->first;
        if (!code) code = run(task);
        free(task);
    }
    return code;
}

// The memory that has these bytes, freed or not.
static Memory* memory_at(Address address, uint64_t bytes) {
    for (Memory* memory = memories; memory; memory = memory->next)
        if (address >= (Address)memory->start && address + bytes <= (Address)memory->start + memory->bytes) return memory;
    fprintf(stderr, "on_cpu: no memory of %llu bytes at %llx\n", (unsigned long long)bytes, (unsigned long long)address);
    return nullptr;
}

// Whether there is memory of so many bytes.
EXPORTED bool on_cpu_has(Address address, uint64_t bytes) {
    Locked locked;
    return memory_at(address, bytes);
}

// Gives a stream a function of the host.
EXPORTED void on_cpu_enqueue(Stream* stream, void (*call)(void* data), void* data) {
    Locked locked;
    Task task{};
    task.call = call, task.data = data;
    append(stream, task);
}

// A launch whose arguments are kept, if a GPU would take it.
static int prepare(const Function* function, uint3 grid, uint3 size, unsigned dynamic, void** arguments, void** extra,
                   Launch* launch) {
    const uint64_t threads = (uint64_t)size.x * size.y * size.z, blocks = (uint64_t)grid.x * grid.y * grid.z;
    if (!make_stacks()) return OUT_OF_MEMORY;
    if (threads == 0 || threads > MOST_THREADS || blocks == 0) return INVALID_VALUE;
    if (grid.x > 0x7fffffff || grid.y > 65535 || grid.z > 65535) return INVALID_VALUE;
    if (dynamic > function->most_dynamic || !arguments || extra) return INVALID_VALUE;
    void** kept = (void**)calloc(MOST_ARGUMENTS, sizeof(void*));
    function->keep(arguments, kept);
    *launch = Launch{grid, size, dynamic, ++launches, kept, stacks, STACK};
    return SUCCESS;
}
