// CUDA C on a processor: a kernel's text is compiled as it is, after this header.
//
// The threads of a block are fibers of one thread of the system, its blocks run one after the other. A fiber
// runs until it must wait for others: at a barrier of its block, or where the threads of its warp exchange
// something. Which one goes on then is drawn by lot, a warp runs as far ahead of the others as it comes, and the
// blocks run forwards or backwards: what works by the order of threads alone does not work here. Before each block
// its shared memory is filled with ones, so that what an earlier block has left there is of no use.
//
// Whoever includes this says before a text SHARED, a name for the section that holds its shared memory, and
// after it ENTRY(name) for each entry. Nothing but C's library is used.
#pragma once
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

// ── The language ───────────────────────────────────────────────────────────────────────────────────────────

#define CUDA_ON_CPU 1
#define __global__
#define __device__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
#define __shared__ static __attribute__((section(ON_CPU_TEXT(SHARED))))
#define DYNAMIC_SHARED(T, name) T* name = (T*)on_cpu::block.dynamic
#define threadIdx (on_cpu::thread->index)
#define blockIdx (on_cpu::block.index)
#define blockDim (on_cpu::block.size)
#define gridDim (on_cpu::block.grid)

#define ON_CPU_TEXT_(name) #name
#define ON_CPU_TEXT(name) ON_CPU_TEXT_(name)
#define ON_CPU_JOINED_(a, b) a##b
#define ON_CPU_JOINED(a, b) ON_CPU_JOINED_(a, b)

struct uint3 {
    unsigned x, y, z;
};

// ── Threads ────────────────────────────────────────────────────────────────────────────────────────────────

namespace on_cpu {

enum State { READY, AT_BARRIER, AT_EXCHANGE, DONE };

struct Thread {
    uint3 index;
    unsigned number;
    State state;
    bool begun;
    ucontext_t start;
    jmp_buf here;
};

// What the threads of a warp exchange. Two sets: while some still read one, others may fill the next.
struct Warp {
    unsigned turn, arrived, mask;
    uint64_t values[2][32];
};

// The block that runs.
struct Block {
    uint3 index, size, grid;
    unsigned threads, running, at_barrier;
    char* dynamic;
    void (*entry)(void** arguments);
    void** arguments;
};

const unsigned MOST_THREADS = 1024;
static Block block;
static Thread* thread;
static Thread threads[MOST_THREADS];
static Warp warps[MOST_THREADS / 32];
static ucontext_t scheduler_start;
static jmp_buf scheduler;

// A sanitizer follows `swapcontext`, which asks the system twice; jumps are ten times as fast.
#if defined(__SANITIZE_ADDRESS__)
#define ON_CPU_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ON_CPU_SANITIZED 1
#endif
#endif
static void resume(Thread* next) {
    thread = next;
#ifdef ON_CPU_SANITIZED
    next->begun = true;
    swapcontext(&scheduler_start, &next->start);
#else
    if (_setjmp(scheduler)) return;
    if (next->begun) _longjmp(next->here, 1);
    next->begun = true;
    setcontext(&next->start);
#endif
}

// Lets others run until this thread is ready again.
static void wait() {
#ifdef ON_CPU_SANITIZED
    swapcontext(&thread->start, &scheduler_start);
#else
    if (!_setjmp(thread->here)) _longjmp(scheduler, 1);
#endif
}

static void wake(State state, unsigned first, unsigned beyond) {
    for (unsigned t = first; t < beyond; t++)
        if (threads[t].state == state) threads[t].state = READY;
}

static void open_barrier_if_all_came() {
    if (block.at_barrier < block.running) return;
    block.at_barrier = 0;
    wake(AT_BARRIER, 0, block.threads);
}

// A fiber is one thread of each block in turn.
static void fiber() {
    for (;;) {
        block.entry(block.arguments);
        thread->state = DONE;
        block.running--;
        open_barrier_if_all_came();
        wait();
    }
}

inline void barrier() {
    block.at_barrier++;
    thread->state = AT_BARRIER;
    open_barrier_if_all_came();
    if (thread->state != READY) wait();
}

// Gives the threads of a warp that the mask names the values of each other.
inline const uint64_t* exchange(unsigned mask, uint64_t value) {
    const unsigned lane = thread->number % 32, first = thread->number - lane;
    Warp& warp = warps[first / 32];
    if (!(mask >> lane & 1) || (warp.arrived && warp.mask != mask)) {
        fprintf(stderr, "on_cpu: thread %u exchanges with the mask %08x, others with %08x\n", thread->number,
                mask, warp.mask);
        abort();
    }
    warp.mask = mask;
    const uint64_t* all = warp.values[warp.turn % 2];
    warp.values[warp.turn % 2][lane] = value;
    if (++warp.arrived < (unsigned)__builtin_popcount(mask)) {
        thread->state = AT_EXCHANGE;
        wait();
        return all;
    }
    warp.arrived = 0;
    warp.turn++;
    wake(AT_EXCHANGE, first, first + 32);
    return all;
}

// A sequence of numbers that looks like one drawn by lot.
struct Lots {
    uint64_t state;
    unsigned below(unsigned n) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        return (unsigned)((state >> 33) % n);
    }
};

