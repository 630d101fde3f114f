// `updraft why FILE --request N`: one request, from a result file or by a run that traces it alone.
#pragma once

#include "cli/commands.h"
#include "sim/build/registry.h"

namespace updraft::cli {

int why_request(const WhyCommandOptions& options, const sim::ModelRegistry& registry,
                const Terminal& terminal);

}  // namespace updraft::cli
