// The driver of CUDA as far as numfuse uses it, for kernels that nvrtc.cpp has made: memory is the host's.
//
// As with the real one, what is given to a stream happens later: when somebody waits. What a kernel did wrong is told
// by the call that waits, and by every call from then on. Unlike the real one it looks at each address and each
// handle, fills new memory with ones, and gives memory that was freed to nobody before the pool is trimmed.
//
// CUDA_ON_CPU_INIT=100          what cuInit answers
// CUDA_ON_CPU_DEVICES=2         how many devices there are (1)
// CUDA_ON_CPU_CAPABILITY=80     their compute capability (90)
// CUDA_ON_CPU_MEMORY=1000000    bytes of the memory of each
// CUDA_ON_CPU_FAIL=cuLaunchKernel:3:700
//                               the third such call answers 700; `kernel` counts kernels as they run
#include <dlfcn.h>
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

struct Task;

struct Stream {
    Device* device;
    Task *first, **end;
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

// What a stream is to do: to run a kernel or a function of the host, to copy, or to free.
struct Task {
    Function* function;
    void (*call)(void* data);
    void* data;
    Launch launch;
    void *to, *from;
    uint64_t bytes;
    bool is_staged;
    Memory* freed;
    Task* next;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Device devices[16];
static Memory* memories;
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

static int run(Task* task) {
    if (task->function) {
        int code = injected("kernel");
        if (!code && !task->function->run(task->launch)) code = lost = LAUNCH_FAILED;
        for (void** argument = task->launch.arguments; *argument; argument++) free(*argument);
        free(task->launch.arguments);
        return code;
    }
    if (task->call) task->call(task->data);
    if (task->freed) release(task->freed);
    if (task->to) memcpy(task->to, task->from, task->bytes);
    if (task->is_staged) free(task->from);
    return SUCCESS;
}

static int finish(Stream* stream) {
    int code = SUCCESS;
    while (Task* task = stream->first) {
        if (!code) code = run(task);
        stream->first = task->next;
        free(task);
    }
    stream->end = &stream->first;
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

// ── Devices ────────────────────────────────────────────────────────────────────────────────────────────────

EXPORTED int cuInit(unsigned flags) {
    Locked locked;
    if (flags != 0) return INVALID_VALUE;
    if (int code = (int)setting("CUDA_ON_CPU_INIT", SUCCESS)) return code;
    if (!process) process = getpid(), read_failure();
    return entering("cuInit");
}

EXPORTED int cuDriverGetVersion(int* version) {
    BEGIN(cuDriverGetVersion);
    *version = 13000;
    return SUCCESS;
}

EXPORTED int cuDeviceGetCount(int* count) {
    BEGIN(cuDeviceGetCount);
    *count = device_count();
    return SUCCESS;
}

EXPORTED int cuDeviceGet(int* device, int ordinal) {
    BEGIN(cuDeviceGet);
    if (ordinal < 0 || ordinal >= device_count()) return INVALID_DEVICE;
    *device = ordinal;
    return SUCCESS;
}

EXPORTED int cuDeviceGetName(char* name, int room, int) {
    BEGIN(cuDeviceGetName);
    snprintf(name, room, "processor in place of a GPU");
    return SUCCESS;
}

EXPORTED int cuDeviceTotalMem_v2(size_t* bytes, int) {
    BEGIN(cuDeviceTotalMem_v2);
    *bytes = memory_of_device();
    return SUCCESS;
}

EXPORTED int cuDeviceGetAttribute(int* value, int attribute, int) {
    BEGIN(cuDeviceGetAttribute);
    const int capability = (int)setting("CUDA_ON_CPU_CAPABILITY", 90);
    switch (attribute) {
        case 16: *value = 132; return SUCCESS;               // multiprocessors
        case 75: *value = capability / 10; return SUCCESS;   // major
        case 76: *value = capability % 10; return SUCCESS;   // minor
        default: return INVALID_VALUE;
    }
}

EXPORTED int cuDevicePrimaryCtxRetain(Device** context, int ordinal) {
    BEGIN(cuDevicePrimaryCtxRetain);
    *context = &devices[ordinal];
    (*context)->ordinal = ordinal;
    return SUCCESS;
}

EXPORTED int cuCtxSetCurrent(Device* context) {
    BEGIN(cuCtxSetCurrent);
    current = context;
    return SUCCESS;
}

EXPORTED int cuStreamCreate(Stream** stream, unsigned) {
    BEGIN_IN_CONTEXT(cuStreamCreate);
    *stream = made(Stream{current, nullptr, nullptr});
    (*stream)->end = &(*stream)->first;
    return SUCCESS;
}

EXPORTED int cuStreamSynchronize(Stream* stream) {
    BEGIN_IN_CONTEXT(cuStreamSynchronize);
    return stream->device == current ? finish(stream) : INVALID_HANDLE;
}

EXPORTED int cuGetErrorString(int code, const char** words) {
    switch (code) {
        case OUT_OF_MEMORY: *words = "out of memory"; break;
        case NO_DEVICE: *words = "no CUDA-capable device is detected"; break;
        case ILLEGAL_ADDRESS: *words = "an illegal memory access was encountered"; break;
        default: *words = "what the processor in place of a GPU says"; break;
    }
    return SUCCESS;
}

// ── Memory ─────────────────────────────────────────────────────────────────────────────────────────────────

EXPORTED int cuMemPoolCreate(Device** pool, const void*) {
    BEGIN_IN_CONTEXT(cuMemPoolCreate);
    *pool = current;
    return SUCCESS;
}

EXPORTED int cuMemPoolSetAttribute(Device*, int, void*) {
    BEGIN_IN_CONTEXT(cuMemPoolSetAttribute);
    return SUCCESS;
}

EXPORTED int cuMemPoolTrimTo(Device* pool, size_t) {
    BEGIN_IN_CONTEXT(cuMemPoolTrimTo);
    pool->kept = 0;
    return SUCCESS;
}

EXPORTED int cuMemAllocFromPoolAsync(Address* address, size_t bytes, Device* pool, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemAllocFromPoolAsync);
    if (bytes == 0 || stream->device != pool) return INVALID_VALUE;
    if (pool->live + pool->kept + bytes > memory_of_device()) return OUT_OF_MEMORY;
    void* start = nullptr;
    if (posix_memalign(&start, 256, bytes)) return OUT_OF_MEMORY;
    memset(start, 0xff, bytes);
    memories = made(Memory{pool, (char*)start, bytes, memories});
    pool->live += bytes;
    *address = (Address)start;
    return SUCCESS;
}

EXPORTED int cuMemFreeAsync(Address address, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemFreeAsync);
    Memory* memory = memory_at(address, 1);
    if (!memory || (Address)memory->start != address) return INVALID_VALUE;
    Task task{};
    task.freed = memory;
    append(stream, task);
    return SUCCESS;
}

static int copy(Stream* stream, void* to, void* from, uint64_t bytes, bool is_staged) {
    Task task{};
    task.to = to, task.from = from, task.bytes = bytes, task.is_staged = is_staged;
    append(stream, task);
    return SUCCESS;
}

EXPORTED int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemcpyHtoDAsync_v2);
    if (!memory_at(to, bytes)) return INVALID_VALUE;
    void* staged = malloc(bytes);
    memcpy(staged, from, bytes);
    return copy(stream, (void*)to, staged, bytes, true);
}

