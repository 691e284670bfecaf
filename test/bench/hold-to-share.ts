import { readFileSync } from 'node:fs'

/**
 * Runs in a process of its own: lets another one have a share of one core only, as Lambda does with a function of less
 * than 1,769 MB. Stops and continues it in each period, until it has ended.
 */
const [, , pid = '', shareArgument = '1'] = process.argv
const share = Number(shareArgument)

/** As the kernel's own quotas count, about; in milliseconds. */
const PERIOD_MS = 20

/** In which /proc counts the processor's time of all threads (proc_pid_stat(5); 100 a second on Linux). */
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
  // What it did not use is not kept, but for the tick in which it may not have been counted yet.
  owed = Math.max(-TICK_MS, owed + used - before - PERIOD_MS * share)
  before = used
  const more = Math.max(0, owed / share)
  sleep(PERIOD_MS * (1 - share) + more)
  owed -= more * share
}
