// What an instance type is made of: table R1.6.T1 with the assumed speeds of its family.
//
//   const auto types = InstanceTypes::built_in();
//   const InstanceType* type = types.find("m5.large");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.h"
#include "sim/station/sharing_law.h"

namespace updraft::ec2 {

struct InstanceType {
  std::string name;    // "m5.large"
  std::string family;  // "m5"
  std::uint32_t vcpu = 0;
  std::uint32_t threads_per_core = 0;  // 2: a vCPU is a hyperthread; 1: a core
  double memory_gib = 0;
  std::optional<double> network_baseline_mbps;  // R1.6.T1; not published for every type
  std::optional<double> baseline;               // share of a vCPU; burstable types only (R1.3.T1)
  double relative_speed = 0;                    // ASSUMED; of one vCPU alone on its core, m5 = 1
  double smt_yield = 0;  // ASSUMED; a core with all threads busy, one thread = 1

  /// How requests in service share the vCPUs; speeds are relative to relative_speed.
  [[nodiscard]] sim::SharingLaw law() const;
};

class InstanceTypes {
 public:
  /// The tables compiled in.
  static InstanceTypes built_in();
  /// Tables with the columns of instance_types.csv and instance_families.csv.
  static sim::Result<InstanceTypes> parse(std::string_view types, std::string_view families);

  /// Null when there is no such type.
  [[nodiscard]] const InstanceType* find(std::string_view name) const&;
  const InstanceType* find(std::string_view name) const&& = delete;  // it would point nowhere
  [[nodiscard]] const std::vector<InstanceType>& all() const& { return types_; }  // by name
  const std::vector<InstanceType>& all() const&& = delete;  // would outlive the table

 private:
  std::vector<InstanceType> types_;
};

}  // namespace updraft::ec2