EXPORTED int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemcpyDtoHAsync_v2);
    if (!memory_at(from, bytes)) return INVALID_VALUE;
    return copy(stream, to, (void*)from, bytes, false);
}

EXPORTED int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemcpyDtoDAsync_v2);
    if (!memory_at(to, bytes) || !memory_at(from, bytes)) return INVALID_VALUE;
    return copy(stream, (void*)to, (void*)from, bytes, false);
}

// Bytes that were taken of all devices and not freed.
EXPORTED uint64_t on_cpu_live_bytes() {
    Locked locked;
    uint64_t bytes = 0;
    for (const Device& device : devices) bytes += device.live;
    return bytes;
}

// ── Code ───────────────────────────────────────────────────────────────────────────────────────────────────

// The lines that nvrtc.cpp hands out: a word, a path, a number.
EXPORTED int cuModuleLoadData(Module** module, const char* image) {
    BEGIN_IN_CONTEXT(cuModuleLoadData);
    char path[4096], number[32];
    if (sscanf(image, "on_cpu\n%4095[^\n]\n%31s", path, number) != 2) return INVALID_IMAGE;
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "on_cpu: %s\n", dlerror());
        return INVALID_IMAGE;
    }
    *module = made(Module{library, strdup(number)});
    return SUCCESS;
}

EXPORTED int cuModuleUnload(Module* module) {
    BEGIN_IN_CONTEXT(cuModuleUnload);
    free(module->number);
    free(module);
    return SUCCESS;
}

static void* symbol(Module* module, const char* what, const char* name) {
    char full[256];
    snprintf(full, sizeof full, "%s_%s_%s", what, name, module->number);
    return dlsym(module->library, full);
}

EXPORTED int cuModuleGetFunction(Function** function, Module* module, const char* name) {
    BEGIN_IN_CONTEXT(cuModuleGetFunction);
    Function found{};
    found.keep = (void (*)(void**, void**))symbol(module, "keep", name);
    found.run = (bool (*)(const Launch&))symbol(module, "run", name);
    found.most_dynamic = 48 << 10;
    if (!found.keep || !found.run) return NOT_FOUND;
    *function = made(found);
    return SUCCESS;
}

EXPORTED int cuFuncSetAttribute(Function* function, int attribute, int value) {
    BEGIN_IN_CONTEXT(cuFuncSetAttribute);
    if (attribute != 8) return INVALID_VALUE;
    function->most_dynamic = value;
    return SUCCESS;
}

// Registers, shared and local memory: a processor has none of these.
EXPORTED int cuFuncGetAttribute(int* value, int, Function*) {
    BEGIN_IN_CONTEXT(cuFuncGetAttribute);
    *value = 0;
    return SUCCESS;
}

EXPORTED int cuLaunchKernel(Function* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
                            unsigned bz, unsigned dynamic, Stream* stream, void** arguments, void** extra) {
    BEGIN_IN_CONTEXT(cuLaunchKernel);
    const uint64_t threads = (uint64_t)bx * by * bz, blocks = (uint64_t)gx * gy * gz;
    if (!make_stacks()) return OUT_OF_MEMORY;
    if (threads == 0 || threads > MOST_THREADS || blocks == 0 || gx > 0x7fffffff || gy > 65535 || gz > 65535) return INVALID_VALUE;
    if (dynamic > function->most_dynamic || !arguments || extra) return INVALID_VALUE;
    void** kept = (void**)calloc(MOST_ARGUMENTS, sizeof(void*));
    function->keep(arguments, kept);
    Task task{};
    task.function = function;
    task.launch = Launch{{gx, gy, gz}, {bx, by, bz}, dynamic, ++launches, kept, stacks, STACK};
    append(stream, task);
    return SUCCESS;
}
