// NVRTC as far as numfuse uses it, with a C++ compiler behind it: code for the driver of cuda.cpp.
//
// CUDA_ON_CPU_COMPILER   the command that makes a shared library: `g++ -shared …`
// CUDA_ON_CPU_FOLDER     where these libraries go
// CUDA_ON_CPU_FAIL_COMPILER=1   refuses every text
// CUDA_ON_CPU_NVRTC=11          of which version of CUDA it is (13)
//
// What is handed out as code is four lines: a word to know it by, the path of a library, the number that the names of
// its entries end in, and a word that all PTX has. on_cpu_compile makes one library of many texts; whoever compiles one of
// these later is given its code.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORTED extern "C" __attribute__((visibility("default")))

enum Result { SUCCESS = 0, OUT_OF_MEMORY = 1, INVALID_INPUT = 3, INVALID_PROGRAM = 4, INVALID_OPTION = 5, COMPILATION = 6 };

static const int ARCHITECTURES[] = {75, 80, 86, 90};

struct Program {
    char* text;
    char* log;
    char* code;
};

// A text and its code, of a list of all that were compiled together.
struct Known {
    char* text;
    char* code;
    Known* next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Known* known;
static unsigned long count;

template <class T> static T* made(const T& value) {
    T* place = (T*)malloc(sizeof(T));
    memcpy(place, &value, sizeof(T));
    return place;
}

static const char* setting(const char* name) {
    const char* value = getenv(name);
    return value ? value : "";
}

static char* formatted(const char* format, const char* a, unsigned long n) {
    char* text = nullptr;
    return asprintf(&text, format, a, n) < 0 ? nullptr : text;
}

static bool is_in_name(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The next entry of a text: where its name begins, and how long it is.
static const char* next_entry(const char* text, int* length) {
    const char* at = strstr(text, "extern \"C\" __global__");
    while (at && (at = strchr(at, '('))) {
        const char* name = at++;
        while (is_in_name(name[-1])) name--;
        *length = (int)(at - 1 - name);
        if (strncmp(name, "__launch_bounds__", *length) != 0 && *length > 0) return name;
    }
    return nullptr;
}

// Writes a text so that others may stand beside it: in a namespace, its entries with names of their own.
static void write_text(FILE* file, const char* text, unsigned long number) {
    int length;
    fprintf(file, "#define SHARED shared_%lu\n", number);
    for (const char* name = text; (name = next_entry(name, &length));)
        fprintf(file, "#define %.*s %.*s_%lu\n", length, name, length, name, number);
    fprintf(file, "namespace text_%lu {\n#line 1 \"kernel %lu\"\n%s\n", number, number, text);
    for (const char* name = text; (name = next_entry(name, &length));) fprintf(file, "ENTRY(%.*s)\n", length, name);
    for (const char* name = text; (name = next_entry(name, &length));) fprintf(file, "#undef %.*s\n", length, name);
    fprintf(file, "}\n#undef SHARED\n");
}

static char* read_all(const char* path) {
    FILE* file = fopen(path, "r");
    if (!file) return strdup("");
    static const size_t MOST = 1 << 20;
    char* text = (char*)malloc(MOST + 1);
    text[fread(text, 1, MOST, file)] = 0;
    fclose(file);
    return text;
}

// Makes a library of texts, numbered from `first` on. What the compiler says of them, if it refuses them.
static char* make(const char* const* texts, unsigned long many, unsigned long first, char* library) {
    char* source = formatted("%s.%lu.cpp", library, first);
    char* log = formatted("%s.%lu.log", library, first);
    FILE* file = fopen(source, "w");
    if (!file) return strdup("its folder cannot be written to");
    fprintf(file, "#include \"on_cpu.h\"\n");
    for (unsigned long k = 0; k < many; k++) write_text(file, texts[k], first + k);
    fclose(file);
    char* command = nullptr;
    if (asprintf(&command, "%s -o '%s' '%s' >'%s' 2>&1", setting("CUDA_ON_CPU_COMPILER"), library, source, log) < 0)
        return strdup("no memory");
    const int status = system(command);
    char* said = status == 0 ? nullptr : read_all(log);
    remove(log);
    if (status == 0) remove(source);
    free(command), free(source), free(log);
    return said;
}

// Compiles texts together; null, or what is wrong with them.
EXPORTED char* on_cpu_compile(const char* const* texts, unsigned long many) {
    pthread_mutex_lock(&lock);
    const unsigned long first = count;
    count += many;
    pthread_mutex_unlock(&lock);
    char* library = nullptr;
    if (asprintf(&library, "%s/%d-%lu.so", setting("CUDA_ON_CPU_FOLDER"), (int)getpid(), first) < 0) return nullptr;
    char* wrong = make(texts, many, first, library);
    for (unsigned long k = 0; k < many && !wrong; k++) {
        Known* one = made(Known{strdup(texts[k]), formatted("on_cpu\n%s\n%lu\n.entry\n", library, first + k), nullptr});
        pthread_mutex_lock(&lock);
        one->next = known;
        known = one;
        pthread_mutex_unlock(&lock);
    }
    free(library);
    return wrong;
}

static char* code_of(const char* text) {
    pthread_mutex_lock(&lock);
    char* code = nullptr;
    for (Known* one = known; one && !code; one = one->next)
        if (strcmp(one->text, text) == 0) code = strdup(one->code);
    pthread_mutex_unlock(&lock);
    return code;
}

// ── The calls ──────────────────────────────────────────────────────────────────────────────────────────────

EXPORTED int nvrtcVersion(int* major, int* minor) {
    *major = *setting("CUDA_ON_CPU_NVRTC") ? atoi(setting("CUDA_ON_CPU_NVRTC")) : 13, *minor = 0;
    return SUCCESS;
}

EXPORTED int nvrtcGetNumSupportedArchs(int* many) {
    *many = sizeof ARCHITECTURES / sizeof *ARCHITECTURES;
    return SUCCESS;
}

EXPORTED int nvrtcGetSupportedArchs(int* all) {
    memcpy(all, ARCHITECTURES, sizeof ARCHITECTURES);
    return SUCCESS;
}

EXPORTED int nvrtcCreateProgram(Program** program, const char* text, const char*, int headers, const char* const*,
                                const char* const*) {
    if (headers != 0) return INVALID_INPUT;
    *program = made(Program{strdup(text), strdup(""), nullptr});
    return SUCCESS;
}

EXPORTED int nvrtcDestroyProgram(Program** program) {
    free((*program)->text), free((*program)->log), free((*program)->code);
    free(*program);
    *program = nullptr;
    return SUCCESS;
}

// Bits are those of a processor only where nothing is contracted or flushed to zero.
EXPORTED int nvrtcCompileProgram(Program* program, int many, const char* const* options) {
    const char* const needed[] = {"--fmad=false", "--ftz=false", "--prec-div=true", "--prec-sqrt=true", "--gpu-architecture="};
    for (const char* option : needed) {
        bool is_there = false;
        for (int k = 0; k < many; k++) is_there |= strncmp(options[k], option, strlen(option)) == 0;
        if (!is_there) return INVALID_OPTION;
    }
    free(program->log);
    program->log = strdup("");
    if (*setting("CUDA_ON_CPU_FAIL_COMPILER")) {
        free(program->log);
        program->log = strdup("kernel.cu(1): error: the text is refused\n");
        return COMPILATION;
    }
    program->code = code_of(program->text);
    if (program->code) return SUCCESS;
    const char* text = program->text;
    if (char* wrong = on_cpu_compile(&text, 1)) {
        free(program->log);
        program->log = wrong;
        return COMPILATION;
    }
    program->code = code_of(program->text);
    return SUCCESS;
}

static int size_of(const char* text, size_t* size) {
    if (!text) return INVALID_PROGRAM;
    *size = strlen(text) + 1;
    return SUCCESS;
}

static int copy_of(const char* text, char* to) {
    if (!text) return INVALID_PROGRAM;
    strcpy(to, text);
    return SUCCESS;
}

EXPORTED int nvrtcGetCUBINSize(Program* program, size_t* size) { return size_of(program->code, size); }
EXPORTED int nvrtcGetCUBIN(Program* program, char* to) { return copy_of(program->code, to); }
EXPORTED int nvrtcGetPTXSize(Program* program, size_t* size) { return size_of(program->code, size); }
EXPORTED int nvrtcGetPTX(Program* program, char* to) { return copy_of(program->code, to); }
EXPORTED int nvrtcGetProgramLogSize(Program* program, size_t* size) { return size_of(program->log, size); }
EXPORTED int nvrtcGetProgramLog(Program* program, char* to) { return copy_of(program->log, to); }
