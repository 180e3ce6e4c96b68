"""How long `isocenter --help` takes: a fresh process each time, beside an empty Python.

In:   nothing. Out: a line of CSV on stdout: what, median, fastest, slowest (s), runs.
"""

import statistics
import subprocess
import sys
import time

from provenance import add_rows, provenance

RUNS = 11
HELP = "import sys; sys.argv = ['isocenter', '--help']; from isocenter.cli.main import main; main()"


def seconds(code: str) -> list[float]:
    """Time a fresh process, RUNS times; one more goes before, to fill the file cache."""
    times = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return times[1:]


def main() -> None:
    """Print the table."""
    print("what,median_s,fastest_s,slowest_s,runs")
    for what, code in (("isocenter --help", HELP), ("empty python", "pass")):
        times = seconds(code)
        print(f"{what},{statistics.median(times):.3f},{min(times):.3f},{max(times):.3f},{RUNS}")
        row = {"what": what, "median_s": f"{statistics.median(times):.3f}", "slowest_s": f"{max(times):.3f}", "runs": RUNS}
        add_rows("cli_start", [{**row, **provenance(seed=0)}], key=("what",))


if __name__ == "__main__":
    main()
