// Text: names of resources, zones, files, instants.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/message_reader_internal.h"
#include "sim/schema/wording.h"

namespace updraft::sim {

bool MessageReader::read_text(const YamlNode& node, const Target& target) {
  const Param& param = *target.info.param;
  if (param.zone()) {
    return read_zone(node, target);
  }
  if (param.refers_to_size() > 0) {
    return read_reference(node, target);
  }
  if (param.file()) {
    const Result<std::string> file = env_.files.check(node.scalar);
    if (!file) {
      return bad(node, file.error());
    }
    target.set_text(*file);
    return true;
  }
  if (target.info.quantity == QuantityKind::kInstant) {
    const Result<std::int64_t> instant = parse_instant(node.scalar);
    if (!instant) {
      return bad(node, instant.error());
    }
  }
  const std::vector<std::string>& allowed = target.info.allowed;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), node.scalar) == allowed.end()) {
    return bad(node, trim_hint(hint(node.scalar, allowed, "it must be one of")));
  }
  target.set_text(node.scalar);
  return true;
}

bool MessageReader::read_reference(const YamlNode& node, const Target& target) {
  references_.push_back({subject_->label, subject_->owner, path_, subject_->folder, node.scalar,
                         node.start, node.width(), target.info.param});
  target.set_text(node.scalar);
  return true;
}

// Named after where it stands: "fleet/launch_template", "web-alb/listeners/0/forward".
bool MessageReader::read_inline(const YamlNode& node, const Target& target) {
  const Param& param = *target.info.param;
  SIM_CHECK(param.refers_to_size() > 0, "{} is inline and refers to no type",
            target.info.field->full_name());
  if (subject_->owner.empty()) {
    return bad(node, "it must be the name of a resource");
  }
  std::string name = subject_->owner + "/";
  for (const char c : path_) {
    if (c == '.' || c == '[') {
      name += '/';
    } else if (c != ']') {
      name += c;
    }
  }
  InlineResource resource{name, param.refers_to(0), &node};
  if (param.refers_to_size() > 1 && node.entries.size() == 1) {
    // Where more than one type may stand, its name may be given: {launch_template: {...}}.
    const YamlNode::Entry& only = node.entries.front();
    const auto& types = param.refers_to();
    if (only.value->is_mapping() &&
        std::find(types.begin(), types.end(), only.key->scalar) != types.end()) {
      resource.type = only.key->scalar;
      resource.node = only.value;
    }
  }
  references_.push_back({subject_->label, subject_->owner, path_, subject_->folder, name,
                         node.start, node.width(), &param});
  inline_resources_.push_back(std::move(resource));
  target.set_text(name);
  return true;
}

// "a" and "us-east-1a" are the same zone; the plan has the letter.
bool MessageReader::read_zone(const YamlNode& node, const Target& target) {
  std::string zone = node.scalar;
  if (!env_.region.empty() && zone.starts_with(env_.region)) {
    zone = zone.substr(env_.region.size());
  }
  const bool letter = zone.size() == 1 && zone.front() >= 'a' && zone.front() <= 'z';
  const Region* region = env_.registry.region(env_.region);
  if (region != nullptr && !region->zones.empty()) {
    const auto& zones = region->zones;
    if (std::find(zones.begin(), zones.end(), zone) == zones.end()) {
      return bad(node, fmt::format("the zones of {} are {}", env_.region, listed(zones)));
    }
  } else if (!letter) {
    return bad(node,
               fmt::format("it must be the letter of a zone, such as a for {}a", env_.region));
  }
  zone_uses_.push_back({subject_->label, subject_->owner, path_, zone, node.start, node.width()});
  target.set_text(zone);
  return true;
}

}  // namespace updraft::sim
