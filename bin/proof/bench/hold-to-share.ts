import { readFileSync } from 'node:fs'

/**
 * Runs in a separate process and limits another process to a share of one core, as Lambda does with a
 * function of less than 1,769 MB. It stops and continues the other process in each period, until that process
 * has ended.
 */
const [, , pid = '', shareArgument = '1'] = process.argv
const share = Number(shareArgument)

/** The length of a period in milliseconds, similar to that of the kernel's own CPU quotas. */
const PERIOD_MS = 20

/**
 * The unit in which /proc counts the CPU time of all threads (proc_pid_stat(5); 100 ticks a second on Linux).
 */
const TICK_MS = 10

const never = new Int32Array(new SharedArrayBuffer(4))
const sleep = (ms: number) => Atomics.wait(never, 0, 0, ms)

function signal(name: NodeJS.Signals): boolean {
  try {
    return process.kill(Number(pid), name)
  } catch {
    return false
  }
}

function usedMs(): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return TICK_MS * (Number(fields[11]) + Number(fields[12]))
}

let [before, owed] = [usedMs(), 0]
while (signal('SIGCONT')) {
  sleep(PERIOD_MS * share)
  if (!signal('SIGSTOP')) break
  const used = usedMs()
  // Unused time is not carried over, except for one tick, which /proc may not have counted yet.
  owed = Math.max(-TICK_MS, owed + used - before - PERIOD_MS * share)
  before = used
  const more = Math.max(0, owed / share)
  sleep(PERIOD_MS * (1 - share) + more)
  owed -= more * share
}
