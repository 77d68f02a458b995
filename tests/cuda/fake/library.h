// What the libraries that stand in for CUDA's ask of the driver of cuda.cpp, and elements of all types in memory.
#pragma once
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED extern "C" __attribute__((visibility("default")))

// A function of the driver of these tests.
template <class F> static F driver(const char* name) {
    void* library = dlopen("libcuda.so", RTLD_NOW | RTLD_NOLOAD);
    return library ? (F)dlsym(library, name) : nullptr;
}

// Whether so many bytes lie in memory of the device.
static bool lies_there(const void* start, int64_t bytes) {
    const auto has = driver<bool (*)(uint64_t, uint64_t)>("on_cpu_has");
    return has && has((uint64_t)start, (uint64_t)bytes);
}

// Gives a stream a function of the host, with a copy of its data on which it calls `free`.
template <class T> static void enqueue(void* stream, void (*run)(void*), const T& data) {
    const auto give = driver<void (*)(void*, void (*)(void*), void*)>("on_cpu_enqueue");
    T* kept = (T*)malloc(sizeof(T));
    memcpy(kept, &data, sizeof(T));
    give(stream, run, kept);
}

struct Complex {
    double re, im;
};

template <class T> static T as(const char* at) {
    T value;
    memcpy(&value, at, sizeof value);
    return value;
}

template <class T> static void put(char* at, T value) { memcpy(at, &value, sizeof value); }
