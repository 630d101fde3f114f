#include "models/elb/codes.h"

#include <array>

namespace updraft::elb {

Answer answer(Ending ending, std::uint32_t code) {
  switch (ending) {  // R3.9.T1
    case Ending::kAnswered:
      return {.code = code, .by_target = true};
    case Ending::kNoTargets:
      return {.code = 503, .target_chosen = false};
    case Ending::kConnectionRefused:
      return {.code = 502, .connected = false};
    case Ending::kConnectTimedOut:
      return {.code = 504, .connected = false};
    case Ending::kFunctionFailed:
    case Ending::kTargetClosed:
    case Ending::kDrainingEnded:  // R3.7.1
      return {.code = 502};
    case Ending::kTargetSilent:
      return {.code = 504};
    case Ending::kClientSilent:
      return {.code = 408, .target_chosen = false};
    case Ending::kClientLeft:
      return {.code = 460};
    case Ending::kAction:
      return {.code = code, .target_chosen = false};
  }
  return {};
}

// R3.10.2: a code counts for whoever made it.
std::string_view class_metric(const Answer& answer) {
  static constexpr std::array<std::string_view, 4> kByTarget = {
      "HTTPCode_Target_2XX_Count", "HTTPCode_Target_3XX_Count", "HTTPCode_Target_4XX_Count",
      "HTTPCode_Target_5XX_Count"};
  const std::uint32_t hundreds = answer.code / 100;
  if (answer.by_target) {
    return hundreds >= 2 && hundreds <= 5 ? kByTarget[hundreds - 2] : std::string_view{};
  }
  switch (hundreds) {
    case 3:
      return "HTTPCode_ELB_3XX_Count";
    case 4:
      return "HTTPCode_ELB_4XX_Count";
    case 5:
      return "HTTPCode_ELB_5XX_Count";
    default:
      return {};
  }
}

std::string_view code_metric(const Answer& answer) {
  if (answer.by_target) {
    return {};
  }
  switch (answer.code) {
    case 500:
      return "HTTPCode_ELB_500_Count";
    case 502:
      return "HTTPCode_ELB_502_Count";
    case 503:
      return "HTTPCode_ELB_503_Count";
    case 504:
      return "HTTPCode_ELB_504_Count";
    default:
      return {};
  }
}

}  // namespace updraft::elb