// The numbers below n, in an order drawn by lot.
static void shuffle(Lots& lots, unsigned* order, unsigned n) {
    for (unsigned k = 0; k < n; k++) order[k] = k;
    for (unsigned k = n; k-- > 1;) {
        const unsigned other = lots.below(k + 1), kept = order[other];
        order[other] = order[k];
        order[k] = kept;
    }
}

// Runs a warp until each of its threads waits for others or is done; whether any of them ran.
static bool run_warp(Lots& lots, unsigned warp) {
    const unsigned first = 32 * warp, many = block.threads - first < 32 ? block.threads - first : 32;
    unsigned order[32];
    bool any = false;
    for (bool again = true; again;) {
        again = false;
        shuffle(lots, order, many);
        for (unsigned k = 0; k < many; k++) {
            Thread* next = &threads[first + order[k]];
            if (next->state == READY) again = true, resume(next);
        }
        any |= again;
    }
    return any;
}

// Runs the threads of a block to their end, each warp as far ahead of the others as it comes; false if they wait for
// each other for ever.
static bool run_block(Lots& lots) {
    block.running = block.threads;
    block.at_barrier = 0;
    memset(warps, 0, sizeof warps);
    for (unsigned t = 0; t < block.threads; t++) {
        const unsigned x = t % block.size.x, rest = t / block.size.x;
        threads[t].index = {x, rest % block.size.y, rest / block.size.y};
        threads[t].state = READY;
    }
    const unsigned many = (block.threads + 31) / 32;
    unsigned order[MOST_THREADS / 32];
    while (block.running) {
        bool any = false;
        shuffle(lots, order, many);
        for (unsigned k = 0; k < many; k++) any |= run_warp(lots, order[k]);
        if (!any) {
            unsigned waiting[4] = {};
            for (unsigned t = 0; t < block.threads; t++) waiting[threads[t].state]++;
            fprintf(stderr, "on_cpu: block %u,%u,%u hangs: %u threads at a barrier, %u at an exchange, %u done\n",
                    block.index.x, block.index.y, block.index.z, waiting[AT_BARRIER], waiting[AT_EXCHANGE],
                    waiting[DONE]);
            return false;
        }
    }
    return true;
}

// What a driver launches. Its stacks lie one behind the other, as many as a block has threads.
struct Launch {
    uint3 grid, size;
    size_t dynamic;
    uint64_t seed;
    void** arguments;
    char* stacks;
    size_t bytes_of_stack;
};

static void make_fibers(const Launch& launch) {
    for (unsigned t = 0; t < block.threads; t++) {
        threads[t].number = t;
        threads[t].begun = false;
        getcontext(&threads[t].start);
        threads[t].start.uc_stack.ss_sp = launch.stacks + t * launch.bytes_of_stack;
        threads[t].start.uc_stack.ss_size = launch.bytes_of_stack;
        threads[t].start.uc_link = nullptr;
        makecontext(&threads[t].start, fiber, 0);
    }
}

static bool run(const Launch& launch, void (*entry)(void**), char* shared, char* shared_end) {
    Lots lots{launch.seed};
    block.size = launch.size;
    block.grid = launch.grid;
    block.threads = launch.size.x * launch.size.y * launch.size.z;
    block.entry = entry;
    block.arguments = launch.arguments;
    if (block.threads > MOST_THREADS || posix_memalign((void**)&block.dynamic, 16, launch.dynamic)) return false;
    make_fibers(launch);
    const uint64_t blocks = (uint64_t)launch.grid.x * launch.grid.y * launch.grid.z;
    const bool is_backwards = lots.below(2);
    bool ended = true;
    for (uint64_t k = 0; k < blocks && ended; k++) {
        const uint64_t b = is_backwards ? blocks - 1 - k : k, rest = b / launch.grid.x;
        block.index = {(unsigned)(b % launch.grid.x), (unsigned)(rest % launch.grid.y), (unsigned)(rest / launch.grid.y)};
        memset(block.dynamic, 0xff, launch.dynamic);
        if (shared) memset(shared, 0xff, shared_end - shared);
        ended = run_block(lots);
    }
    free(block.dynamic);
    return ended;
}

// ── Entries ────────────────────────────────────────────────────────────────────────────────────────────────

// The arguments of a launch, each at an address: to be kept until it begins, and handed over.
template <class...> struct Arguments;
template <> struct Arguments<> {
    static void keep(void**, void**) {}
    template <class F, class... Had> static void call(F entry, void**, Had&... had) { entry(had...); }
};
template <class T, class... Rest> struct Arguments<T, Rest...> {
    static void keep(void** from, void** to) {
        memcpy(*to = malloc(sizeof(T)), *from, sizeof(T));
        Arguments<Rest...>::keep(from + 1, to + 1);
    }
    template <class F, class... Had> static void call(F entry, void** from, Had&... had) {
        Arguments<Rest...>::call(entry, from + 1, had..., *(T*)*from);
    }
};
template <class... All> Arguments<All...> arguments_of(void (*)(All...)) { return {}; }

}  // namespace on_cpu

