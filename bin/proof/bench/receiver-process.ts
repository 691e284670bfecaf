import { readFileSync } from 'node:fs'
import { handler } from '../../../functions/receiver/handler.ts'
import { CONTEXT } from '../lambda-context.ts'
import { cpuMs } from './statistics.ts'

/**
 * Runs in a separate process, bundled. It handles the event in the file that the first argument names, as
 * many times as the second argument says.
 */
const [, , file = '', times = '1'] = process.argv
const event = JSON.parse(readFileSync(file, 'utf8'))
const ms: number[] = []
const before = cpuMs()
for (let time = 0; time < Number(times); time++) {
  const startedAt = performance.now()
  const { statusCode } = await handler(event, CONTEXT)
  ms.push(performance.now() - startedAt)
  if (statusCode !== 200) throw new Error(`the receiver answered ${statusCode}`)
}
const usedMs = cpuMs() - before
const [, peakKib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
process.send?.({ ms, usedMs, peakMb: Number(peakKib) / 1024 })
process.disconnect()
