// A message as the scenario would write it, on one line, for the decision log.
//
//   as_written(operation)    // "set_desired_capacity: 8"
#pragma once

#include <string>

#include <google/protobuf/message.h>

namespace updraft::sim {

/// "name: value, other: {inner: value}". What is as its default says is left out; a message of
/// which one field remains is that field's value.
std::string as_written(const google::protobuf::Message& message);

}  // namespace updraft::sim
