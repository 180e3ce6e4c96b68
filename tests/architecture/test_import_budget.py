"""What a start costs: `import isocenter` and `isocenter --help` load nothing heavy."""

import json
import os
import subprocess
import sys

HEAVY = {
    "torch", "lightning", "monai", "openvino", "pandas", "scipy", "skimage", "sklearn", "statsmodels", "matplotlib", "SimpleITK",
    "nibabel", "pydicom", "highdicom", "imagecodecs",
}  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Return the heavy packages a fresh process holds after running some code."""
    ending = "\nimport sys, json; sys.stderr.write('\\n' + json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + ending], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return HEAVY & set(json.loads(done.stderr.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import isocenter")


def test_the_help_of_the_command_loads_nothing_heavy():
    code = (
        "import sys; sys.argv = ['isocenter', '--help']\n"
        "from isocenter.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as done: assert not done.code, done.code\n"
    )
    assert not loaded_after(code)


def test_the_budget_notices_a_heavy_import():
    assert loaded_after("import scipy") == {"scipy"}


def policy_after_import(given: str | None) -> str:
    """Return how a fresh process's threads will wait, once the package is imported."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    if given is not None:
        environment["OMP_WAIT_POLICY"] = given
    code = "import isocenter, os; print(os.environ['OMP_WAIT_POLICY'])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment).stdout.strip()


def test_threads_wait_asleep_unless_the_user_chose():
    assert policy_after_import(None) == "PASSIVE"
    assert policy_after_import("ACTIVE") == "ACTIVE"
