#include "cli/reference.h"

#include <fmt/format.h>

#include "sim/schema/markdown.h"

namespace updraft::cli {

namespace {

constexpr std::string_view kGenerated =
    "<!-- Generated from the schema by `updraft_docs docs/reference`; a test compares it. -->\n\n";

std::string index_page(const sim::Catalogue& catalogue) {
  std::string text(kGenerated);
  text += "# Reference\n\n";
  text +=
      "Every key that a scenario may hold, with its default, its range, where its number comes "
      "from and the rule behind it. The same tables in a terminal: `updraft explain TYPE`. "
      "[The language](../scenario.md) is explained by example.\n\n";
  text += "| resource type | what it is |\n|---|---|\n";
  for (const sim::ModelInfo& model : catalogue.models()) {
    text += fmt::format("| [`{}`]({}.md) | {} |\n", model.type, model.type, model.doc);
  }
  text += "\n[Faults](faults.md)";
  for (const sim::FaultInfo& fault : catalogue.faults()) {
    text += fmt::format("{} `{}`", &fault == &catalogue.faults().front() ? ":" : ",", fault.type);
  }
  text += ".\n\n## The head of a scenario\n\n" + sim::parameter_table(catalogue.header(), {});
  for (const sim::SectionInfo& section : catalogue.sections()) {
    text += fmt::format("\n## {}\n\n{}\n", section.name, section.doc);
    if (!section.params.empty()) {
      text += "\n" + sim::parameter_table(section.params, {});
    }
  }
  return text;
}

std::string faults_page(const sim::Catalogue& catalogue) {
  std::string text(kGenerated);
  text +=
      "# Faults\n\nA fault begins `at` a time since the start and ends after `for`, where that is "
      "given.\n";
  for (const sim::FaultInfo& fault : catalogue.faults()) {
    text += fmt::format("\n## {}\n\n{}\n\n{}", fault.type, fault.doc,
                        sim::parameter_table(fault.params, {}));
  }
  return text;
}

}  // namespace

std::map<std::string, std::string> reference_pages(const sim::Catalogue& catalogue) {
  std::map<std::string, std::string> pages;
  pages["README.md"] = index_page(catalogue);
  pages["faults.md"] = faults_page(catalogue);
  for (const sim::ModelInfo& model : catalogue.models()) {
    pages[model.type + ".md"] = std::string(kGenerated) + sim::reference_page(model, {});
  }
  return pages;
}

}  // namespace updraft::cli
