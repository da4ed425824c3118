"""Isolate processes from each other: namespaces, capabilities and limits, on Linux.

The server keeps the capabilities that it needs for this (above all CAP_SYS_ADMIN, in the sandbox's own user namespace,
where it only has power over the sandbox); the processes that run a student's code have none.
"""

import contextlib
import ctypes
import os
import resource
import struct
from collections.abc import Iterator

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV = 1, 2, 4
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL = 47, 4
MADV_COLLAPSE, LARGE_PAGE = 25, 2 << 20
PF_EXITING = 4
CAP_VERSION_3, CAPABILITIES = 0x20080522, 64

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.madvise.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
_libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4


def fork_first_of_its_own() -> int:
    """As `os.fork`, but the child is process 1 of a new namespace: when it dies, everything that it started dies too.

    Raises PermissionError if the capability is missing, OSError if there is no room for a process.
    """
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    pid = None
    try:
        _check(_libc.unshare(CLONE_NEWPID), "unshare")
        try:
            pid = os.fork()
        finally:
            if pid != 0:  # after a failure too, or no further namespace could be made
                _check(_libc.setns(own, CLONE_NEWPID), "setns")
        return pid
    finally:
        os.close(own)


def no_user_namespaces() -> None:
    """Allow no more user namespaces in this one, by the kernel's own limit. (bubblewrap's --disable-userns does it by a
    second, outer one, from which a server could not make the namespaces of processes.)"""
    with contextlib.suppress(OSError), open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii") as most:
        most.write("0")


def own_files(scratch: str, size: int) -> None:
    """Mount an empty `scratch`, /tmp and /dev/shm, `size` bytes each, and no /proc; gone with this process."""
    _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWIPC), "unshare")
    for folder in (scratch, "/tmp", "/dev/shm"):
        _mount(folder, MS_NOSUID | MS_NODEV, f"size={size},nr_inodes=2000,mode=1777")
    _mount("/proc", MS_RDONLY | MS_NOSUID | MS_NODEV, "size=4k")


def give_up_privileges() -> None:
    """Drop all capabilities, for good."""
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    for capability in range(CAPABILITIES):
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails if there is none to drop
    nothing = ctypes.create_string_buffer(struct.pack("=6I", *[0] * 6), 24)
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAP_VERSION_3, 0), 8)
    _check(_libc.capset(header, nothing), "capset")


def limit(cpu_seconds: int, memory: int, file_size: int, processes: int) -> None:
    """Limit this process and its children: `memory` in bytes and `processes` (including threads) on top of what is used
    now. The grader stops a process after `cpu_seconds`; the kernel's own limit is higher, since it counts ticks, of
    which a busy machine charges more than were used."""
    with open("/proc/self/statm", encoding="ascii") as status:
        now = int(status.read().split()[0]) * resource.getpagesize()
    for what, amount in (
        (resource.RLIMIT_CPU, 2 * cpu_seconds + 2),
        (resource.RLIMIT_AS, now + memory),
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NPROC, threads_of_the_user() + processes),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(what)
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (amount, amount))


def become(user: int, group: int) -> None:
    """Change this process's account, for good; only root can."""
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)


def keep_orphans() -> None:
    """Adopt processes whose parent died."""
    _check(_libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "child_subreaper")


def die_with_parent() -> None:
    _check(_libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0), "pdeathsig")


def hide_memory() -> None:
    """Keep other processes of the same user from reading this one's memory."""
    _check(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


def show_memory() -> None:
    """Let the server, which has no privileges where a plain user grades, see how much of this process's memory is
    shared with others: counted as if it shared nothing, a few forks would be too many."""
    _check(_libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")


def use_large_pages() -> None:
    """Move this process's memory to pages of 2 MiB, which halves the time to copy their table in a fork, and to free
    them. Linux before 6.1 can't do that, and just takes longer."""
    with open("/proc/self/maps", encoding="ascii") as maps:
        regions = [line.split() for line in maps]
    for span, rights, _, _, inode, *_ in regions:
        start, end = (int(address, 16) for address in span.split("-"))
        start, end = -(-start // LARGE_PAGE) * LARGE_PAGE, end // LARGE_PAGE * LARGE_PAGE
        if inode == "0" and rights.startswith("rw") and start < end:
            _libc.madvise(start, end - start, MADV_COLLAPSE)


def children() -> list[int]:
    """This process's children, from /proc."""
    return [pid for pid, fields in _processes() if int(fields[1]) == os.getpid()]


def descendants() -> dict[int, list[bytes]]:
    """All descendants of this process: process id -> fields of its `stat`."""
    every, parents = dict(_processes()), {os.getpid()}
    found: dict[int, list[bytes]] = {}
    while parents:
        below = {pid: fields for pid, fields in every.items() if int(fields[1]) in parents}
        found |= below
        parents = set(below)
    return found


def clocks() -> tuple[float, float, bool]:
    """The seconds that all descendants ran on a processor, those that their threads waited for one (completed waits
    only), and whether one of them runs or waits now."""
    ran, waited, active = 0.0, 0.0, False
    for pid, fields in descendants().items():
        ran += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")  # its own and its ended children's
        for thread, status in _processes(f"/proc/{pid}/task"):
            active |= status[0] == b"R"
            with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/schedstat", "rb") as file:
                waited += int(file.read().split()[1]) / 1e9
    return ran, waited, active


def memory() -> int:
    """The memory of all descendants in bytes, with shared memory counted once. A process that hides its own counts as
    if it shared nothing."""
    return sum(_pss(f"/proc/{pid}") for pid in descendants())


def own_memory() -> int:
    """The bytes of this process that its children share, and that `memory` includes."""
    return _counted("/proc/self/status", (b"RssAnon:", b"RssShmem:"))


def _pss(process: str) -> int:
    shared = _counted(f"{process}/smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:"))
    return shared or _counted(f"{process}/status", (b"RssAnon:", b"RssShmem:"))


def _counted(path: str, names: tuple[bytes, ...]) -> int:
    """The sum of these lines, in bytes; 0 without such lines, or without the file."""
    with contextlib.suppress(OSError), open(path, "rb") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(names))
    return 0


def is_ending(pid: int) -> bool:
    """Whether a child is ending; only then does it close its files, unless its own code did."""
    fields = dict(_processes()).get(pid)
    return fields is not None and (fields[0] == b"Z" or bool(int(fields[6]) & PF_EXITING))


def threads_of_the_user() -> int:
    """The threads that count towards this user's limit, as far as /proc shows them."""
    count = 0
    for pid, fields in _processes():
        with contextlib.suppress(OSError), open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as status:
            user = next(line.split()[1] for line in status if line.startswith("Uid:"))
            count += int(fields[17]) if int(user) == os.getuid() else 0
    return count


def _processes(folder: str = "/proc") -> Iterator[tuple[int, list[bytes]]]:
    """Id and fields of `stat`, starting with the state, of all processes in /proc, or of one process's threads."""
    names = []
    with contextlib.suppress(OSError):
        names = list(filter(str.isdigit, os.listdir(folder)))
    for name in names:
        with contextlib.suppress(OSError), open(f"{folder}/{name}/stat", "rb") as status:
            yield int(name), status.read().rpartition(b")")[2].split()


def _mount(folder: str, flags: int, options: str) -> None:
    _check(_libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options.encode()), f"mount on {folder}")


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
