// The parts of the JSON Schema that describe quantities: durations, sizes, rates and distributions.
// Private to json_schema.cpp; a header of its own because of its size.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sim/schema/describe.h"

namespace updraft::sim {

/// Name under $defs of a distribution in this unit: "distribution_s", "distribution_bytes".
std::string distribution_name(std::string_view unit);
/// Its schema: one value, or a mapping of one law. `value` is the schema of one value, `self` the
/// reference to this definition, in which mixtures are nested.
nlohmann::ordered_json distribution_schema(const nlohmann::ordered_json& value,
                                           const nlohmann::ordered_json& self);

/// An integer, a number or a text with a unit, as the parameter's unit wants it; bounds where JSON
/// Schema can say them. `is_integer` for whole numbers.
nlohmann::ordered_json quantity_schema(const ParamInfo& param, bool is_integer);
/// A duration. Negative ones are refused unless the parameter's minimum is negative.
nlohmann::ordered_json duration_schema(const ParamInfo& param);

}  // namespace updraft::sim
