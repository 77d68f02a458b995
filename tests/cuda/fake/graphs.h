// Kernels that are launched together: part of cuda.cpp.
#pragma once
#include "streams.h"

// Kernels in an order in which they may run. Those of an executable graph are copies of others.
struct Node {
    Function* function;
    Launch launch;
    const Node* original;
    Node* next;
};

struct Graph {
    Node *first, **end;
};

// As the driver's manual has it.
struct KernelParameters {
    Function* function;
    uint3 grid, size;
    unsigned dynamic;
    void **arguments, **extra;
    void *kernel, *context;
};

static int prepare(const KernelParameters* of, Launch* launch) {
    return prepare(of->function, of->grid, of->size, of->dynamic, of->arguments, of->extra, launch);
}

static Graph* empty_graph() {
    Graph* graph = made(Graph{});
    graph->end = &graph->first;
    return graph;
}

static Node* add(Graph* graph, const Node& node) {
    *graph->end = made(node);
    Node* added = *graph->end;
    graph->end = &added->next;
    return added;
}

static void destroy(Graph* graph) {
    while (Node* node = graph->first) {
        graph->first = node->next;
        forget(node->launch.arguments);
        free(node);
    }
    free(graph);
}

static Launch launch_of(const Node* node) {
    Launch launch = node->launch;
    launch.arguments = (void**)calloc(MOST_ARGUMENTS, sizeof(void*));
    launch.seed = ++launches;
    node->function->keep(node->launch.arguments, launch.arguments);
    return launch;
}

EXPORTED int cuGraphCreate(Graph** graph, unsigned) {
    BEGIN_IN_CONTEXT(cuGraphCreate);
    *graph = empty_graph();
    return SUCCESS;
}

// What a node waits for was added before it, and so runs before it.
EXPORTED int cuGraphAddKernelNode_v2(Node** node, Graph* graph, Node* const* before, size_t count,
                                     const KernelParameters* parameters) {
    BEGIN_IN_CONTEXT(cuGraphAddKernelNode_v2);
    for (size_t k = 0; k < count; k++) {
        bool is_there = false;
        for (Node* other = graph->first; other; other = other->next) is_there |= other == before[k];
        if (!is_there) return INVALID_VALUE;
    }
    Node added{parameters->function, {}, nullptr, nullptr};
    if (int refused = prepare(parameters, &added.launch)) return refused;
    *node = add(graph, added);
    return SUCCESS;
}

EXPORTED int cuGraphInstantiateWithFlags(Graph** ready, const Graph* graph, unsigned long long) {
    BEGIN_IN_CONTEXT(cuGraphInstantiateWithFlags);
    *ready = empty_graph();
    for (const Node* node = graph->first; node; node = node->next)
        add(*ready, Node{node->function, launch_of(node), node, nullptr});
    return SUCCESS;
}

EXPORTED int cuGraphExecKernelNodeSetParams_v2(Graph* ready, const Node* original, const KernelParameters* parameters) {
    BEGIN_IN_CONTEXT(cuGraphExecKernelNodeSetParams_v2);
    for (Node* node = ready->first; node; node = node->next) {
        if (node->original != original) continue;
        Launch launch;
        if (int refused = prepare(parameters, &launch)) return refused;
        forget(node->launch.arguments);
        node->launch = launch, node->function = parameters->function;
        return SUCCESS;
    }
    return INVALID_VALUE;
}

EXPORTED int cuGraphLaunch(const Graph* ready, Stream* stream) {
    BEGIN_IN_CONTEXT(cuGraphLaunch);
    for (const Node* node = ready->first; node; node = node->next) {
        Task task{};
        task.function = node->function, task.launch = launch_of(node);
        append(stream, task);
    }
    return SUCCESS;
}

EXPORTED int cuGraphExecDestroy(Graph* ready) {
    BEGIN_IN_CONTEXT(cuGraphExecDestroy);
    destroy(ready);
    return SUCCESS;
}

EXPORTED int cuGraphDestroy(Graph* graph) {
    BEGIN_IN_CONTEXT(cuGraphDestroy);
    destroy(graph);
    return SUCCESS;
}
