// The availability zones that a message names: the values of its fields with the option `zone`,
// nested ones included.
#pragma once

#include <string>
#include <vector>

#include <google/protobuf/message.h>

namespace updraft::sim {

/// Appends them as they stand, repeated ones too.
void collect_zones(const google::protobuf::Message& message, std::vector<std::string>& zones);

/// Sorts names and leaves each in once.
void sort_once(std::vector<std::string>& names);

}  // namespace updraft::sim
