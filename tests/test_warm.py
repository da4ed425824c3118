import subprocess

import pytest

from . import warm


def test_it_is_as_if_python_had_been_started(tmp_path):
    (tmp_path / "helper.py").write_text("name = 'beside the script'\n")
    script = tmp_path / "script.py"
    script.write_text(
        "import helper, os, sys\n"
        "if __name__ == '__main__':\n"
        "    print(helper.name, os.environ['MINE'], sys.argv[1:], os.getcwd())\n"
        "    os.write(2, b'an error')\n"
        "    sys.exit(3)\n"
    )
    done = warm.python(script, "--option", cwd=tmp_path, env={"MINE": "set"})
    assert done.stdout == f"beside the script set ['--option'] {tmp_path}\n"
    assert (done.stderr, done.returncode) == ("an error", 3)


def test_code_and_its_exception(tmp_path):
    done = warm.python("-c", "import sys; print(sys.argv); 1 / 0", "a", cwd=tmp_path)
    assert done.stdout == "['-c', 'a']\n" and done.returncode == 1
    assert done.stderr.splitlines()[-1] == "ZeroDivisionError: division by zero"


def test_one_that_takes_too_long_is_ended():
    with pytest.raises(subprocess.TimeoutExpired):
        warm.python("-c", "import time; time.sleep(600)", timeout=0.5)
