import { RUNNER_SOURCE } from './runner.js';
import { DEFAULT_CODE_LIMITS } from './limits.js';
import { SYSTEM_FOLDERS, type Python } from './python.js';
import { withSocketFilter } from './socket-filter.js';

/** A way to run Python apart from everything else. */
export interface Launcher {
  name: 'bwrap' | 'unshare';
  /** The command line that runs `script` with this Python in a sandbox of its own. */
  command(python: Python, script?: string): string[];
}

const pythonCommand = (python: Python, script: string): string[] => [
  python.executable,
  ...['-s', '-S', '-B', '-c', withSocketFilter(script)],
];

/** Size of the sandbox's /tmp, which is memory. */
const SCRATCH = DEFAULT_CODE_LIMITS.fileSize;

/**
 * bubblewrap 0.8 or later: new user, mount, process, network, IPC, host-name and cgroup namespaces, no further user namespaces, no
 * capabilities. The root is empty but for the system's folders, all read-only; there is no /proc, no /etc and no home.
 */
const bwrap: Launcher = {
  name: 'bwrap',
  command: (python, script = RUNNER_SOURCE) => [
    'bwrap',
    ...[
      '--unshare-user',
      '--unshare-all',
      '--disable-userns',
      '--cap-drop',
      'ALL',
      '--die-with-parent',
      '--new-session',
    ],
    ...SYSTEM_FOLDERS.flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...python.folders.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...['--dev', '/dev', '--remount-ro', '/dev', '--size', String(SCRATCH), '--tmpfs', '/tmp', '--remount-ro', '/'],
    ...['--chdir', '/tmp', '--'],
    ...pythonCommand(python, script),
  ],
};

/**
 * The same from util-linux's tools alone. Runs as the namespaces' root, builds the new root on a tmpfs, leaves the old one
 * behind, forbids further user namespaces, and drops every capability before Python starts. `umount` reads /proc, so that goes
 * last. The shell that starts Python stays as process 1, because the kernel spares process 1 the signals that end one at its limits.
 */
const ASSEMBLE = `
set -eu
scratch=$1; folders=$2; shift 2
echo 0 > /proc/sys/user/max_user_namespaces
mount -t tmpfs -o size=1m,mode=755 none /tmp
cd /tmp
for folder in $folders; do
  if [ -L "$folder" ]; then ln -s "$(readlink "$folder")" ".$folder"
  elif [ -d "$folder" ]; then
    mkdir -p ".$folder"
    mount --bind "$folder" ".$folder"
    mount -o remount,bind,ro,nosuid,nodev ".$folder"
  fi
done
mkdir dev tmp old proc
for device in null zero random urandom; do
  : > "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mount -t tmpfs -o "size=$scratch,mode=1777,nosuid,nodev" none tmp
mount --rbind /proc proc
pivot_root . old
cd /tmp
umount -l /old
mount -o remount,bind,ro /
umount -l /proc
exec setpriv --no-new-privs --inh-caps=-all --bounding-set=-all /bin/sh -c '"$@"; exit $?' sh "$@"
`;

const unshare: Launcher = {
  name: 'unshare',
  command: (python, script = RUNNER_SOURCE) => [
    'unshare',
    ...['--user', '--map-root-user', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child'],
    ...['--net', '--ipc', '--uts', '--cgroup', '--'],
    ...['/bin/sh', '-c', ASSEMBLE, 'sh', String(SCRATCH), [...SYSTEM_FOLDERS, ...python.folders].join(' ')],
    ...pythonCommand(python, script),
  ],
};

/** In the order they are tried. */
export const LAUNCHERS: readonly Launcher[] = [bwrap, unshare];
