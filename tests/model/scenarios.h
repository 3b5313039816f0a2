/*
 * scenarios.h: the list of scenarios.
 */
#ifndef BIDE_MODEL_SCENARIOS_H
#define BIDE_MODEL_SCENARIOS_H

#include "explorer.h"

extern const model_scenario model_scenarios[];
extern const size_t model_n_scenarios;

#endif
