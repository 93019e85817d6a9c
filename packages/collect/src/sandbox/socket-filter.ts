/** AF_UNIX, AF_INET and AF_INET6, which the namespaces hold in. Others, such as AF_VSOCK, know of no namespace. */
export const SOCKET_FAMILIES: readonly number[] = [1, 2, 10];

/** Machines that have the filter, by the name `uname -m` prints: what seccomp calls them, and their calls that make sockets. */
const MACHINES = {
  x86_64: { audit: 0xc000003e, socket: 41, socketpair: 53 },
  aarch64: { audit: 0xc00000b7, socket: 198, socketpair: 199 },
} as const;

/** Whether a machine of this name has the filter; on any other, sockets of every family can be opened. */
export const filtersSockets = (machine: string): boolean => Object.hasOwn(MACHINES, machine);

/** The same number on both machines. With io_uring, sockets can be opened past any filter. */
const IO_URING_SETUP = 425;
/** Set in the numbers of x32, a second set of calls on x86_64. */
const X32_BIT = 0x40000000;

// Instructions of classic BPF, and where `struct seccomp_data` holds what they look at.
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
const CALL = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;

const ALLOW = 0x7fff0000;
const refuse = (errno: number) => 0x00050000 + errno;
const NO_SUCH_CALL = refuse(38);
const NO_SUCH_FAMILY = refuse(97);

/** `[code, instructions to skip when true, to skip when false, value]`. */
type Instruction = [code: number, whenTrue: number, whenFalse: number, value: number];
const load = (what: number): Instruction => [LOAD, 0, 0, what];
const give = (what: number): Instruction => [RETURN, 0, 0, what];

function filterOf({ audit, socket, socketpair }: (typeof MACHINES)[keyof typeof MACHINES]): Instruction[] {
  return [
    load(ARCHITECTURE),
    [IF_EQUAL, 1, 0, audit],
    give(NO_SUCH_CALL),
    load(CALL),
    [IF_AT_LEAST, 0, 1, X32_BIT],
    give(NO_SUCH_CALL),
    [IF_EQUAL, 0, 1, IO_URING_SETUP],
    give(NO_SUCH_CALL),
    [IF_EQUAL, 2, 0, socket],
    [IF_EQUAL, 1, 0, socketpair],
    give(ALLOW),
    // The low half of the argument on these little-endian machines: the kernel takes the family for an int.
    load(FIRST_ARGUMENT),
    ...SOCKET_FAMILIES.flatMap((family): Instruction[] => [[IF_EQUAL, 0, 1, family], give(ALLOW)]),
    give(NO_SUCH_FAMILY),
  ];
}

const FILTERS = Object.fromEntries(Object.entries(MACHINES).map(([name, machine]) => [name, filterOf(machine)]));

/**
 * `script`, run by a Python that can open sockets of `SOCKET_FAMILIES` only, and so can whatever it starts: a seccomp filter, which
 * nothing takes off again, answers any other family with EAFNOSUPPORT. Calls by the numbers of another architecture (i386, x32,
 * 32-bit ARM) and io_uring are answered with ENOSYS. Python ends before the script where the filter cannot be installed; on a
 * machine that has none (`filtersSockets`) the script runs without.
 */
export const withSocketFilter = (script: string): string => `
def restrict_sockets(filters):
    import os, struct, sys
    program = filters.get(os.uname().machine)
    if program is None:
        return
    if sys.maxsize < 2 ** 32:
        raise RuntimeError('sockets cannot be restricted from a 32-bit Python')
    try:
        import ctypes
    except ImportError:
        raise RuntimeError('sockets cannot be restricted: this Python has no ctypes') from None
    code = ctypes.create_string_buffer(b''.join(struct.pack('<HBBI', *step) for step in program))
    filter = ctypes.create_string_buffer(struct.pack('@HP', len(program), ctypes.addressof(code)))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    word = ctypes.c_ulong
    NO_NEW_PRIVS, SECCOMP, BY_FILTER = 38, 22, 2
    for step in (
        (NO_NEW_PRIVS, word(1), word(0), word(0), word(0)),
        (SECCOMP, word(BY_FILTER), ctypes.byref(filter), word(0), word(0)),
    ):
        if prctl(*step) != 0:
            raise RuntimeError('sockets cannot be restricted: ' + os.strerror(ctypes.get_errno()))

restrict_sockets(${JSON.stringify(FILTERS)})
del restrict_sockets
${script}`;
