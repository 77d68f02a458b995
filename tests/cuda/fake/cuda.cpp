// The driver of CUDA as far as numfuse uses it, for kernels that nvrtc.cpp has made: memory is the host's.
//
// As with the real one, what is given to a stream happens later: when somebody waits. What a kernel did wrong is told
// by the call that waits, and by every call from then on. Unlike the real one it looks at each address and each
// handle, fills new memory with ones, and gives memory that was freed to nobody before the pool is trimmed.
//
// CUDA_ON_CPU_DRIVER=11040      the version of CUDA that it is of (13000)
// CUDA_ON_CPU_INIT=100          what cuInit answers
// CUDA_ON_CPU_DEVICES=2         how many devices there are (1)
// CUDA_ON_CPU_CAPABILITY=80     their compute capability (90)
// CUDA_ON_CPU_MEMORY=1000000    bytes of the memory of each
// CUDA_ON_CPU_FAIL=cuLaunchKernel:3:700
//                               the third such call answers 700; `kernel` counts kernels as they run
#include "graphs.h"
#include "streams.h"
#include <dlfcn.h>

// ── Devices ────────────────────────────────────────────────────────────────────────────────────────────────

EXPORTED int cuInit(unsigned flags) {
    Locked locked;
    if (flags != 0) return INVALID_VALUE;
    if (int code = (int)setting("CUDA_ON_CPU_INIT", SUCCESS)) return code;
    if (!process) process = getpid(), read_failure();
    return entering("cuInit");
}

EXPORTED int cuDriverGetVersion(int* version) {
    *version = (int)setting("CUDA_ON_CPU_DRIVER", 13000);
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

// ── Events ─────────────────────────────────────────────────────────────────────────────────────────────────

EXPORTED int cuEventCreate(Event** event, unsigned) {
    BEGIN_IN_CONTEXT(cuEventCreate);
    *event = made(Event{});
    return SUCCESS;
}

EXPORTED int cuEventDestroy_v2(Event*) {
    BEGIN_IN_CONTEXT(cuEventDestroy_v2);
    return SUCCESS;
}

EXPORTED int cuEventRecord(Event* event, Stream* stream) {
    BEGIN_IN_CONTEXT(cuEventRecord);
    event->stream = stream;
    Task task{};
    task.reached = event, task.record = ++event->recorded;
    append(stream, task);
    return SUCCESS;
}

EXPORTED int cuEventSynchronize(Event* event) {
    BEGIN_IN_CONTEXT(cuEventSynchronize);
    return event->stream ? finish(event->stream, event, event->recorded) : SUCCESS;
}

EXPORTED int cuEventQuery(Event* event) {
    BEGIN_IN_CONTEXT(cuEventQuery);
    return event->reached < event->recorded ? NOT_READY : SUCCESS;
}

EXPORTED int cuStreamWaitEvent(Stream* stream, Event* event, unsigned) {
    BEGIN_IN_CONTEXT(cuStreamWaitEvent);
    Task task{};
    task.awaited = event->stream ? event : nullptr, task.record = event->recorded;
    append(stream, task);
    return SUCCESS;
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

static bool is_pinned(const void* from, uint64_t bytes) {
    for (Pinned* one = pinned; one; one = one->next)
        if ((char*)from >= one->start && (char*)from + bytes <= one->start + one->bytes) return true;
    return false;
}

// Memory that is not pinned has been read when the call returns; other memory is read when the copy takes place.
EXPORTED int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemcpyHtoDAsync_v2);
    if (!memory_at(to, bytes)) return INVALID_VALUE;
    if (is_pinned(from, bytes)) return copy(stream, (void*)to, (void*)from, bytes, false);
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

EXPORTED int cuMemsetD8Async(Address to, unsigned char byte, size_t bytes, Stream* stream) {
    BEGIN_IN_CONTEXT(cuMemsetD8Async);
    if (!memory_at(to, bytes)) return INVALID_VALUE;
    Task task{};
    task.to = (void*)to, task.bytes = bytes, task.byte = byte;
    append(stream, task);
    return SUCCESS;
}

EXPORTED int cuMemHostAlloc(void** start, size_t bytes, unsigned) {
    BEGIN_IN_CONTEXT(cuMemHostAlloc);
    if (bytes == 0) return INVALID_VALUE;
    *start = malloc(bytes);
    memset(*start, 0xff, bytes);
    pinned = made(Pinned{(char*)*start, bytes, pinned});
    return SUCCESS;
}

EXPORTED int cuMemFreeHost(void* start) {
    BEGIN_IN_CONTEXT(cuMemFreeHost);
    for (Pinned** place = &pinned; *place; place = &(*place)->next)
        if ((*place)->start == start) {
            Pinned* one = *place;
            *place = one->next;
            free(one->start), free(one);
            return SUCCESS;
        }
    return INVALID_VALUE;
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
    Task task{};
    task.function = function;
    if (int refused = prepare(function, {gx, gy, gz}, {bx, by, bz}, dynamic, arguments, extra, &task.launch)) return refused;
    append(stream, task);
    return SUCCESS;
}
