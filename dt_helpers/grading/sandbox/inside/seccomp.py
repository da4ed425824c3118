"""The system calls that a student's code can't make: a kernel filter (seccomp), assembled here.

It denies what no exercise needs and what reaches beyond the sandbox: the session's keyrings, new namespaces and mounts,
other processes' memory, and the parts of the kernel through which most sandboxes were escaped. File locks succeed but
lock nothing: on the libraries, which all sandboxes share, they would be a channel.

The numbers are those of linux/asm/unistd.h; `man 2 seccomp` explains the rest.
"""

import ctypes
import errno
import platform
import struct

KEYCTL, JOIN_SESSION_KEYRING = (250, 219), 1
# name: (x86_64, aarch64); None where the machine has no such call
DENIED = {
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": KEYCTL,
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "chroot": (161, 51), "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_getfd": (438, 438), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "bpf": (321, 280), "perf_event_open": (298, 241), "seccomp": (317, 277), "personality": (135, 92),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "acct": (163, 89), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142),
    "quotactl": (179, 60), "quotactl_fd": (443, 443), "settimeofday": (164, 170), "adjtimex": (159, 171),
    "clock_settime": (227, 112), "clock_adjtime": (305, 266), "syslog": (103, 116), "vhangup": (153, 58),
    "sethostname": (170, 161), "setdomainname": (171, 162), "iopl": (172, None), "ioperm": (173, None),
    "modify_ldt": (154, None), "nfsservctl": (180, 42), "lookup_dcookie": (212, 18), "uselib": (134, None),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263), "inotify_init": (253, None), "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27), "migrate_pages": (256, 238), "move_pages": (279, 239), "mbind": (237, 235),
    "set_mempolicy": (238, 237), "set_mempolicy_home_node": (450, 450), "mincore": (27, 232), "cachestat": (451, 451),
}  # fmt: skip
# These act as if the kernel lacked them: libraries then do without. Memory from them is charged to no process.
ABSENT = {
    "clone3": (435, 435), "userfaultfd": (323, 282), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427), "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194),
    "shmat": (30, 196), "shmctl": (31, 195), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
}  # fmt: skip
LAST = 456  # later calls act as absent too, as they have not been reviewed here
FLOCK, CLONE, SOCKET, SOCKETPAIR, FCNTL, IOCTL = (73, 32), (56, 220), (41, 198), (53, 199), (72, 25), (16, 29)

NAMESPACES = 0x7E020000  # flags of clone
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
NETLINK, ROUTE = 16, 0  # without a network it only reports that there is none
LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
WATCHES = (1024, 1026, 1031)  # F_SETLEASE, F_NOTIFY, F_SETPIPE_SZ
TYPING = (0x5412, 0x541C)  # TIOCSTI, TIOCLINUX

MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, and AUDIT_ARCH of the kernel
_LOAD, _EQUAL, _GREATER, _ANY_BIT, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # offsets in the filter's input
ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
PR_SET_SECCOMP, MODE_FILTER = 22, 2


def machine() -> tuple[int, int] | None:
    """The column and the kernel's name of this machine; None if it is unknown here."""
    return MACHINES.get(platform.machine()) if ctypes.sizeof(ctypes.c_void_p) == 8 else None


def program(column: int, name: int) -> bytes:
    """The filter in the kernel's format."""
    lines = [(_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, name), (_RETURN, 0, 0, KILL), (_LOAD, 0, 0, _NUMBER)]
    lines += [(_GREATER, 0, 1, LAST), _error(errno.ENOSYS)]
    for calls, number in ((DENIED, errno.EPERM), (ABSENT, errno.ENOSYS), ({"flock": FLOCK}, 0)):
        for call in calls.values():
            if (called := call[column]) is not None:
                lines += [(_EQUAL, 0, 1, called), _error(number)]
    known = [*_when(_EQUAL, FAMILIES, (_RETURN, 0, 0, ALLOW))]
    netlink = [(_EQUAL, 0, 3, NETLINK), _argument(2), (_EQUAL, 0, 1, ROUTE), (_RETURN, 0, 0, ALLOW)]
    for call in (SOCKET, SOCKETPAIR):
        lines += _about(call[column], [_argument(0), *known, *netlink, _error(errno.EAFNOSUPPORT)])
    lines += _about(CLONE[column], [_argument(0), *_when(_ANY_BIT, (NAMESPACES,), _error(errno.EPERM))])
    watched = [*_when(_EQUAL, LOCKS, _error(0)), *_when(_EQUAL, WATCHES, _error(errno.EPERM))]
    lines += _about(FCNTL[column], [_argument(1), *watched])
    lines += _about(IOCTL[column], [_argument(1), *_when(_EQUAL, TYPING, _error(errno.EPERM))])
    lines.append((_RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def install() -> bool:
    """Filter this process and everything that it starts; False if the machine is unknown here.

    Needs no_new_privs. Raises OSError if the kernel refuses.
    """
    found = machine()
    if found is None:
        return False
    code = program(*found)
    buffer = ctypes.create_string_buffer(code, len(code))
    pointed = struct.pack("@HP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_ulong]
    if libc.prctl(PR_SET_SECCOMP, MODE_FILTER, pointed, 0, 0):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter of system calls")
    return True


def own_keyring() -> None:
    """Replace the session's keyring, in which the user may keep secrets, by an empty one."""
    if found := machine():
        ctypes.CDLL(None).syscall(ctypes.c_long(KEYCTL[found[0]]), ctypes.c_long(JOIN_SESSION_KEYRING), None)


def _argument(number: int) -> tuple:
    """Load the lower half of an argument: all that the kernel reads of those compared here."""
    return _LOAD, 0, 0, _ARGUMENTS + 8 * number


def _error(number: int) -> tuple:
    return _RETURN, 0, 0, ERROR | number


def _when(test: int, values: tuple[int, ...], then: tuple) -> list[tuple]:
    return [line for value in values for line in ((test, 0, 1, value), then)]


def _about(call: int, lines: list[tuple]) -> list[tuple]:
    """Apply the lines to this call, which is allowed unless they return."""
    return [(_EQUAL, 0, len(lines) + 1, call), *lines, (_RETURN, 0, 0, ALLOW)]
