#include "cli/app.h"

int main(int argc, char** argv) {
  return updraft::cli::run_program(argc, argv);
}
