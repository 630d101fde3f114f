// What an account may have of EC2: a limit that all launches share.
#pragma once

#include <cstdint>
#include <string_view>

namespace updraft::roles {

/// vCPUs of one family and market, counted over all instances of the account.
class VcpuQuota {
 public:
  virtual ~VcpuQuota() = default;
  /// Takes so many vCPUs of a family ("m5") out of the quota; false, and nothing is taken, when
  /// there are not so many left.
  virtual bool take(std::string_view family, bool spot, std::uint32_t vcpu) = 0;
  virtual void give_back(std::string_view family, bool spot, std::uint32_t vcpu) = 0;
  /// Quota and use of the family's class, for texts.
  struct Use {
    std::uint32_t used = 0;
    std::uint32_t quota = 0;
  };
  [[nodiscard]] virtual Use use(std::string_view family, bool spot) const = 0;
};

/// What things cost, for those whose behaviour depends on a price.
class PriceList {
 public:
  virtual ~PriceList() = default;
  /// USD for a unit of an item of the price book; below 0 when it has no price.
  [[nodiscard]] virtual double usd_per_unit(std::string_view item) const = 0;
};

}  // namespace updraft::roles