// What a driver finds of an entry: how its arguments are kept, and how it is run.
#define ENTRY(name)                                                                                        \
    ON_CPU_EXPORTED void ON_CPU_JOINED(keep_, name)(void** from, void** to) {                              \
        decltype(on_cpu::arguments_of(name))::keep(from, to);                                              \
    }                                                                                                      \
    extern "C" char ON_CPU_JOINED(__start_, SHARED)[] __attribute__((weak));                               \
    extern "C" char ON_CPU_JOINED(__stop_, SHARED)[] __attribute__((weak));                                \
    ON_CPU_EXPORTED bool ON_CPU_JOINED(run_, name)(const on_cpu::Launch& launch) {                         \
        const auto entry = [](void** arguments) {                                                          \
            decltype(on_cpu::arguments_of(name))::call(name, arguments);                                   \
        };                                                                                                 \
        return on_cpu::run(launch, entry, ON_CPU_JOINED(__start_, SHARED), ON_CPU_JOINED(__stop_, SHARED)); \
    }
#define ON_CPU_EXPORTED extern "C" __attribute__((visibility("default")))

// ── Functions ──────────────────────────────────────────────────────────────────────────────────────────────

namespace on_cpu {
// The same bits, the rest of a word zeros.
template <class To, class From> To bits(From value) {
    To to{};
    memcpy(&to, &value, sizeof(To) < sizeof(From) ? sizeof(To) : sizeof(From));
    return to;
}
}  // namespace on_cpu

inline void __syncthreads() { on_cpu::barrier(); }
inline void __syncwarp(unsigned mask = 0xffffffffu) { on_cpu::exchange(mask, 0); }
inline void __threadfence() {}

template <class T> T __shfl_sync(unsigned mask, T value, int from) {
    return on_cpu::bits<T>(on_cpu::exchange(mask, on_cpu::bits<uint64_t>(value))[from & 31]);
}
template <class T> T __shfl_down_sync(unsigned mask, T value, unsigned by) {
    const unsigned from = on_cpu::thread->number % 32 + by;
    const uint64_t* all = on_cpu::exchange(mask, on_cpu::bits<uint64_t>(value));
    return from < 32 ? on_cpu::bits<T>(all[from]) : value;
}
template <class T> T __shfl_up_sync(unsigned mask, T value, unsigned by) {
    const unsigned lane = on_cpu::thread->number % 32;
    const uint64_t* all = on_cpu::exchange(mask, on_cpu::bits<uint64_t>(value));
    return lane >= by ? on_cpu::bits<T>(all[lane - by]) : value;
}
template <class T> T __shfl_xor_sync(unsigned mask, T value, int by) {
    const unsigned lane = on_cpu::thread->number % 32;
    return on_cpu::bits<T>(on_cpu::exchange(mask, on_cpu::bits<uint64_t>(value))[(lane ^ by) & 31]);
}
inline unsigned __ballot_sync(unsigned mask, int holds) {
    const uint64_t* all = on_cpu::exchange(mask, holds != 0);
    unsigned set = 0;
    for (int lane = 0; lane < 32; lane++)
        if (mask >> lane & 1) set |= (unsigned)all[lane] << lane;
    return set;
}
inline int __any_sync(unsigned mask, int holds) { return __ballot_sync(mask, holds) != 0; }
inline int __all_sync(unsigned mask, int holds) { return __ballot_sync(mask, holds) == mask; }

template <class T> T atomicExch(T* at, T value) {
    const T before = *at;
    *at = value;
    return before;
}
template <class T> T atomicCAS(T* at, T expected, T value) {
    const T before = *at;
    if (before == expected) *at = value;
    return before;
}
template <class T> T atomicAdd(T* at, T value) { return atomicExch(at, (T)(*at + value)); }
template <class T> T atomicMin(T* at, T value) { return atomicExch(at, value < *at ? value : *at); }
template <class T> T atomicMax(T* at, T value) { return atomicExch(at, value > *at ? value : *at); }
template <class T> T atomicOr(T* at, T value) { return atomicExch(at, (T)(*at | value)); }
template <class T> T atomicAnd(T* at, T value) { return atomicExch(at, (T)(*at & value)); }

inline float __uint_as_float(unsigned bits) { return on_cpu::bits<float>(bits); }
inline unsigned __float_as_uint(float value) { return on_cpu::bits<unsigned>(value); }
inline double __longlong_as_double(long long bits) { return on_cpu::bits<double>(bits); }
inline long long __double_as_longlong(double value) { return on_cpu::bits<long long>(value); }
inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((uint64_t)a * b >> 32); }
