"""Made-up control groups, as containers, hubs and batch systems make them."""

import os

import pytest

from dt_helpers.machine import cgroup, hardware

V2 = "31 23 0:28 {root} {at} rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate\n"
V1 = "32 31 0:29 {root} {at} rw - cgroup cgroup rw,cpu,cpuacct\n33 31 0:30 / /elsewhere rw - cgroup cgroup rw,memory\n"


@pytest.fixture
def system(tmp_path):
    """A function that makes groups with their files, and returns what stands for ``/proc/self``."""

    def make(groups: str, mounts: str, root: str = "/", at: str = "mounted", **files: str):
        for name, content in files.items():
            path = tmp_path / at / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        proc = tmp_path / "proc"
        proc.mkdir()
        (proc / "cgroup").write_text(groups)
        at = str(tmp_path / at).replace(" ", r"\040")
        (proc / "mountinfo").write_text("22 1 8:1 / / rw - ext4 /dev/root rw\n" + mounts.format(root=root, at=at))
        return proc

    return make


@pytest.mark.parametrize(
    ("content", "quota"),
    [
        ("200000 100000\n", 2),
        ("50000 100000\n", 0.5),
        ("max 100000\n", None),
        ("max\n", None),
        ("", None),
        ("nonsense here\n", None),
        ("100000 0\n", None),
    ],
)
def test_version_2(system, content, quota):
    assert cgroup.cpu_quota(system("0::/\n", V2, **{"cpu.max": content})) == quota


@pytest.mark.parametrize(("quota", "expected"), [("150000", 1.5), ("-1", None), ("0", None), ("nonsense", None)])
def test_version_1(system, quota, expected):
    files = {"job/cpu.cfs_quota_us": f"{quota}\n", "job/cpu.cfs_period_us": "100000\n"}
    assert cgroup.cpu_quota(system("4:memory:/other\n3:cpu,cpuacct:/job\n0::/x\n", V1, **files)) == expected


def test_a_group_above_may_allow_less(system):
    files = {"cpu.max": "max 100000", "user/cpu.max": "150000 100000", "user/job/cpu.max": "400000 100000"}
    assert cgroup.cpu_quota(system("0::/user/job\n", V2, **files)) == 1.5


def test_a_group_beside_does_not_count(system):
    files = {"user/cpu.max": "300000 100000", "neighbour/cpu.max": "100000 100000"}
    assert cgroup.cpu_quota(system("0::/user\n", V2, **files)) == 3


@pytest.mark.parametrize("path", ["/docker/abc", "/", "/../..", "/docker/abc/not/visible"])
def test_a_container_sees_its_own_group_as_the_top(system, path):
    """Whether the path is told as the host has it, as the container has it, or as a namespace can't tell it."""
    root = "/docker/abc" if path.startswith("/docker") else "/"
    assert cgroup.cpu_quota(system(f"0::{path}\n", V2, root, **{"cpu.max": "50000 100000"})) == 0.5


def test_both_versions_at_once(system):
    """As systemd has it on older machines: version 2 is there, but processors are version 1's."""
    files = {"cpu.cfs_quota_us": "100000", "cpu.cfs_period_us": "50000"}
    proc = system("3:cpu,cpuacct:/\n0::/\n", V1 + V2, **files)
    assert cgroup.cpu_quota(proc) == 2


def test_a_mounted_path_with_a_blank(system):
    assert cgroup.cpu_quota(system("0::/\n", V2, at="my groups", **{"cpu.max": "100000 100000"})) == 1


def test_a_path_with_a_colon(system):
    assert cgroup.cpu_quota(system("0::/a:b\n", V2, **{"a:b/cpu.max": "100000 100000"})) == 1


@pytest.mark.parametrize("content", ["", "garbage", "0::/\n"])
def test_what_cannot_be_read_limits_nothing(tmp_path, content):
    (tmp_path / "cgroup").write_text(content)
    assert cgroup.cpu_quota(tmp_path) is None  # no mountinfo
    assert cgroup.cpu_quota(tmp_path / "missing") is None  # as on macOS and Windows
    (tmp_path / "mountinfo").write_text("short line\n" if content else "")
    assert cgroup.cpu_quota(tmp_path) is None


def test_a_folder_in_place_of_the_file(system, tmp_path):
    """Reading fails as it does without permission, for root as well."""
    proc = system("0::/\n", V2)
    (tmp_path / "mounted" / "cpu.max").mkdir(parents=True)
    assert cgroup.cpu_quota(proc) is None


@pytest.mark.parametrize(("quota", "cores"), [(0.5, 1), (0.01, 1), (1.0, 1), (1.5, 2), (3, 3), (64, 8), (None, 8)])
def test_cores_are_the_share_rounded_up(monkeypatch, quota, cores):
    monkeypatch.setattr(hardware, "cpu_quota", lambda: quota)
    monkeypatch.setattr(hardware, "available_cores", lambda: 8)
    assert hardware.usable_cores() == cores


@pytest.mark.parametrize(
    ("has", "cores"),
    [
        ({"process_cpu_count": 3, "sched_getaffinity": 4, "cpu_count": 64}, 3),  # Python 3.13
        ({"process_cpu_count": None, "sched_getaffinity": 4, "cpu_count": 64}, 1),
        ({"sched_getaffinity": 4, "cpu_count": 64}, 4),
        ({"sysconf": 10, "cpu_count": 3}, 10),  # macOS
        ({"cpu_count": 10}, 10),  # Windows
        ({"cpu_count": None}, 1),
    ],
)
def test_available_cores_by_what_python_has(monkeypatch, has, cores):
    for name in ("process_cpu_count", "sched_getaffinity", "sysconf", "cpu_count"):
        monkeypatch.delattr(os, name, raising=False)
    for name, value in has.items():
        answer = set(range(value)) if name == "sched_getaffinity" else value
        monkeypatch.setattr(os, name, lambda *_, answer=answer: answer, raising=False)
    assert hardware.available_cores() == cores
