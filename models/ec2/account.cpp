#include "models/ec2/account.h"

#include <limits>

#include "sim/core/check.h"

namespace updraft::ec2 {

VcpuQuotas::VcpuQuotas(const Ec2AccountParams& params) {
  const auto quota = [](bool given, std::uint32_t vcpus) {
    return given ? vcpus : std::numeric_limits<std::uint32_t>::max() / 2;
  };
  classes_[0].quota =
      quota(params.has_on_demand_standard_vcpus(), params.on_demand_standard_vcpus());
  classes_[1].quota =
      quota(params.has_on_demand_g_and_vt_vcpus(), params.on_demand_g_and_vt_vcpus());
  classes_[2].quota = quota(params.has_spot_standard_vcpus(), params.spot_standard_vcpus());
  classes_[3].quota = quota(params.has_spot_g_and_vt_vcpus(), params.spot_g_and_vt_vcpus());
}

bool VcpuQuotas::take(std::string_view family, bool spot, std::uint32_t vcpu) {  // EC2.quota
  roles::VcpuQuota::Use& use = classes_[class_of(family, spot)];
  if (use.used + vcpu > use.quota) {
    return false;
  }
  use.used += vcpu;
  return true;
}

void VcpuQuotas::give_back(std::string_view family, bool spot, std::uint32_t vcpu) {
  roles::VcpuQuota::Use& use = classes_[class_of(family, spot)];
  SIM_CHECK(use.used >= vcpu, "{} vCPUs are given back, {} are in use", vcpu, use.used);
  use.used -= vcpu;
}

roles::VcpuQuota::Use VcpuQuotas::use(std::string_view family, bool spot) const {
  return classes_[class_of(family, spot)];
}

}  // namespace updraft::ec2
