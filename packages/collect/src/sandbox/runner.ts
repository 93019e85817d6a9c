/**
 * What Python runs inside the sandbox. It reads a task from standard input, gives up every resource beyond the limits,
 * sends the program's own output nowhere, and answers with one JSON line. The answer carries the task's token, which the
 * program is not given: a program that exits early or prints a verdict of its own has not passed.
 *
 * The program runs in one namespace of its own (imports and helpers are seen inside its functions), as a module that is
 * not `__main__`, so that its demonstrations do not run.
 */
export const RUNNER_SOURCE = `
import json, math, os, random, resource, signal, sys, types, warnings

def main():
    task = json.loads(sys.stdin.buffer.read().decode('utf-8'))
    token = task['token']
    limits = task['limits']
    # The soft limit of time is told by a signal, which says why; the hard one, a second later, cannot be caught.
    resource.setrlimit(resource.RLIMIT_CPU, (limits['seconds'], limits['seconds'] + 1))
    for kind, value in (
        (resource.RLIMIT_AS, limits['memory']),
        (resource.RLIMIT_NPROC, limits['processes']),
        (resource.RLIMIT_FSIZE, limits['fileSize']),
        (resource.RLIMIT_NOFILE, limits['openFiles']),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    # Ends it even if whoever waits for it was killed.
    signal.alarm(math.ceil(limits['wallSeconds']) + 5)
    answer_to = os.dup(1)
    nothing = os.open('/dev/null', os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    dumps, write, leave = json.dumps, os.write, os._exit

    def answer(verdict, error=None, which=None):
        detail = None
        if error is not None:
            try:
                detail = (type(error).__name__ + ': ' + str(error))[:200]
            except BaseException:
                detail = 'an error that cannot be shown'
        write(answer_to, dumps({'token': token, 'verdict': verdict, 'detail': detail, 'source': which}).encode())
        leave(0)

    warnings.simplefilter('ignore')
    random.seed(0)
    module = types.ModuleType('answer')
    sys.modules['answer'] = module
    try:
        tests = [compile(test, '<test>', 'exec', dont_inherit=True) for test in task['tests']]
    except BaseException as error:
        answer('bad-tests', error)
    program = first = None
    for which, source in enumerate(task['sources']):
        try:
            program = compile(source, '<answer>', 'exec', dont_inherit=True)
            break
        except BaseException as error:
            first = first or error
    if program is None:
        answer('syntax', first)
    try:
        exec(program, module.__dict__)
        for test in tests:
            exec(test, module.__dict__)
    except BaseException as error:
        answer('fail', error, which)
    answer('pass', None, which)

main()
`;
