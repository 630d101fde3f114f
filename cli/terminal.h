// What the program knows of where it prints: data to one stream, the rest to another, colour only
// where a person reads.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace updraft::cli {

/// Exit codes (docs/cli.md): done; findings; could not do it; can't tell yet; interrupted.
enum Exit : int { kDone = 0, kFindings = 1, kCouldNot = 2, kCannotTell = 3, kInterrupted = 130 };

struct Terminal {
  std::ostream& out;           // data
  std::ostream& err;           // everything else
  std::istream* in = nullptr;  // what "-" reads; null: standard input
  bool out_is_tty = false;
  bool err_is_tty = false;
  bool color = false;  // of out; never when NO_COLOR is set
  bool err_color = false;

  [[nodiscard]] std::string bold(std::string_view text) const { return paint("1", text); }
  [[nodiscard]] std::string green(std::string_view text) const { return paint("32", text); }
  [[nodiscard]] std::string red(std::string_view text) const { return paint("31", text); }
  [[nodiscard]] std::string yellow(std::string_view text) const { return paint("33", text); }
  [[nodiscard]] std::string dim(std::string_view text) const { return paint("2", text); }

 private:
  [[nodiscard]] std::string paint(std::string_view code, std::string_view text) const {
    if (!color) {
      return std::string(text);
    }
    return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
  }
};

}  // namespace updraft::cli
