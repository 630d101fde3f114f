// updraft_docs FOLDER: writes the reference pages into FOLDER (docs/reference).
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cli/load.h"
#include "cli/reference.h"
#include "models/registry/registry.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: updraft_docs FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto catalogue = updraft::cli::catalogue(updraft::make_registry());
  for (const auto& [name, text] : updraft::cli::reference_pages(catalogue)) {
    std::ofstream stream(folder / name, std::ios::binary);
    stream << text;
    stream.close();
    if (!stream) {
      std::cerr << "updraft_docs: cannot write " << (folder / name).string() << "\n";
      return 2;
    }
  }
  return 0;
}
