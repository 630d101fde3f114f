// The account's vCPU quotas of a Region, by market and class of families.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/ec2/ec2.pb.h"
#include "models/roles/account.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"

namespace updraft::ec2 {

/// Counts vCPUs against quotas.
class VcpuQuotas {
 public:
  explicit VcpuQuotas(const Ec2AccountParams& params);
  bool take(std::string_view family, bool spot, std::uint32_t vcpu);
  void give_back(std::string_view family, bool spot, std::uint32_t vcpu);
  [[nodiscard]] roles::VcpuQuota::Use use(std::string_view family, bool spot) const;

 private:
  /// Families G and VT apart from the standard ones, Spot apart from On-Demand.
  static std::size_t class_of(std::string_view family, bool spot) {
    return (family.starts_with("g") || family.starts_with("vt") ? 1u : 0u) + (spot ? 2u : 0u);
  }
  std::array<roles::VcpuQuota::Use, 4> classes_{};
};

class Ec2Account final : public sim::Component, public sim::Resource, public roles::VcpuQuota {
 public:
  Ec2Account(const sim::Birth& birth, const Ec2AccountParams& params)
      : Component(birth), quotas_(params) {}
  bool take(std::string_view family, bool spot, std::uint32_t vcpu) override {
    return quotas_.take(family, spot, vcpu);
  }
  void give_back(std::string_view family, bool spot, std::uint32_t vcpu) override {
    quotas_.give_back(family, spot, vcpu);
  }
  [[nodiscard]] Use use(std::string_view family, bool spot) const override {
    return quotas_.use(family, spot);
  }

 private:
  VcpuQuotas quotas_;
};

}  // namespace updraft::ec2
