/*
 * flow_generated.c: the workloads flow_... on bide, written in async C.
 */
#include "flows.h"

#include "../flow_runs.h"
