// Ctrl-C asks the run to stop at the next look; the file it leaves opens. A second Ctrl-C ends the
// program at once.
#pragma once

#include <atomic>

namespace updraft::cli {

/// From now on. Before, a signal ends the program as usual: there is no file yet.
void install_interrupt();
const std::atomic<bool>& interrupt_flag();

}  // namespace updraft::cli
